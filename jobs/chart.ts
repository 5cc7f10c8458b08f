import { randomBytes } from 'node:crypto';
import { withDeadline } from '../src/errors.js';
import type { Chart, Drawer } from '../src/model/chart.js';
import { needsChart, type Uploader } from '../src/model/delivery.js';
import { drainOf, type Outbox, type OutboxEntry } from '../src/model/message.js';
import { CATALOGUE } from '../src/queue/catalogue.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { JobContext, Processor } from './context.js';

export type ChartPorts = {
  readonly outbox: Outbox;
  readonly drawer: Drawer;
  readonly uploader: Uploader;
  readonly enqueue: Enqueue;
};

/** Drawing, three calls, and Slack's scan of the file (15 s at most). */
const CHART_DEADLINE_MS = 45_000;

/** Draws, uploads, and has the message changed. When it cannot be done the message says so, with a reference for the log. */
export function makeChart({ outbox, drawer, uploader, enqueue }: ChartPorts): Processor<'chart'> {
  return async ({ outboxKey, version }, context) => {
    const entry = await outbox.get(outboxKey);
    if (!entry) return;
    if (needsChart(entry) && entry.chart && (entry.chartVersion ?? 0) <= version)
      await show(entry, entry.chart, version, context);
    const channel = drainOf(entry.target);
    await enqueue('deliver', { v: 1, channel }, { collapse: channel });
  };

  async function show(entry: OutboxEntry, chart: Chart, version: number, context: JobContext): Promise<void> {
    try {
      const uploaded = await drawAndUpload(chart, context.signal);
      if ('fileId' in uploaded) await outbox.attachChart(entry.key, version, uploaded.fileId);
      else await giveUp(entry.key, version, new Error(`Slack refused the file: ${uploaded.refused}`), context);
    } catch (error) {
      if (context.startedBefore < CATALOGUE.chart.attempts - 1) throw error;
      await giveUp(entry.key, version, error, context);
    }
  }

  function drawAndUpload(chart: Chart, stop: AbortSignal): ReturnType<Uploader['upload']> {
    return withDeadline(CHART_DEADLINE_MS, 'The chart', async (deadline) => {
      const signal = AbortSignal.any([stop, deadline]);
      return uploader.upload(await drawer.draw(chart.config, signal), chart, signal);
    });
  }

  async function giveUp(key: string, version: number, error: unknown, context: JobContext): Promise<void> {
    const reference = randomBytes(4).toString('hex');
    context.log.error({ err: error, reference, outboxKey: key }, 'a chart could not be drawn');
    await outbox.chartFailed(key, version, `The chart could not be drawn (reference ${reference}).`);
  }
}
