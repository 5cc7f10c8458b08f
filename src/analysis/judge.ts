import type { Assessment, Exclusion, Part } from '../model/assessment.js';
import type { Replica } from '../model/replica.js';
import type { Sample } from '../model/sample.js';
import { whyCalm } from './calm.js';
import type { Climb } from './cycle.js';
import { inDoubt } from './doubt.js';
import type { Track } from './floor.js';
import type { Growth } from './growth.js';
import { beginsMs } from './onset.js';
import { AS_USUAL, type WarmUp, YOUNG_MS } from './warm-up.js';
import { NAMES, spanWords } from './words.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Before this nothing can be told; before `CALM_MS` not even that all is well. */
const MIN_SPAN_MS = 60 * SECOND;
const CALM_MS = 2 * MINUTE;
const MIN_SAMPLES = 8;
/**
 * How long growth must have lasted: a tenth of the time that is left, since who has 20 minutes cannot wait 30. At least 90 s,
 * at most half an hour. A choice: shorter is sooner and wrong more often.
 */
const SHARE_OF_TIME_LEFT = 0.1;
const SHORTEST_MS = 90 * SECOND;
const LONGEST_MS = 30 * MINUTE;
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

type Judged = Pick<Assessment, 'verdict' | 'reason' | 'explanation' | 'wouldHelp' | 'answerByMs'>;

export type Evidence = {
  readonly replica: Replica;
  readonly limitBytes: number | null;
  readonly window: Assessment['window'];
  readonly latest: (Sample & { readonly anon: number }) | undefined;
  readonly stale: boolean;
  readonly deltas: Assessment['deltas'];
  readonly growth: Growth | null;
  readonly part: Part;
  /** Every sample of the part, in the time that was judged. */
  readonly track: Track;
  /** What load was measured by, throughout; undefined: by nothing. */
  readonly loadOf: 'net' | 'cpu' | undefined;
  readonly not: readonly Exclusion[];
  readonly climb: Climb | null;
  readonly warmUp: WarmUp | null;
  readonly nowMs: number;
};

/** The verdict, from the question that decides first: is there data, is it enough, does it grow, does it go on. */
export function judge(evidence: Evidence): Judged {
  const { window, latest, stale, growth, replica, nowMs } = evidence;
  if (!latest) {
    const why = replica.running ? 'there are no samples of this run yet' : 'it is not running';
    return {
      verdict: 'unknown',
      reason: 'no-data',
      explanation: sentence(why),
      ...(replica.running ? { answerByMs: nowMs + SHORTEST_MS } : {}),
    };
  }
  if (stale)
    return { verdict: 'unknown', reason: 'no-data', explanation: `The newest sample is ${spanWords(nowMs - latest.t)} old.` };
  if (evidence.climb) return judgeClimb(evidence.climb);
  const spanMs = window.toMs - window.fromMs;
  if (spanMs < MIN_SPAN_MS || window.samples < MIN_SAMPLES || !growth) {
    const explanation = `There are ${spanWords(spanMs)} of samples, too few to tell growth from noise.`;
    return {
      verdict: 'unknown',
      reason: 'too-short',
      explanation,
      wouldHelp: 'time',
      answerByMs: Math.max(window.fromMs + CALM_MS, nowMs + 15 * SECOND),
    };
  }
  return growth.says === 'calm' ? judgeCalm(evidence, growth, spanMs) : judgeGrowth(evidence, growth);
}

function judgeClimb({ kind, cycle: { lives, oomKilled, endedBy } }: Climb): Judged {
  const explanation =
    kind === 'killed'
      ? `${lives} lives in a row climb to ${endedBy === 'out-of-memory' ? 'the limit' : 'the same level'}${oomKilled > 0 ? `, and ${oomKilled} were killed there` : ''}.`
      : `${lives} lives in a row grow alike; ${endedBy === 'deploys' ? 'deploys ended them before growth did' : 'each ended before its growth did'}.`;
  return { verdict: 'leaking', reason: 'restart-cycle', explanation };
}

