import { beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { makeLedgerKeeper } from '../../jobs/keep-ledger.js';
import { makeRoster } from '../../jobs/roster.js';
import { worldError } from '../../src/errors.js';
import type { EngineEvent } from '../../src/model/engine.js';
import type { Replica, Run } from '../../src/model/replica.js';
import type { SampleStore } from '../../src/model/sample.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeLedger } from '../../src/store/ledger.js';
import { makeRuns } from '../../src/store/runs.js';
import { makeSamples } from '../../src/store/samples.js';
import { MIB, MINUTE } from '../support/draw-series.js';
import { replica } from '../support/fleet.js';
import { ownRedis } from '../support/own-redis.js';

/** An agent's roster and its ledger keeper on a real Redis, beside an engine of which the test says what it holds. */
const log = pino({ level: 'silent' });
const SERVICE = 'shop/api';
const KEY = `hv-01/${SERVICE}/1`;
/** A whole number of five minutes. */
const T0 = Date.UTC(2026, 0, 5);

const { redis } = await ownRedis();
beforeEach(() => redis.flushdb());

/** The container that has the replica's place; times in minutes after T0. */
function container(containerId: string, startMinute: number, over: Partial<Run> = {}, number = 1): Replica {
  const run = { containerId, image: `api:${containerId}`, startedAtMs: T0 + startMinute * MINUTE, ...over };
  return replica(SERVICE, number, { running: run.endedAtMs === undefined, run });
}

/** One agent: several may follow each other, or be there at the same time. */
function agent(over: Partial<{ samples: SampleStore }> = {}) {
  const state = { containers: [] as Replica[], nowMs: T0, redisFails: false, sampleReads: 0, meanwhile: () => {} };
  const [runs, store] = [makeRuns(redis), over.samples ?? makeSamples(redis, () => state.nowMs)];
  const roster = makeRoster({
    engine: {
      facts: async () => ({}),
      replicas: async (_, ids) => state.containers.filter(({ run }) => !ids || ids.includes(run.containerId)),
    },
    inventory: makeInventory(redis),
    runs,
    ...{ host: 'hv-01', log, nowMs: () => state.nowMs, changed: (one: Replica) => keeper.due(one) },
  });
  const samples: Pick<SampleStore, 'read'> = {
    async read(...args) {
      if (state.redisFails) throw worldError('Redis does not answer');
      state.sampleReads += 1;
      state.meanwhile();
      return store.read(...args);
    },
  };
  const ledger = makeLedger(redis, (error) => {
    throw error;
  });
  const signal = new AbortController().signal;
  const keeper = makeLedgerKeeper({ roster, runs, samples, ledger, log, signal, nowMs: () => state.nowMs });
  return {
    state,
    keeper,
    /** Minutes of a sweep every 15 s, anon in MiB by minute. */
    async sample(from: number, to: number, anon: (minute: number) => number, key = KEY) {
      const ticks = Array.from({ length: (to - from) * 4 }, (_, i) => from + i / 4);
      const taken = ticks.map((minute) => ({ t: T0 + minute * MINUTE, anon: anon(minute) * MIB, limit: 256 * MIB }));
      await store.append(taken.map((sample) => ({ replica: key, sample })));
      state.nowMs = T0 + to * MINUTE;
    },
    async look(...containers: Replica[]) {
      state.containers = containers;
      await roster.look();
    },
    async hear(action: EngineEvent['action'], containerId: string, minute: number, ...left: Replica[]) {
      state.containers = left;
      roster.heard({ containerId, action, at: BigInt(T0 + minute * MINUTE) * 1_000_000n, exitCode: 137 });
      await roster.settle();
    },
    /** A turn, after the time that is waited for late samples. */
    async keep() {
      state.nowMs += 6_000;
      await keeper.keep();
    },
  };
}

const lines = () => makeLedger(redis, () => {}).read(SERVICE);
const minutes = async () =>
  (await lines()).map(({ containerId, startedAtMs, endedAtMs }) => [
    containerId,
    (startedAtMs - T0) / MINUTE,
    (endedAtMs - T0) / MINUTE,
  ]);

describe('a life that ends', () => {
  test('gets its line: how it grew, how high it was, how it ended', async () => {
    const { look, sample, hear, keep } = agent();
    await look(container('c1', 0));
    await sample(0, 60, (minute) => 60 + minute);
    await keep();
    expect(await lines()).toEqual([]);
    await hear('oom', 'c1', 60, container('c1', 0));
    await hear('die', 'c1', 60, container('c1', 0));
    await keep();
    const [line, ...others] = await lines();
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      ...{ replica: KEY, containerId: 'c1', image: 'api:c1', startedAtMs: T0, endedAtMs: T0 + 60 * MINUTE },
      ...{ oomKilled: true, limitBytes: 256 * MIB, peakBytes: 119.75 * MIB, settledMs: 0 },
    });
    expect(Math.abs((line?.slopeBytesPerHour?.value ?? 0) - 60 * MIB)).toBeLessThan(MIB);
  });

  test('is waited for until its last sample is written', async () => {
    const { look, sample, hear, keeper, keep } = agent();
    await look(container('c1', 0));
    await sample(0, 60, () => 60);
    await hear('die', 'c1', 60);
    await keeper.keep();
    expect(await lines()).toEqual([]);
    await sample(59.75, 60, () => 90);
    await keep();
    expect(await minutes()).toEqual([['c1', 0, 60]]);
  });

  test('while another is being said is said at its own time', async () => {
    const { look, sample, hear, keeper, keep, state } = agent();
    await look(container('c1', 0), container('d1', 0, {}, 2));
    for (const number of [1, 2]) await sample(0, 30, () => 60, `hv-01/${SERVICE}/${number}`);
    await hear('die', 'c1', 30, container('d1', 0, {}, 2));
    state.nowMs += 6_000;
    await hear('die', 'd1', 30.1);
    state.meanwhile = () => keeper.due(container('c1', 0));
    await keeper.keep();
    expect(await minutes()).toEqual([['c1', 0, 30]]);
    // Due again while it was being said: it is looked through once more.
    await makeRuns(redis).record(KEY, container('c1', 0, { endedAtMs: T0 + 30 * MINUTE, oomKilled: true }).run);
    await keep();
    expect((await lines()).map(({ containerId, oomKilled }) => [containerId, oomKilled]).sort()).toEqual([
      ['c1', true],
      ['d1', false],
    ]);
  });

  test('is said anew when why it ended is heard after it', async () => {
    const { look, sample, hear, keep, state } = agent();
    await look(container('c1', 0));
    await sample(0, 10, () => 60);
    await hear('die', 'c1', 10, container('c1', 0));
    await keep();
    await keep();
    expect((await lines())[0]?.oomKilled).toBe(false);
    expect(state.sampleReads).toBe(1);
    await hear('oom', 'c1', 10.05, container('c1', 0));
    await keep();
    expect((await lines()).map(({ oomKilled }) => oomKilled)).toEqual([true]);
  });
});

