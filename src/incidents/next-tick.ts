import type { Verdict } from '../model/assessment.js';

const CALM_MS = 5 * 60_000;
const MOVING_MS = 60_000;

/**
 * When the watch looks at a service again, Unix ms: every five minutes while all is calm, every minute while something moves,
 * that is when the last verdict was other than stable, or an incident is open (`open`).
 *
 *     |    |    |    |||||||||||||||||    |    |
 *      stable         leaking … fixed   closed
 */
export function nextTickMs(nowMs: number, verdict: Verdict, open: boolean): number {
  return nowMs + (verdict === 'stable' && !open ? CALM_MS : MOVING_MS);
}
