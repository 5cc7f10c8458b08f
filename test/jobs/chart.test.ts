import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Job } from 'bullmq';
import { makeChart } from '../../jobs/chart.js';
import type { Processor } from '../../jobs/context.js';
import { jobEdge } from '../../jobs/edge.js';
import { makeLost } from '../../jobs/lost.js';
import type { Chart } from '../../src/model/chart.js';
import { needsChart, type Uploader } from '../../src/model/delivery.js';
import { CATALOGUE } from '../../src/queue/catalogue.js';
import { contextOf, type Harness, makeHarness, said, silent } from '../delivery/harness.js';
import { ownDatabase } from '../support/parts/redis.js';

const toOps = { kind: 'channel', channel: 'C1' } as const;
const chartOf = (title: string): Chart => ({
  ...{ title, altText: title },
  config: { type: 'line', data: { labels: [], datasets: [] }, options: {} },
});

let database: Awaited<ReturnType<typeof ownDatabase>>;
let harness: Harness;
let drawn: string[];
let upload: Uploader['upload'];
let chart: Processor<'chart'>;
beforeAll(async () => {
  database = await ownDatabase();
});
beforeEach(async () => {
  harness = await makeHarness(database.url, 'http://127.0.0.1:9/api/');
  drawn = [];
  upload = async (_png, { title }) => {
    drawn.push(title);
    return { fileId: `F${drawn.length}` };
  };
  const drawer = { draw: async () => new Uint8Array(1), close: async () => {} };
  const uploader: Pick<Uploader, 'upload'> = { upload: (...args) => upload(...args) };
  chart = makeChart({ outbox: harness.outbox, drawer, uploader, enqueue: harness.enqueue });
});
afterEach(async () => {
  await harness.redis.flushdb();
  await harness.close();
});
afterAll(() => database.close());

const run = (version: number) => chart({ v: 1, outboxKey: 'a', version }, contextOf());

test('run twice: drawn once, shown once, delivered both times', async () => {
  await harness.outbox.say('a', toOps, said('leaking'), chartOf('one'));
  await run(1);
  await run(1);
  expect(drawn).toEqual(['one']);
  expect(await harness.outbox.get('a')).toMatchObject({ chartFileId: 'F1', version: 2 });
  expect(harness.asked.map(({ name }) => name)).toEqual(['deliver', 'deliver']);
});

test('two of them at the same time: the picture of the first stays, the message is changed once', async () => {
  await harness.outbox.say('a', toOps, said('leaking'), chartOf('one'));
  await Promise.all([run(1), run(1)]);
  expect(await harness.outbox.get('a')).toMatchObject({ chartFileId: expect.stringMatching(/^F[12]$/), version: 2 });
});

test.each(['begun', 'drawn'])(
  'its message is refused before it is %s: with the next version it has its picture, by a job of its own',
  async (when) => {
    const { outbox } = harness;
    await outbox.say('a', toOps, said('leaking'), chartOf('one'));
    upload = async (_png, { title }) => {
      drawn.push(title);
      if (drawn.length === 1 && when === 'drawn') await outbox.fail('a', 1, 'is_archived');
      return { fileId: `F${drawn.length}` };
    };
    if (when === 'begun') await outbox.fail('a', 1, 'is_archived');
    await run(1);
    expect((await outbox.get('a'))?.chartFileId).toBeUndefined();
    const next = await outbox.say('a', toOps, said('calm'), chartOf('one'));
    expect(needsChart(next)).toBe(true);
    expect(next.chartVersion).toBeGreaterThan(1);
    await run(next.chartVersion ?? 0);
    expect(await outbox.get('a')).toMatchObject({ state: 'pending', chartFileId: `F${drawn.length}` });
  },
);

test('a chart that the message has moved on from is not drawn, nor shown when it was being drawn already', async () => {
  const { outbox } = harness;
  await outbox.say('a', toOps, said('leaking'), chartOf('one'));
  upload = async (_png, { title }) => {
    drawn.push(title);
    await outbox.say('a', toOps, said('faster'), chartOf('two'));
    return { fileId: 'F1' };
  };
  await run(1);
  const entry = await outbox.get('a');
  expect(entry?.chartFileId).toBeUndefined();
  if (!entry) throw new Error('gone');
  expect(needsChart(entry)).toBe(true);
  await run(1);
  expect(drawn).toEqual(['one']);
});

test('said through a response URL in a channel, where no picture is shown: none is drawn', async () => {
  await harness.outbox.say('a', { ...toOps, replyId: 'r', user: 'U2' }, said('leaking'), chartOf('one'));
  await harness.outbox.note('a', { via: 'reply' });
  await run(1);
  expect(drawn).toEqual([]);
  await harness.outbox.chartFailed('a', 1, 'No chart');
  expect(await harness.outbox.get('a')).toMatchObject({ version: 1 });
});

test('a file that Slack does not take is said under the message at once', async () => {
  await harness.outbox.say('a', toOps, said('leaking'), chartOf('one'));
  upload = async () => ({ refused: 'file_type_not_allowed' });
  await run(1);
  expect((await harness.outbox.get('a'))?.chartNote).toMatch(/^No chart: Slack does not take it \(reference [0-9a-f]{8}\)/);
});

test('the last try fails: it is said under the message, and delivered; the tries before it say nothing', async () => {
  const { outbox, enqueue, asked } = harness;
  await outbox.say('a', toOps, said('leaking'), chartOf('one'));
  upload = () => Promise.reject(new Error('canvas'));
  const edge = jobEdge('chart', chart, silent, makeLost({ outbox, enqueue }));
  for (let made = 0; made < CATALOGUE.chart.attempts; made += 1) {
    expect((await outbox.get('a'))?.chartNote).toBeUndefined();
    const job = { id: '1', data: { v: 1, outboxKey: 'a', version: 1 }, attemptsMade: made, attemptsStarted: made + 1 };
    await expect(edge(job as Job)).rejects.toThrow('canvas');
  }
  expect((await outbox.get('a'))?.chartNote).toMatch(/^No chart: .*reference [0-9a-f]{8}/);
  expect(asked.at(-1)).toMatchObject({ name: 'deliver', payload: { channel: 'C1' } });
});
