import { whyCalm } from './calm.js';
import { type Evidence, type Judged, timeTo } from './evidence.js';
import type { Growth } from './growth.js';
import { NAMES, spanWords } from './words.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Before this nothing can be told; before `CALM_MS` not even that all is well. */
export const MIN_SPAN_MS = 60 * SECOND;
export const CALM_MS = 2 * MINUTE;
/**
 * What is called stable must not be a page: a leak that the range cannot exclude leaves at least so long. After an hour of
 * samples it is what it is, and the card says what would not have shown. Choices.
 */
const BLIND_MS = 4 * 60 * MINUTE;
const LONG_LOOK_MS = 60 * MINUTE;
/**
 * Growth that is sure but has not gained enough to count is not called stable within that hour, if it would fill the room in a
 * day and has gained an eighth of what counts: less than that is what a young process does anyway. Choices.
 */
const CREEP_MS = 24 * 60 * MINUTE;
const CREEP_SHARE = 1 / 8;

/** What takes longer to run out is no news for anybody. A choice. */
const SOON_MS = 14 * 24 * 60 * MINUTE;

/** Of what does not leak by its samples: whether that is sure enough to be called stable. */
export function judgeCalm(
  { deltas, nowMs, limitBytes, latest, part, track, loadOf }: Evidence,
  growth: Growth,
  spanMs: number,
): Judged {
  if (spanMs < CALM_MS || growth.toMs - growth.fromMs < MIN_SPAN_MS) {
    const explanation = `No growth in the ${spanWords(growth.toMs - growth.fromMs)} that can be judged: too short to be sure.`;
    const leftMs = Math.max(CALM_MS - spanMs, growth.fromMs + MIN_SPAN_MS - growth.toMs, 15 * SECOND);
    return { verdict: 'unknown', reason: 'too-short', explanation, wouldHelp: 'time', answerByMs: nowMs + leftMs };
  }
  if (growth.begun) {
    const explanation = `${NAMES[part]} began to grow ${spanWords(growth.toMs - growth.sinceMs)} ago: it has to go on to be sure.`;
    const answerByMs = nowMs + Math.max(MINUTE, growth.toMs - growth.sinceMs);
    return { verdict: 'unknown', reason: 'too-short', explanation, wouldHelp: 'time', answerByMs };
  }
  const creep = latest ? creepBytesPerHour(growth, limitBytes ? limitBytes - latest.anon : latest.anon) : null;
  if (spanMs < LONG_LOOK_MS && creep !== null) {
    const explanation = `It may have begun to grow: what was gained in ${spanWords(growth.toMs - growth.sinceMs)} is too little to be sure.`;
    const countsAtMs = growth.sinceMs + Math.min(LONG_LOOK_MS, timeTo(growth.mattersBytes, creep));
    return {
      verdict: 'unknown',
      reason: 'too-short',
      explanation,
      wouldHelp: 'time',
      answerByMs: Math.max(countsAtMs, nowMs + 15 * SECOND),
    };
  }
  const blindMs = limitBytes && latest ? timeTo(limitBytes - latest.anon, growth.perHour.high) : Number.POSITIVE_INFINITY;
  if (spanMs < LONG_LOOK_MS && blindMs < BLIND_MS) {
    const hidden =
      blindMs > 0 ? `a leak that leaves only ${spanWords(blindMs)}` : 'it is at its limit: a leak that goes beyond it';
    const explanation = `No growth in ${spanWords(spanMs)}, but ${hidden} would not show yet.`;
    // A slope's error shrinks with the time to the power of 3/2.
    const neededMs = Math.min(LONG_LOOK_MS, spanMs * (BLIND_MS / Math.max(blindMs, MINUTE)) ** (2 / 3));
    return {
      verdict: 'unknown',
      reason: 'too-short',
      explanation,
      wouldHelp: 'time',
      answerByMs: nowMs + Math.max(15 * SECOND, neededMs - spanMs),
    };
  }
  if (stillGrows(growth, limitBytes, latest)) {
    const explanation = `${NAMES[part]} still grows, by far less than before: it may be settling, or a leak is left.`;
    return { verdict: 'suspicious', reason: 'steady-growth', explanation, wouldHelp: 'time' };
  }
  return { verdict: 'stable', ...whyCalm({ growth, track, deltas, loadOf }) };
}

/**
 * It fell short of a leak by its tail or its height alone, and what is surely left of it would fill the room within two weeks: nobody who reads
 * that rate reads "stable" beside it.
 *
 *             _____----
 *          .-'              slower than its end should be
 *         /
 */
function stillGrows(growth: Growth, limitBytes: number | null, latest: Evidence['latest']): boolean {
  const { perHour, grows, evidence, gainedBytes, mattersBytes } = growth;
  if (!latest || !grows || evidence <= 0 || gainedBytes < mattersBytes) return false;
  return timeTo(limitBytes ? limitBytes - latest.anon : latest.anon, perHour.value) < SOON_MS;
}

/**
 * The rate of a slope that is surely above zero and would fill `roomBytes` within a day (without a limit: double what is there);
 * null when there is none, or when it slows down: that is how filling ends.
 */
function creepBytesPerHour({ perHour, grows, slowing, gainedBytes, mattersBytes }: Growth, roomBytes: number): number | null {
  const sure = grows && !slowing && gainedBytes >= CREEP_SHARE * mattersBytes;
  return sure && timeTo(roomBytes, perHour.value) < CREEP_MS ? perHour.value : null;
}
