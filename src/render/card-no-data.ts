import type { Assessment } from '../model/assessment.js';
import { ending } from './card-lines.js';
import { answerLine } from './card-unknown.js';
import { judgedOf, listed, type Shape } from './card-view.js';
import { replicaName, usage } from './memory.js';
import { escapeText } from './text.js';
import { duration, slackClock } from './times.js';
import { count } from './units.js';

/** It runs, but there is nothing (fresh) to judge: that is no good news. */
export const noData: Shape = (assessment, view) => {
  if (assessment.replicas.length === 0) return untold(assessment, view);
  const judged = judgedOf(assessment);
  const open = judged.filter(({ verdict }) => verdict === 'unknown');
  const seen = open.filter(({ latest }) => latest);
  const newest = seen.reduce<Assessment | undefined>(
    (best, one) => (best && (best.latest?.t ?? 0) >= (one.latest?.t ?? 0) ? best : one),
    undefined,
  );
  const name = escapeText(assessment.service.name, 60);
  const age = newest?.latest ? duration(view.nowMs - newest.latest.t) : undefined;
  const calm = judged.length - open.length;
  return {
    headline: age
      ? `⚪ ${name}: can't tell, the newest sample is ${age} old`
      : `⚪ ${name}: can't tell yet, no samples of this run`,
    lines: [
      newest ? lastSeen(newest, judged) : undefined,
      calm > 0
        ? `${calm} of ${count(judged.length, 'replica')} stable; without data: ${listed(open.map(({ replica }) => replicaName(replica, judged)))}`
        : undefined,
      'No data is not good news: `/leak status` tells whether its host is sampled',
      answerLine(open, view),
    ],
  };
};

/** Nobody but a metrics server knows it, and that does not tell. Why is in the last line. */
const untold: Shape = ({ service, explanation }, view) => ({
  headline: `⚪ ${escapeText(service.name, 60)}: can't tell now, no metrics`,
  lines: [
    escapeText(explanation, 200),
    'No data is not good news: `/leak status` tells whether Prometheus answers',
    answerLine([], view),
  ],
});

function lastSeen(newest: Assessment, judged: readonly Assessment[]): string | undefined {
  const words = usage(newest);
  return words ? `Last seen${judged.length > 1 ? ` (${replicaName(newest.replica, judged)})` : ''}: ${words}` : undefined;
}

/** Nothing runs: how each life ended, as far as the engine said. */
export const notRunning: Shape = ({ service, replicas }, { nowMs }) => ({
  headline: `⚫ ${escapeText(service.name, 60)} is not running${replicas.length > 1 ? `: 0 of ${replicas.length} replicas` : ''}`,
  lines: replicas.slice(0, 5).map((one) => {
    const { run } = one.replica;
    const who = replicas.length > 1 ? `${replicaName(one.replica, replicas)} ` : '';
    const when =
      run.endedAtMs === undefined
        ? 'ended'
        : `ended ${slackClock(run.endedAtMs, nowMs)} after ${duration(run.endedAtMs - run.startedAtMs)}`;
    const words = `${who}${when}${ending(run)}`;
    const last = usage(one);
    return `${words.charAt(0).toUpperCase()}${words.slice(1)}${last ? `; last seen ${last}` : ''}`;
  }),
});