function judgeGrowth(evidence: Evidence, growth: Growth): Judged {
  const { limitBytes, latest, part, replica, warmUp, nowMs, not, loadOf } = evidence;
  const upMs = nowMs - replica.run.startedAtMs;
  if (warmUp && upMs < AS_USUAL * warmUp.longestMs && growth.levelBytes < AS_USUAL * warmUp.levelBytes) {
    const explanation = `This image takes ${spanWords(warmUp.usualMs)} to warm up, as earlier runs show.`;
    const answerByMs = replica.run.startedAtMs + AS_USUAL * warmUp.longestMs;
    return { verdict: 'unknown', reason: 'warm-up', explanation, wouldHelp: 'time', answerByMs };
  }
  const lastedMs = growth.toMs - begunMs(growth);
  const leftMs = limitBytes && latest ? timeTo(limitBytes - latest.anon, growth.perHour.value) : Number.POSITIVE_INFINITY;
  const neededMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, SHARE_OF_TIME_LEFT * leftMs));
  const what = NAMES[part];
  if (growth.slowing && nowMs - replica.run.startedAtMs < YOUNG_MS) {
    const explanation = `${what} grows, more slowly than before: it may be warming up.`;
    return {
      verdict: 'unknown',
      reason: 'warm-up',
      explanation,
      wouldHelp: 'time',
      answerByMs: nowMs + Math.max(2 * MINUTE, lastedMs / 2),
    };
  }
  if (lastedMs < neededMs) {
    // Where a harmless shape bends only at the end of what was seen, nothing has lasted yet.
    const begun = lastedMs > 0 ? `has been growing for ${spanWords(lastedMs)}` : 'may have begun to grow';
    const explanation = `${what} ${begun}: ${spanWords(neededMs)} are needed to be sure.`;
    return {
      verdict: 'unknown',
      reason: 'too-short',
      explanation,
      wouldHelp: limitBytes === null ? 'a-limit' : 'time',
      answerByMs: begunMs(growth) + neededMs,
    };
  }
  if (growth.says === 'leaks')
    return { verdict: 'leaking', reason: 'steady-growth', explanation: `${what} grows steadily and does not come down.` };
  return { verdict: 'suspicious', ...inDoubt({ growth, part, limitBytes, not, loadKnown: loadOf !== undefined }) };
}

/** A leak that goes a little faster since a minute ago has not begun a minute ago; what warmed up until then may have. */
function begunMs(growth: Growth): number {
  const goesOn = growth.says === 'leaks' && growth.contest.leaking.candidate.onset === undefined;
  return goesOn ? Math.min(growth.sinceMs, beginsMs(growth)) : growth.sinceMs;
}

function judgeCalm({ deltas, nowMs, limitBytes, latest, part, track, loadOf }: Evidence, growth: Growth, spanMs: number): Judged {
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
    const explanation = `No growth in ${spanWords(spanMs)}, but a leak that leaves only ${spanWords(blindMs)} would not show yet.`;
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
  return { verdict: 'stable', ...whyCalm({ growth, track, deltas, loadOf }) };
}

/**
 * The rate of a slope that is surely above zero and would fill `roomBytes` within a day (without a limit: double what is there);
 * null when there is none, or when it slows down: that is how filling ends.
 */
function creepBytesPerHour({ perHour, grows, slowing, gainedBytes, mattersBytes }: Growth, roomBytes: number): number | null {
  const sure = grows && !slowing && gainedBytes >= CREEP_SHARE * mattersBytes;
  return sure && timeTo(roomBytes, perHour.value) < CREEP_MS ? perHour.value : null;
}

/** Milliseconds until so many bytes are used up at that rate; infinite when they are not. */
function timeTo(bytes: number, perHour: number): number {
  return perHour > 0 ? (Math.max(0, bytes) / perHour) * 60 * MINUTE : Number.POSITIVE_INFINITY;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
