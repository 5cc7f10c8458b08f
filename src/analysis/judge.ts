import type { Assessment, Part } from '../model/assessment.js';
import type { Replica } from '../model/replica.js';
import type { Sample } from '../model/sample.js';
import type { Climb } from './cycle.js';
import type { Growth } from './growth.js';
import type { WarmUp } from './warm-up.js';

const MIB = 2 ** 20;
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
/** A young process that slows down is warming up; an old one that does is a riddle. */
const YOUNG_MS = 45 * MINUTE;
/** Page cache worth a word. */
const CACHE_BYTES = 16 * MIB;

type Judged = Pick<Assessment, 'verdict' | 'reason' | 'explanation'> & { readonly answerByMs?: number };

export type Evidence = {
  readonly replica: Replica;
  readonly limitBytes: number | null;
  readonly window: Assessment['window'];
  readonly latest: (Sample & { readonly anon: number }) | undefined;
  readonly stale: boolean;
  readonly deltas: Assessment['deltas'];
  readonly growth: Growth | null;
  readonly part: Part;
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
    return { verdict: 'unknown', reason: 'no-data', explanation: `The newest sample is ${seconds(nowMs - latest.t)} old.` };
  if (evidence.climb) return judgeClimb(evidence.climb);
  const spanMs = window.toMs - window.fromMs;
  if (spanMs < MIN_SPAN_MS || window.samples < MIN_SAMPLES || !growth) {
    const explanation = `There are ${seconds(spanMs)} of samples, too few to tell growth from noise.`;
    return {
      verdict: 'unknown',
      reason: 'too-short',
      explanation,
      answerByMs: Math.max(window.fromMs + CALM_MS, nowMs + 15 * SECOND),
    };
  }
  return growth.says === 'calm' ? judgeCalm(evidence, growth, spanMs) : judgeGrowth(evidence, growth);
}

function judgeClimb({ kind, cycle: { lives, oomKilled } }: Climb): Judged {
  const explanation =
    kind === 'killed'
      ? `${lives} lives in a row climb to the limit${oomKilled > 0 ? `, and ${oomKilled} were killed there` : ''}.`
      : `${lives} lives in a row grow alike; each ended before its growth did.`;
  return { verdict: 'leaking', reason: 'restart-cycle', explanation };
}

/** An image that took so long to settle before may take a little longer, and a little more, this time. A choice. */
const AS_USUAL = 1.2;

function judgeGrowth(evidence: Evidence, growth: Growth): Judged {
  const { limitBytes, latest, part, replica, warmUp, nowMs } = evidence;
  const upMs = nowMs - replica.run.startedAtMs;
  if (warmUp && upMs < AS_USUAL * warmUp.longestMs && growth.levelBytes < AS_USUAL * warmUp.levelBytes) {
    const explanation = `This image takes ${seconds(warmUp.usualMs)} to warm up, as earlier runs show.`;
    const answerByMs = replica.run.startedAtMs + AS_USUAL * warmUp.longestMs;
    return { verdict: 'unknown', reason: 'warm-up', explanation, answerByMs };
  }
  const lastedMs = growth.toMs - growth.sinceMs;
  const leftMs = limitBytes && latest ? timeTo(limitBytes - latest.anon, growth.perHour.value) : Number.POSITIVE_INFINITY;
  const neededMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, SHARE_OF_TIME_LEFT * leftMs));
  const what = NAMES[part];
  if (growth.slowing && nowMs - replica.run.startedAtMs < YOUNG_MS) {
    const explanation = `${what} grows, more slowly than before: it may be warming up.`;
    return { verdict: 'unknown', reason: 'warm-up', explanation, answerByMs: nowMs + Math.max(2 * MINUTE, lastedMs / 2) };
  }
  if (lastedMs < neededMs) {
    const explanation = `${what} has been growing for ${seconds(lastedMs)}: ${seconds(neededMs)} are needed to be sure.`;
    return {
      verdict: 'unknown',
      reason: 'too-short',
      explanation,
      answerByMs: growth.sinceMs + neededMs,
    };
  }
  if (growth.says === 'leaks')
    return { verdict: 'leaking', reason: 'steady-growth', explanation: `${what} grows steadily and does not come down.` };
  return {
    verdict: 'suspicious',
    reason: 'steady-growth',
    explanation: `${what} may grow: a leak explains it about as well as none.`,
  };
}

