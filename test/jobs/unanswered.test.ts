import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type CheckPorts, makeCheck } from '../../jobs/check.js';
import { makeListElsewhere } from '../../jobs/list-elsewhere.js';
import { makeRecall } from '../../jobs/recall.js';
import { makeSayUnanswered, type UnansweredPorts } from '../../jobs/say-unanswered.js';
import { unansweredWords } from '../../src/render/unanswered.js';
import { makePrometheusClient } from '../../src/sources/prometheus/client.js';
import { makeLongHistory } from '../../src/sources/prometheus/long-history.js';
import { makeAnswering } from '../../src/store/answering.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeKnownElsewhere } from '../../src/store/known-elsewhere.js';
import { makeRemembered } from '../../src/store/remembered.js';
import { contextOf } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';
import { expectAccepted } from '../render/accepted.js';
import { drawnTold } from '../support/drawn-told.js';
import { openMetrics } from '../support/open-metrics.js';
import { freePort } from '../support/parts/process.js';
import { type PrometheusPart, startPrometheus } from '../support/parts/prometheus.js';

/** A real Prometheus that hangs, is not there, and comes back; one worker that asks it each minute, and who is told of that. */
const [MINUTE, HOUR] = [60_000, 3_600_000];
const NOW = Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE;
const OPS = 'C0OPS';

const { slack, start } = await useStage();
let prometheus: PrometheusPart;
beforeAll(async () => {
  const leak = `${'_'.repeat(20)}${'/'.repeat(28)}`;
  prometheus = await startPrometheus(openMetrics([drawnTold('cart', 1, leak, NOW)]));
}, 60_000);
afterEach(() => thaw());
afterAll(() => prometheus.stop());

/** One that hangs is not waited for for long, one that does not may take its time. */
let answerMs = 5_000;
const freeze = () => {
  answerMs = 300;
  prometheus.freeze();
};
const thaw = () => {
  answerMs = 5_000;
  prometheus.thaw();
};
const historyAt = (url: string) => {
  const nobody = { token: undefined, user: undefined, password: undefined, tenant: undefined };
  return makeLongHistory(makePrometheusClient({ url, ...nobody }), answerMs);
};
const plain = (text: unknown) => String(text).replace(/<!date[^|]*\|([^>]*)>/g, '$1');

let world: Awaited<ReturnType<typeof makeWorld>>;
beforeEach(async () => {
  world = await makeWorld();
});

async function makeWorld() {
  const harness = await start();
  const { redis, outbox, enqueue } = harness;
  const known = makeKnownElsewhere(redis);
  const answering = makeAnswering(redis);
  const ports: UnansweredPorts = { answering, outbox, enqueue, placeOf: () => ({ place: { channel: OPS } }) };
  /** Whether the question of that minute was answered. */
  const ask = async (minute: number, url = prometheus.url, instead: Partial<UnansweredPorts> = {}) => {
    const list = makeListElsewhere({
      known: { ...known, turn: async () => true },
      // It knows of no time after now.
      history: { replicas: () => historyAt(url).replicas(NOW) },
      heard: makeSayUnanswered({ ...ports, ...instead }),
      nowMs: () => NOW + minute * MINUTE,
    });
    const isAnswered = await list().then(
      () => true,
      () => false,
    );
    await harness.settle(OPS);
    return isAnswered;
  };
  const words = async (minute: number) => unansweredWords(await answering.unanswered(), NOW + minute * MINUTE);
  const calls = (method: string) => slack.calls.filter((call) => call.method === method).length;
  return { ...harness, ports, answering, ask, words, calls };
}

describe('a Prometheus that hangs', () => {
  test('is said after two minutes, once and without a word more; the same message says that it answers again', async () => {
    const { ask, words, calls } = world;
    expect(await ask(0)).toBe(true);
    freeze();
    for (const minute of [1, 2]) expect(await ask(minute)).toBe(false);
    expect({ said: slack.messages, words: await words(2) }).toEqual({ said: [], words: [] });
    for (const minute of [3, 4, 5, 6, 7, 8]) await ask(minute);
    const [said, ...more] = slack.messages;
    expect(more).toEqual([]);
    expect(calls('chat.update')).toBe(0);
    expect(plain(said?.text)).toMatch(/^🟠 Prometheus has not answered since \d\d:\d\d UTC: no answer in 0\.3 s$/);
    expect(JSON.stringify(said?.blocks)).toContain('services that it alone knows cannot be checked');
    expect(JSON.stringify(said)).not.toMatch(/<[!@](?!date)/);
    expectAccepted({ text: String(said?.text), blocks: said?.blocks ?? [] });
    expect(await words(8)).toEqual([
      'Prometheus has not answered for 7 min: no answer in 0.3 s. Verdicts are of our own samples and what it told before; services that it alone knows cannot be checked.',
    ]);
    thaw();
    expect(await ask(9)).toBe(true);
    expect(slack.messages.map(({ text }) => plain(text))).toEqual([
      expect.stringMatching(/^🟢 Prometheus answers again since \d\d:\d\d UTC: it had not for 8 min, since \d\d:\d\d UTC$/),
    ]);
    expect(await words(9)).toEqual([]);
  }, 30_000);

  test('for less than two minutes is no news', async () => {
    const { ask, words } = world;
    freeze();
    for (const minute of [0, 1]) await ask(minute);
    thaw();
    for (const minute of [2, 3]) await ask(minute);
    expect({ said: slack.messages, words: await words(3) }).toEqual({ said: [], words: [] });
  }, 30_000);
});

