import { randomBytes } from 'node:crypto';
import { withDeadline } from '../src/errors.js';
import type { Chart, Drawer } from '../src/model/chart.js';
import { needsChart, type Uploader } from '../src/model/delivery.js';
import type { Outbox, OutboxEntry } from '../src/model/message.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import type { JobContext, Processor } from './context.js';

export type ChartPorts = {
  readonly outbox: Outbox;
  readonly drawer: Drawer;
  readonly uploader: Pick<Uploader, 'upload'>;
  readonly enqueue: Enqueue;
};

/** Drawing, three calls, and Slack's scan of the file (15 s at most). */
const CHART_DEADLINE_MS = 45_000;

/**
 * Draws, uploads, and has the message changed. A refused file is said under the message at once; what is thrown is tried again,
 * and said under it by `lost` when the tries are used up.
 */
export function makeChart({ outbox, drawer, uploader, enqueue }: ChartPorts): Processor<'chart'> {
  return async ({ outboxKey, version }, context) => {
    const entry = await outbox.get(outboxKey);
    if (!entry) return;
    if (needsChart(entry) && entry.chart && (entry.chartVersion ?? 0) <= version)
      await show(entry, entry.chart, version, context);
    await deliverSoon(enqueue, entry.target);
  };

  async function show(entry: OutboxEntry, chart: Chart, version: number, context: JobContext): Promise<void> {
    const uploaded = await drawAndUpload(chart, context.signal);
    if ('fileId' in uploaded) return outbox.attachChart(entry.key, version, uploaded.fileId);
    const reference = randomBytes(4).toString('hex');
    context.log.error({ reference, outboxKey: entry.key, refused: uploaded.refused }, 'Slack refused a chart');
    await outbox.chartFailed(entry.key, version, `No chart: Slack does not take it (reference ${reference}).`);
  }

  function drawAndUpload(chart: Chart, stop: AbortSignal): ReturnType<Uploader['upload']> {
    return withDeadline(CHART_DEADLINE_MS, 'The chart', async (deadline) => {
      const signal = AbortSignal.any([stop, deadline]);
      return uploader.upload(await drawer.draw(chart.config, signal), chart, signal);
    });
  }
}
