import type { ServiceAssessment } from '../src/model/assessment.js';
import type { Payload } from '../src/queue/catalogue.js';

/** With no more history than this, the hosts are asked to sample fast. */
const ENOUGH_HISTORY_MS = 60_000;
/** How long an answer that is not there yet is waited for. After that the person is told to ask again. */
const MAX_WATCH_MS = 45 * 60_000;
/** Somebody waits, and what analysis expects is often told sooner. */
const MAX_PAUSE_MS = 60_000;

/**
 * When to look again at what cannot be told yet: soon while the first minute is being measured (people watch that), then
 * when analysis says that more can be said, and each minute until then.
 *
 *     0 s ── 20 s ── 40 s ── 60 s ──── 2 min ──── 3 min ── … answer by … ── 45 min
 */
export function nextLook(
  { verdict, reason, replicas }: ServiceAssessment,
  { askedAtMs, round }: Pick<Payload<'check'>, 'askedAtMs' | 'round'>,
  nowMs: number,
): { afterMs: number; burst: boolean } | null {
  if (verdict !== 'unknown' || (reason === 'no-data' && round > 4)) return null;
  const elapsedMs = nowMs - askedAtMs;
  if (elapsedMs > MAX_WATCH_MS || round >= 50) return null;
  const spanMs = Math.max(0, ...replicas.map(({ window }) => window.toMs - window.fromMs));
  const first = elapsedMs < 60_000 && spanMs < ENOUGH_HISTORY_MS;
  const answerByMs = Math.min(...replicas.map((replica) => replica.answerByMs ?? Number.POSITIVE_INFINITY));
  const untilAnswerMs = Number.isFinite(answerByMs) ? Math.max(20_000, Math.min(MAX_PAUSE_MS, answerByMs - nowMs)) : MAX_PAUSE_MS;
  return { afterMs: first ? 20_000 : untilAnswerMs, burst: round === 0 && first };
}