describe('a container made again is the same replica', () => {
  test('samples and runs of the old one stay under its key, and each has its line, with its image', async () => {
    const { look, sample, hear, keep } = agent();
    await look(container('c1', 0));
    await sample(0, 30, () => 60);
    await hear('die', 'c1', 30);
    await look(container('c2', 31));
    await sample(31, 61, () => 80);
    await hear('die', 'c2', 61);
    await keep();
    expect(await minutes()).toEqual([
      ['c1', 0, 30],
      ['c2', 31, 61],
    ]);
    expect((await lines()).map(({ replica: key, image, peakBytes }) => [key, image, peakBytes])).toEqual([
      [KEY, 'api:c1', 60 * MIB],
      [KEY, 'api:c2', 80 * MIB],
    ]);
    expect((await makeRuns(redis).read(KEY)).map(({ containerId }) => containerId)).toEqual(['c1', 'c2']);
    const anon = [...(await makeSamples(redis).read(KEY, T0, T0 + 90 * MINUTE))].map((one) => (one.anon ?? 0) / MIB);
    expect([anon.length, new Set(anon)]).toEqual([240, new Set([60, 80])]);
  });
});

describe('an agent that was not there', () => {
  test('the next one writes the lines: of what it sees ended, of what another life followed, of what is gone', async () => {
    const before = agent();
    await before.look(container('c1', 0), container('r1', 0, {}, 2), container('g1', 0, {}, 3));
    for (const number of [1, 2, 3]) await before.sample(0, 40, () => 60, `hv-01/${SERVICE}/${number}`);

    const next = agent();
    next.state.nowMs = T0 + 100 * MINUTE;
    for (const one of await makeInventory(redis).all()) next.keeper.due(one);
    const stopped = container('c1', 0, { endedAtMs: T0 + 50 * MINUTE, exitCode: 0 });
    await next.look(stopped, container('r1', 90, {}, 2));
    await next.sample(90, 100, () => 60, `hv-01/${SERVICE}/2`);
    await next.keep();
    expect((await minutes()).sort()).toEqual([
      ['c1', 0, 50],
      // Nobody knows when these ended: they were seen up to then.
      ['g1', 0, 39.75],
      ['r1', 0, 39.75],
    ]);
  });

  test('a life whose samples are gone has no line, and is not looked for again and again', async () => {
    await makeRuns(redis).record(KEY, container('c1', 0, { endedAtMs: T0 + MINUTE }).run);
    const { look, keep, keeper, state } = agent();
    await look(container('c2', 5));
    await keep();
    keeper.due(container('c2', 5));
    await keep();
    expect(await lines()).toEqual([]);
    expect(state.sampleReads).toBe(1);
  });

  test('before the first look nothing is known to be over', async () => {
    const before = agent();
    await before.look(container('c1', 0));
    await before.sample(0, 40, () => 60);
    const next = agent();
    next.state.nowMs = T0 + 41 * MINUTE;
    next.keeper.due(container('c1', 0));
    await next.keep();
    await next.look(container('c1', 0));
    await next.keep();
    expect(await lines()).toEqual([]);
  });

  test('an end that is heard after all takes the place of the one that was not known', async () => {
    const before = agent();
    await before.look(container('c1', 0));
    await before.sample(0, 40, () => 60);
    const next = agent();
    next.state.nowMs = T0 + 60 * MINUTE;
    await next.look(container('c2', 50));
    await next.keep();
    expect(await minutes()).toEqual([['c1', 0, 39.75]]);
    await before.hear('die', 'c1', 45);
    next.keeper.due(container('c2', 50));
    await next.keep();
    expect(await minutes()).toEqual([['c1', 0, 45]]);
  });
});

