import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import { downLine, movedLine } from './card-lines.js';
import { helpLine } from './card-reason.js';
import { type CardView, judgedOf, listed, type Shape } from './card-view.js';
import { replicaName, usage } from './memory.js';
import { escapeText } from './text.js';
import { duration, slackClock } from './times.js';
import { count, rate } from './units.js';

/** `⚪ billing-jvm: can't tell yet (started 11 min ago)`: why, what is known so far, and when there will be an answer. */
export const unknown: Shape = (assessment, view) => {
  const judged = judgedOf(assessment);
  const open = judged.filter(({ verdict }) => verdict === 'unknown');
  const subject = open.find(({ reason }) => reason !== 'no-data') ?? open[0];
  return {
    headline: `⚪ ${escapeText(assessment.service.name, 60)}: can't tell yet${why(subject, view)}`,
    lines: [
      escapeText(subject?.explanation ?? assessment.explanation, 200),
      subject ? levelLine(subject, assessment) : undefined,
      subject ? movedLine(subject, assessment, view.nowMs) : undefined,
      subject?.growthBytesPerHour ? `So far ${rate(subject.growthBytesPerHour)}` : undefined,
      helpLine(assessment, view),
      othersLine(judged, open),
      downLine(assessment),
      answerLine(open, view),
    ],
  };
};

function why(subject: Assessment | undefined, { nowMs, windowMs }: CardView): string {
  if (!subject) return '';
  const { startedAtMs } = subject.replica.run;
  if (startedAtMs > nowMs - windowMs && startedAtMs <= nowMs) return ` (started ${duration(nowMs - startedAtMs)} ago)`;
  return subject.window.toMs > subject.window.fromMs
    ? ` (${duration(subject.window.toMs - subject.window.fromMs)} of samples)`
    : '';
}

function levelLine(subject: Assessment, { replicas }: ServiceAssessment): string | undefined {
  const words = usage(subject);
  return words && replicas.length > 1 ? `${replicaName(subject.replica, replicas)}: ${words}` : words;
}

function othersLine(judged: readonly Assessment[], open: readonly Assessment[]): string | undefined {
  const calm = judged.length - open.length;
  if (calm === 0) return open.length > 1 ? `The same for all ${open.length} replicas` : undefined;
  const names = open.map(({ replica }) => replicaName(replica, judged));
  return `${calm} of ${count(judged.length, 'replica')} stable so far; open: ${listed(names)}`;
}

/** A promise only where somebody keeps it. */
export function answerLine(open: readonly Assessment[], { nowMs, watching, alerted, shareKey }: CardView): string {
  const times = open.flatMap(({ answerByMs }) => (answerByMs === undefined ? [] : [answerByMs]));
  const byMs = times.reduce((last, at) => Math.max(last, at), nowMs);
  const by = times.length === 0 ? '' : byMs - nowMs < 60_000 ? 'within a minute' : `by about ${slackClock(byMs, nowMs)}`;
  if (!watching)
    return `Ask again${by ? (byMs - nowMs < 60_000 ? ' in a minute' : ` at about ${slackClock(byMs, nowMs)}`) : ' later'}`;
  // Who asked looks at it still in the first minute, and an alert does not look (`mention` in jobs/check.ts).
  const isSoon = times.length > 0 && byMs - nowMs < 60_000;
  const edit = `I will edit this message${alerted || isSoon ? '' : ' and mention you'}`;
  const how = shareKey === undefined ? edit : 'I will say it here';
  return by ? `Answer ${by}; ${how}` : `${how} when there is more to say`;
}
