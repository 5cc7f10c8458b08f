import { describe, expect, test } from '@jest/globals';
import { type CheckPorts, makeCheck } from '../../jobs/check.js';
import { makeTrend } from '../../jobs/trend.js';
import type { Chart } from '../../src/model/chart.js';
import type { Heartbeat } from '../../src/model/host.js';
import type { OutboxEntry, Target } from '../../src/model/message.js';
import { contextOf } from '../delivery/harness.js';
import { beat, replica } from '../support/fleet.js';
import { slackContext } from '../support/slack-context.js';

const MIB = 2 ** 20;
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** Checks a service that nobody has samples of, so that nothing can be told yet. */
async function check(beats: Heartbeat[], round: number, target: Target, via?: OutboxEntry['via'], askedBy: string | null = 'U1') {
  const { context, enqueued, said, entries } = slackContext([]);
  const ports: CheckPorts = {
    inventory: { all: async () => [replica('shop/api-svc', 1), replica('shop/api-svc', 2, { host: 'hv-02' })] },
    hosts: { all: async () => beats },
    samples: { read: async () => [] },
    runs: { read: async () => [] },
    ledger: { read: async () => [] },
    outbox: { ...context.outbox } as CheckPorts['outbox'],
    ...{ incidents: context.incidents, permalink: context.permalink, enqueue: context.enqueue },
  };
  if (via) entries.set('a', { ...(await context.outbox.say('a', target, { text: '', blocks: [] })), via });
  said.length = 0;
  const asked = { serviceId: 'shop/api-svc', ...(askedBy ? { askedBy } : {}), askedAtMs: Date.now() };
  await makeCheck(ports)({ v: 1, outboxKey: 'a', target, round, ...asked }, contextOf());
  return { enqueued, said };
}

test('what an alert asked promises nobody a mention', async () => {
  const promises = async (askedBy: string | null) => JSON.stringify((await check([], 0, channel, undefined, askedBy)).said);
  expect(await promises('U1')).toContain('mention you');
  expect(await promises(null)).not.toContain('mention you');
});

const channel = { kind: 'channel', channel: 'C1' } as const;
const person = { kind: 'person', channel: 'C1', user: 'U1' } as const;

/** The hosts that were asked to hurry, with how often. */
async function hurried(beats: Heartbeat[]): Promise<Record<string, number>> {
  const { enqueued } = await check(beats, 0, channel);
  const hosts = enqueued.filter(({ name }) => name === 'sample').map(({ options }) => String(options.host));
  return Object.fromEntries([...new Set(hosts)].map((host) => [host, hosts.filter((one) => one === host).length]));
}

test('without history each host of the service is asked to hurry, unless it is as fast by itself', async () => {
  const now = Date.now();
  expect(await hurried([beat('hv-01', now), beat('hv-02', now, { sampleSeconds: 2 }), beat('hv-03', now)])).toEqual({
    'hv-01': 30,
  });
});

test('so is the host of an agent that has listed its containers and not yet said anything of itself', async () => {
  expect(await hurried([])).toEqual({ 'hv-01': 30, 'hv-02': 30 });
});

test('a silent host is not asked: nobody would take its jobs', async () => {
  const now = Date.now();
  expect(await hurried([beat('hv-01', now), beat('hv-02', now - 61_000)])).toEqual({ 'hv-01': 30 });
});

test('progress is shown by editing, and not to those to whom every version is one more message', async () => {
  const beats = [beat('hv-01', Date.now())];
  const saidIn = async (round: number, target: Target, via?: OutboxEntry['via']) =>
    (await check(beats, round, target, via)).said.length;
  expect(await saidIn(1, channel, 'web')).toBe(1);
  expect(await saidIn(0, person)).toBe(1);
  expect(await saidIn(1, person, 'reply')).toBe(0);
  expect(await saidIn(1, channel, 'reply')).toBe(0);
  // The last look is the answer.
  expect(await saidIn(5, channel, 'reply')).toBe(1);
});

describe('how far back', () => {
  /** A sample a day for a week, and three of the last minutes: nothing that began can be seen in them. */
  async function altTextOf(windowMs?: number): Promise<{ altText: string; spans: number[] }> {
    const nowMs = Date.now();
    const ages = [7, 6, 5, 4, 3, 2, 1].map((days) => days * DAY).concat(10 * MINUTE, 5 * MINUTE, 1);
    const one = replica('shop/api-svc', 1, { run: { containerId: 'c', image: 'a', startedAtMs: nowMs - 15 * DAY } });
    const { context } = slackContext([]);
    const charts: Chart[] = [];
    const spans: number[] = [];
    const ports: CheckPorts = {
      inventory: { all: async () => [one] },
      hosts: { all: async () => [beat('hv-01', nowMs)] },
      samples: {
        async read(_, from, to) {
          spans.push(to - from);
          return ages.map((age) => ({ t: nowMs - age, anon: (age > HOUR ? 900 : 100) * MIB }));
        },
      },
      runs: { read: async () => [one.run] },
      ledger: { read: async () => [] },
      outbox: {
        ...context.outbox,
        async say(key, target, message, chart) {
          if (chart) charts.push(chart);
          return context.outbox.say(key, target, message);
        },
      } as CheckPorts['outbox'],
      ...{ incidents: context.incidents, permalink: context.permalink, enqueue: context.enqueue },
    };
    const asked = { serviceId: one.service.id, askedBy: 'U1', askedAtMs: nowMs, ...(windowMs ? { windowMs } : {}) };
    await makeCheck(ports)({ v: 1, outboxKey: 'a', target: channel, round: 0, ...asked }, contextOf());
    return { altText: charts[0]?.altText ?? '', spans };
  }

  test('all that is kept is looked at, and what tells something is drawn', async () => {
    const { altText, spans } = await altTextOf();
    expect(new Set(spans)).toEqual(new Set([14 * DAY]));
    expect(altText).toContain('anonymous memory 100 MiB to 100 MiB');
  });

  test('who asked for a window sees it', async () => {
    const { altText, spans } = await altTextOf(10 * DAY);
    expect(new Set(spans)).toEqual(new Set([10 * DAY]));
    expect(altText).toContain('anonymous memory 900 MiB to 100 MiB');
  });
});

test('of one that is gone the name is no markup', async () => {
  const { context } = slackContext([]);
  const nothing = async () => [];
  const look = {
    ...{ inventory: { all: nothing }, hosts: { all: nothing }, samples: { read: nothing } },
    ...{ runs: { read: nothing }, ledger: { read: nothing }, enqueue: context.enqueue },
  };
  const [serviceId, outboxKey] = ['shop/<!channel>', 'a'];
  const checked = makeCheck({
    ...look,
    outbox: context.outbox as CheckPorts['outbox'],
    incidents: context.incidents,
    permalink: context.permalink,
  });
  const asked = { v: 1, outboxKey, target: channel, serviceId } as const;
  await expect(checked({ ...asked, askedAtMs: Date.now(), round: 0 }, contextOf())).rejects.toThrow(
    'shop/&lt;!channel&gt; is gone',
  );
  const trend = makeTrend({ ...look, outbox: context.outbox });
  await expect(trend({ ...asked, windowMs: DAY }, contextOf())).rejects.toThrow('shop/&lt;!channel&gt; is gone');
});
