import type { Assessment, Event, Range } from '../model/assessment.js';
import type { Incident } from '../model/incident.js';
import { ENDINGS } from './endings.js';
import { tagOf } from './images.js';
import { clockOrDate, duration } from './times.js';
import { calmRate, signedRate } from './units.js';

/** How an incident ended: what its last picture shows beside memory itself. Times in Unix ms, rates per replica. */
export type Ending = {
  readonly how: NonNullable<Incident['closed']>['how'];
  readonly openedMs: number;
  readonly closedMs: number;
  readonly before: Range | null;
  /** When it began to grow, and what began with it. */
  readonly sinceMs: number;
  readonly near?: Event;
  /** The last deploy while it was open. */
  readonly deploy?: { readonly atMs: number; readonly image: string };
};

/** Undefined while it is open. */
export function endingOf({ closed, opening, openedMs, deploy }: Incident): Ending | undefined {
  if (!closed) return undefined;
  const { since, growthBytesPerHour } = opening;
  return {
    ...{ how: closed.how, openedMs, closedMs: closed.atMs, before: growthBytesPerHour, sinceMs: since?.atMs ?? openedMs },
    ...(since?.near ? { near: since.near } : {}),
    ...(deploy ? { deploy } : {}),
  };
}

/** `fixed by v1.42.2, +41 → 0 ± 0.8 MiB/h`. */
export function endingTitle({ how, before, deploy }: Ending, { growthBytesPerHour: after, verdict }: Assessment): string {
  const by = how === 'fixed' && deploy ? ` by ${tagOf(deploy.image, 16)}` : how === 'resolved' ? ' by hand' : '';
  const was = before ? signedRate(before.value) : '';
  const now = after && verdict === 'stable' ? calmRate(after) : after ? signedRate(after.value) : '';
  const slopes = [was, how === 'not-a-leak' ? '' : now].filter(Boolean).join(' → ');
  return `${ENDINGS[how]}${by}${slopes ? `, ${slopes}` : ''}`;
}

/** `grew since 21:40 UTC, closed 09:54 UTC (open 6 h 44)`. */
export function endingWords({ sinceMs, openedMs, closedMs }: Ending, nowMs: number): string {
  return `grew since ${clockOrDate(sinceMs, nowMs)}, closed ${clockOrDate(closedMs, nowMs)} (open ${duration(closedMs - openedMs)})`;
}