function judgeCalm({ deltas, nowMs, limitBytes, latest }: Evidence, growth: Growth, spanMs: number): Judged {
  if (spanMs < CALM_MS || growth.toMs - growth.fromMs < MIN_SPAN_MS) {
    const explanation = `No growth in the ${seconds(growth.toMs - growth.fromMs)} that can be judged: too short to be sure.`;
    const leftMs = Math.max(CALM_MS - spanMs, growth.fromMs + MIN_SPAN_MS - growth.toMs, 15 * SECOND);
    return { verdict: 'unknown', reason: 'too-short', explanation, answerByMs: nowMs + leftMs };
  }
  const creep = latest ? creepBytesPerHour(growth, limitBytes ? limitBytes - latest.anon : latest.anon) : null;
  if (spanMs < LONG_LOOK_MS && creep !== null) {
    const explanation = `It may have begun to grow: what was gained in ${seconds(growth.toMs - growth.sinceMs)} is too little to be sure.`;
    const countsAtMs = growth.sinceMs + Math.min(LONG_LOOK_MS, timeTo(growth.mattersBytes, creep));
    return { verdict: 'unknown', reason: 'too-short', explanation, answerByMs: Math.max(countsAtMs, nowMs + 15 * SECOND) };
  }
  const blindMs = limitBytes && latest ? timeTo(limitBytes - latest.anon, growth.perHour.high) : Number.POSITIVE_INFINITY;
  if (spanMs < LONG_LOOK_MS && blindMs < BLIND_MS) {
    const explanation = `No growth in ${seconds(spanMs)}, but a leak that leaves only ${seconds(blindMs)} would not show yet.`;
    // A slope's error shrinks with the time to the power of 3/2.
    const neededMs = Math.min(LONG_LOOK_MS, spanMs * (BLIND_MS / Math.max(blindMs, MINUTE)) ** (2 / 3));
    return { verdict: 'unknown', reason: 'too-short', explanation, answerByMs: nowMs + Math.max(15 * SECOND, neededMs - spanMs) };
  }
  const cache = deltas.file ?? 0;
  if (cache >= CACHE_BYTES && cache > 2 * Math.abs(deltas.anon ?? 0)) {
    return {
      verdict: 'stable',
      reason: 'cache',
      explanation: 'Only page cache grows, and the kernel takes that back when it needs it.',
    };
  }
  const explanation = growth.shape !== 'constant' ? 'Memory has filled to a level and stays there.' : 'Memory stays where it is.';
  return { verdict: 'stable', reason: 'flat', explanation };
}

/**
 * The rate of a slope that is surely above zero and would fill `roomBytes` within a day (without a limit: double what is there);
 * null when there is none, or when it slows down: that is how filling ends.
 */
function creepBytesPerHour({ perHour, grows, slowing, gainedBytes, mattersBytes }: Growth, roomBytes: number): number | null {
  const sure = grows && !slowing && gainedBytes >= CREEP_SHARE * mattersBytes;
  return sure && timeTo(roomBytes, perHour.value) < CREEP_MS ? perHour.value : null;
}

const NAMES: Record<Part, string> = {
  anon: 'Anonymous memory (heap, stacks)',
  shmem: 'Shared memory (tmpfs)',
  kernel: 'Kernel memory',
  file: 'Page cache',
};

/** Milliseconds until so many bytes are used up at that rate; infinite when they are not. */
function timeTo(bytes: number, perHour: number): number {
  return perHour > 0 ? (Math.max(0, bytes) / perHour) * 60 * MINUTE : Number.POSITIVE_INFINITY;
}

function seconds(ms: number): string {
  return ms < 2 * MINUTE
    ? `${Math.round(ms / SECOND)} s`
    : ms < 2 * 60 * MINUTE
      ? `${Math.round(ms / MINUTE)} min`
      : `${Math.round(ms / (60 * MINUTE))} h`;
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
