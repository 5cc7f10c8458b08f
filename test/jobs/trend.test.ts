import { expect, test } from '@jest/globals';
import { makeTrend, type TrendPorts } from '../../jobs/trend.js';
import type { Chart } from '../../src/model/chart.js';
import type { Target } from '../../src/model/message.js';
import { contextOf } from '../delivery/harness.js';
import { beat, replica } from '../support/fleet.js';
import { slackContext } from '../support/slack-context.js';

const MIB = 2 ** 20;
const [MINUTE, DAY] = [60_000, 86_400_000];
const channel = { kind: 'channel', channel: 'C1' } as const;

/** Two replicas that grow by 10 MiB a day, and were started anew with another image two days ago. */
async function trend(windowMs: number, target: Target = channel, days = 10) {
  const nowMs = Date.now();
  const startMs = nowMs - 2 * DAY;
  const runs = [
    { containerId: 'a', image: 'api:1', startedAtMs: nowMs - 15 * DAY, endedAtMs: startMs },
    { containerId: 'b', image: 'api:2', startedAtMs: startMs },
  ];
  const run = runs[1] as (typeof runs)[number];
  const { context, said, enqueued } = slackContext([]);
  const read: number[] = [];
  const charts: (Chart | undefined)[] = [];
  const ports: TrendPorts = {
    inventory: { all: async () => [1, 2].map((number) => replica('shop/api-svc', number, { run })) },
    hosts: { all: async () => [beat('hv-01', nowMs)] },
    samples: {
      async read(_, fromMs, toMs) {
        read.push(toMs - fromMs);
        const all = Array.from({ length: days * 24 * 4 }, (_, i) => nowMs - i * 15 * MINUTE).reverse();
        return all
          .filter((t) => t >= fromMs && t <= toMs)
          .map((t) => ({ t, anon: (200 - (10 * (nowMs - t)) / DAY) * MIB, limit: 256 * MIB }));
      },
    },
    runs: { read: async () => runs },
    ledger: { read: async () => [] },
    outbox: {
      say: async (key, to, message, chart) => {
        charts.push(chart);
        return context.outbox.say(key, to, message);
      },
    },
    enqueue: context.enqueue,
  };
  await makeTrend(ports)({ v: 1, outboxKey: 'a', target, serviceId: 'shop/api-svc', windowMs }, contextOf());
  return { said: said[0], words: JSON.stringify(said[0]?.message), chart: charts[0], read, enqueued };
}

test('one message with one picture of the whole window, said and delivered', async () => {
  const { said, words, chart, enqueued } = await trend(7 * DAY);
  expect(said?.message.text).toMatch(/^api-svc over 7 d: 13\d → 199 MiB per replica \(\+\d\d MiB\)$/);
  expect(words).toContain('In it: 1 deploy, 1 → 2 ');
  expect(chart?.title).toMatch(/^api-svc over 7 d: 13\d → 199 MiB per replica$/);
  expect(chart?.config.data.datasets.map(({ label }) => label)).toEqual(expect.arrayContaining(['limit', '#2', 'deploy']));
  expect(enqueued.map(({ name }) => name)).toEqual(['deliver']);
});

test('more than is kept is not read, and said', async () => {
  const { said, words, read } = await trend(60 * DAY);
  expect(new Set(read)).toEqual(new Set([14 * DAY]));
  expect(said?.message.text).toContain('api-svc over 9 d');
  expect(words).toMatch(/\(9 d[^;]*; 60 d asked for; 14 d are kept\)/);
});

test('to one person alone it can be shared', async () => {
  const { said, words } = await trend(DAY, { ...channel, kind: 'person', user: 'U1' });
  expect(said?.target.kind).toBe('person');
  expect(words).toContain('"action_id":"share"');
});

test('without samples there is no picture, and no all-clear', async () => {
  const { said, words, chart } = await trend(DAY, channel, 0);
  expect(said?.message.text).toBe('api-svc: no samples in 24 h');
  expect(chart).toBeUndefined();
  expect(words).not.toContain('stable');
});
