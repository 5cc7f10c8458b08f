import type { ServiceAssessment } from '../src/model/assessment.js';
import type { Chart } from '../src/model/chart.js';
import type { Incident, Saying } from '../src/model/incident.js';
import type { Moment, News } from '../src/model/news.js';
import { movedMessage, newsMessage, newsWords } from '../src/render/incident-news.js';
import { rootMessage } from '../src/render/incident-root.js';
import { DEFAULT_WINDOW_MS } from './look.js';

/** A year of one incident, at a dozen a day. */
const MAX_MOMENTS = 1_000;
/** What a snooze keeps out of the thread. */
const SNOOZED: ReadonlySet<News['kind']> = new Set(['page', 'not-fixed', 'restart', 'audit', 'alarm']);

export type Words = {
  readonly assessment: ServiceAssessment;
  readonly chart?: Chart | undefined;
  readonly nowMs: number;
  /** Slack's mention of who owns the service. */
  readonly owner?: string | undefined;
};

/**
 * The incident with what happened in its timeline, and with what is to be said of it: a root as it is now, which takes the place of
 * one that was not said yet, and a line in the thread for what the root does not say. Nothing new: nothing to say.
 */
export function withWords(incident: Incident, news: readonly News[], { assessment, chart, nowMs, owner }: Words): Incident {
  if (news.length === 0) return incident;
  const moments = [...incident.moments, ...news.map((one) => momentOf(one, nowMs))].slice(-MAX_MOMENTS);
  const told = { ...incident, moments };
  const view = { nowMs, windowMs: DEFAULT_WINDOW_MS, ...(owner ? { owner } : {}) };
  const root: Saying = {
    key: incident.id,
    as: 'root',
    message: rootMessage(told, assessment, view),
    ...(chart ? { chart } : {}),
  };
  const evidence = news.flatMap((one, i): Saying[] => {
    if (incident.snoozed && SNOOZED.has(one.kind)) return [];
    const message = newsMessage(one, nowMs, owner);
    const key = `${incident.id}-${incident.count + i}`;
    const left: Saying[] =
      one.kind === 'collect' && one.from
        ? [{ key: `${key}-from`, as: 'evidence', at: one.from, message: movedMessage(one) }]
        : [];
    return message ? [...left, { key, as: 'evidence', message }] : [];
  });
  const waiting = incident.unsaid.filter(({ as }) => as !== 'root');
  return { ...told, count: incident.count + news.length, unsaid: [root, ...waiting, ...evidence] };
}

function momentOf(news: News, nowMs: number): Moment {
  return { atMs: news.atMs, kind: news.kind, words: newsWords(news, nowMs), ...('by' in news ? { by: news.by } : {}) };
}