describe('a Prometheus that is not there', () => {
  const outage = async (from: number, nobody: string) => {
    for (const minute of [0, 1, 2, 3]) await world.ask(from + minute, nobody);
    await world.ask(from + 4);
  };

  test('comes and goes: one message within the hour, which wakes nobody; after that another one', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    for (const from of [0, 10, 20]) await outage(from, nobody);
    expect(slack.messages.map(({ text }) => plain(text))).toEqual([expect.stringContaining('answers again since')]);
    // An hour without it.
    const [said = ''] = await world.redis.keys('*unanswered-said');
    expect(await world.redis.pttl(said)).toBeGreaterThan(59 * MINUTE);
    expect(await world.redis.pttl(said)).toBeLessThanOrEqual(HOUR);
    await world.redis.del(said);
    await outage(120, nobody);
    expect(slack.messages).toHaveLength(2);
  }, 30_000);

  test('a worker that dies before it could say it: the next one does, and there is one message', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const dies = () => Promise.reject(new Error('the worker died'));
    for (const minute of [0, 1]) await world.ask(minute, nobody);
    await world.ask(2, nobody, { outbox: { say: dies } });
    await world.ask(3, nobody, { enqueue: dies });
    for (const minute of [4, 5]) await world.ask(minute, nobody);
    expect(slack.messages.map(({ text }) => plain(text))).toEqual([
      expect.stringMatching(/has not answered since .*: cannot be reached \(ECONNREFUSED\)$/),
    ]);
  }, 30_000);

  test('nobody asks it any more: after ten minutes nothing is said of it', async () => {
    await world.ask(0, `http://127.0.0.1:${await freePort()}`);
    const [kept = ''] = await world.redis.keys('*unanswered');
    expect(await world.redis.pttl(kept)).toBeLessThanOrEqual(10 * MINUTE);
  });

  test('no channel: only who asks is told', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    for (const minute of [0, 1, 2, 3]) await world.ask(minute, nobody, { placeOf: () => ({}) });
    expect(slack.messages).toEqual([]);
    expect(await world.words(3)).toEqual([expect.stringContaining('for 3 min: cannot be reached (ECONNREFUSED)')]);
  });
});

describe('/leak check of a service that Prometheus alone knows', () => {
  async function check(round: number) {
    const { redis, outbox, enqueue, asked } = world;
    const nobody = { inventory: { all: async () => [] }, runs: { read: async () => [] } };
    const remembered = makeRemembered(redis);
    const ports: CheckPorts = {
      ...{ ...nobody, hosts: { all: async () => [] }, samples: { read: async () => [] }, ledger: { read: async () => [] } },
      recall: makeRecall({ history: historyAt(prometheus.url), remembered, ...nobody, warn: () => {} }),
      ...{ incidents: makeIncidents(redis), permalink: async () => null, outbox, enqueue },
    };
    asked.length = 0;
    const target = { kind: 'channel', channel: OPS } as const;
    const question = { outboxKey: 'a', target, serviceId: 'shop/cart', askedBy: 'U1', askedAtMs: NOW, round } as const;
    await makeCheck(ports)({ v: 1, ...question }, { ...contextOf(), nowMs: () => NOW });
    await world.settle(OPS);
    return { looksAgain: asked.some(({ name }) => name === 'check'), said: slack.messages };
  }

  test('is unknown while it is away, never anything else; and the same message has the answer once it is back', async () => {
    freeze();
    const away = await check(0);
    expect(away.looksAgain).toBe(true);
    expect(away.said.map(({ text }) => text)).toEqual(["⚪ shop/cart: can't tell now, no metrics"]);
    const blocks = JSON.stringify(away.said[0]?.blocks);
    for (const words of ['No data is not good news', 'I will edit this message', 'Prometheus: no answer in 0.3 s'])
      expect(blocks).toContain(words);
    thaw();
    const back = await check(1);
    expect(back.looksAgain).toBe(false);
    expect(back.said.map(({ text }) => text)).toEqual([expect.stringMatching(/^🔴 cart leaking/)]);
  }, 30_000);
});