describe('twice, and in bad weather', () => {
  test('two agents of one host: one line', async () => {
    const both = [agent(), agent()];
    for (const { look } of both) await look(container('c1', 0));
    await both[0]?.sample(0, 30, () => 60);
    for (const { hear, state } of both) {
      state.nowMs = T0 + 30 * MINUTE;
      await hear('die', 'c1', 30);
    }
    await Promise.all(both.map(({ keep }) => keep()));
    expect(await minutes()).toEqual([['c1', 0, 30]]);
  });

  test('Redis is away: said, and done at a later turn', async () => {
    const { look, sample, hear, keep, state } = agent();
    await look(container('c1', 0));
    await sample(0, 30, () => 60);
    await hear('die', 'c1', 30);
    state.redisFails = true;
    await expect(keep()).rejects.toThrow('Redis does not answer');
    state.redisFails = false;
    await keep();
    expect(await minutes()).toEqual([['c1', 0, 30]]);
  });

  test('one replica whose records are broken does not keep the others from theirs', async () => {
    const { look, sample, hear, keep } = agent();
    await look(container('c1', 0), container('d1', 0, {}, 2));
    await sample(0, 30, () => 60, `hv-01/${SERVICE}/2`);
    await hear('die', 'c1', 30, container('d1', 0, {}, 2));
    await hear('die', 'd1', 30);
    for (const name of await redis.keys('*:runs:*')) {
      if (JSON.stringify(await redis.hgetall(name)).includes('c1')) await redis.hset(name, '0/c0', '{');
    }
    await keep();
    expect(await minutes()).toEqual([['d1', 0, 30]]);
  });

  test('a full ledger: lives older than all of it are not counted up again at each end', async () => {
    const ledger = makeLedger(redis, () => {});
    for (let i = 0; i < 400; i += 1) {
      const at = { startedAtMs: T0 + 20 * MINUTE + i, endedAtMs: T0 + 21 * MINUTE, oomKilled: false, limitBytes: null };
      const none = { baseBytes: null, peakBytes: 1, slopeBytesPerHour: null, settledMs: null };
      await ledger.record(SERVICE, { replica: 'hv-02/x/1', containerId: 'x', image: 'x', ...at, ...none });
    }
    const { look, sample, hear, keep, state } = agent();
    await look(container('c1', 0));
    await sample(0, 10, () => 60);
    await hear('die', 'c1', 10);
    await keep();
    expect(state.sampleReads).toBe(0);
    expect(await lines()).toHaveLength(400);
  });
});
