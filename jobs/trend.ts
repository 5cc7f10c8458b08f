import { happenedIn, type Lives } from '../src/analysis/happened.js';
import { serviceTrend, trendOf } from '../src/analysis/trend.js';
import { personError } from '../src/errors.js';
import type { Series } from '../src/model/assessment.js';
import type { Outbox } from '../src/model/message.js';
import type { ReplicaTrend } from '../src/model/trend.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { chartOf } from '../src/render/chart.js';
import { escapeText } from '../src/render/text.js';
import { trendMessage, trendTitle } from '../src/render/trend.js';
import type { Processor } from './context.js';
import { assessNow, chartedNow, DEFAULT_WINDOW_MS, fleet, type LookPorts } from './look.js';

export type TrendPorts = LookPorts & { readonly outbox: Pick<Outbox, 'say'>; readonly enqueue: Enqueue };

/** `/leak trend`: what the memory of one service did over a window, with one picture of it. Samples are let go of replica by replica. */
export function makeTrend(ports: TrendPorts): Processor<'trend'> {
  return async ({ serviceId, windowMs: askedMs, outboxKey, target }, { nowMs }) => {
    const { replicas, beats } = await fleet(ports);
    const own = replicas.filter(({ service }) => service.id === serviceId);
    const service = own[0]?.service;
    if (!service)
      throw personError(`${escapeText(serviceId, 80)} is gone: its last container was removed while it was looked at.`);
    const atMs = nowMs();
    const windowMs = Math.min(askedMs, DEFAULT_WINDOW_MS);
    const trends: ReplicaTrend[] = [];
    const lives: Lives[] = [];
    const assessment = await assessNow(service, own, beats, windowMs, atMs, ports, (series) => {
      const trend = trendOf(series, atMs);
      if (trend) trends.push(trend);
      lives.push({ ...series, samples: [...series.samples].slice(0, 1) });
    });
    const trend = serviceTrend(trends);
    const share = target.kind === 'person' ? { shareKey: outboxKey } : {};
    const view = { nowMs: atMs, askedMs, keptMs: DEFAULT_WINDOW_MS, ...share };
    const message = trendMessage(assessment, trend, happenedIn(lives, atMs - windowMs), view);
    const drawn = trend ? (await chartedNow(assessment, windowMs, atMs, ports)).map(withinWindow) : [];
    const chart = trend ? chartOf(assessment, drawn, atMs, { said: trendTitle(assessment, trend, view) }) : null;
    await ports.outbox.say(outboxKey, target, message, chart ?? undefined);
    await deliverSoon(ports.enqueue, target);
  };
}

/** Lives that were over before it are in no picture of it. */
function withinWindow(series: Series): Series {
  const runs = series.runs.filter(({ endedAtMs }) => endedAtMs === undefined || endedAtMs >= series.fromMs);
  return { ...series, runs };
}
