import type { Climb } from './cycle.js';
import { inDoubt } from './doubt.js';
import { type Evidence, type Judged, timeTo } from './evidence.js';
import type { Growth } from './growth.js';
import { CALM_MS, judgeCalm, MIN_SPAN_MS } from './judge-calm.js';
import { beginsMs } from './onset.js';
import { AS_USUAL, YOUNG_MS } from './warm-up.js';
import { NAMES, spanWords } from './words.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const MIN_SAMPLES = 8;
/**
 * How long growth must have lasted: a tenth of the time that is left, since who has 20 minutes cannot wait 30. At least 90 s,
 * at most half an hour. A choice: shorter is sooner and wrong more often.
 */
const SHARE_OF_TIME_LEFT = 0.1;
const SHORTEST_MS = 90 * SECOND;
const LONGEST_MS = 30 * MINUTE;
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
    const there = window.samples === 1 ? 'is one sample' : `are ${spanWords(spanMs)} of samples`;
    const explanation = `There ${there}, too few to tell growth from noise.`;
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
      ? `${lives} lives in a row climb to ${endedBy === 'out-of-memory' ? 'the limit' : 'the same level'}${oomKilled > 0 ? `, and ${oomKilled} ${oomKilled === 1 ? 'was' : 'were'} killed there` : ''}.`
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
      // A look goes as far as its newest sample, and that may be a while ago.
      answerByMs: Math.max(begunMs(growth) + neededMs, nowMs + 15 * SECOND),
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

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
