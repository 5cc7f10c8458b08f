import { describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { makeRoster } from '../../jobs/roster.js';
import { makeSample } from '../../jobs/sample.js';
import { worldError } from '../../src/errors.js';
import type { Sweep } from '../../src/model/engine.js';
import type { Heartbeat } from '../../src/model/host.js';
import type { Replica, Run } from '../../src/model/replica.js';
import { beat, replica } from '../support/fleet.js';

const log = pino({ level: 'silent' });
const container = (number: number, over: Partial<Run> = {}, service = 'shop/api') =>
  replica(service, number, { run: { containerId: `c${number}`, image: 'a', startedAtMs: 1_000, ...over } });

/** An engine and a Redis of which the test says what they hold, and when they fail. */
function world(containers: Replica[]) {
  const state = {
    containers,
    engineFails: false,
    redisFails: false,
    nowMs: 1_000_000,
    list: [] as readonly Replica[],
    records: [] as { key: string; run: Run }[],
    stored: [] as Run[],
    asked: [] as string[],
    changed: [] as string[],
  };
  const engineAnswers = () => {
    if (state.engineFails) throw worldError('Docker does not answer');
  };
  const redisAnswers = () => {
    if (state.redisFails) throw new Error('Redis is away');
  };
  const roster = makeRoster({
    engine: {
      async facts() {
        engineAnswers();
        return { version: '20.10', cgroup: 'v1' };
      },
      async replicas(_, ids) {
        engineAnswers();
        state.asked.push(...(ids ?? []));
        return state.containers.filter(({ run }) => !ids || ids.includes(run.containerId));
      },
    },
    inventory: {
      async replace(_, replicas) {
        redisAnswers();
        state.list = replicas;
      },
    },
    runs: {
      async record(key, run) {
        redisAnswers();
        state.records.push({ key, run });
      },
      read: async () => state.stored,
    },
    host: 'hv-01',
    log,
    nowMs: () => state.nowMs,
    changed: ({ key }) => void state.changed.push(key),
  });
  return { state, roster };
}

describe('the roster', () => {
  test('an engine that fails keeps the list it had, and says why until it is back', async () => {
    const { state, roster } = world([container(1)]);
    await roster.look();
    state.engineFails = true;
    await expect(roster.look()).rejects.toThrow('Docker does not answer');
    expect(roster.problem()).toBe('Docker does not answer');
    expect(roster.running()).toHaveLength(1);
    expect(state.list).toHaveLength(1);
    state.engineFails = false;
    await roster.look();
    expect(roster.problem()).toBeUndefined();
  });

  test('a Redis that fails is not the engine’s problem, and what could not be said is said later', async () => {
    const { state, roster } = world([container(1)]);
    await roster.look();
    state.redisFails = true;
    state.records.length = 0;
    roster.heard({ containerId: 'c1', action: 'die', at: 5_000_000_000n, exitCode: 1 });
    state.containers = [container(1, { startedAtMs: 6_000 })];
    await expect(roster.settle()).rejects.toThrow('Redis is away');
    expect(roster.problem()).toBeUndefined();
    state.redisFails = false;
    await roster.settle();
    expect(state.records.map(({ run }) => [run.startedAtMs, run.endedAtMs])).toEqual([
      [1_000, 5_000],
      [6_000, undefined],
    ]);
  });

  test('only what something happened to is looked at again, and a life that goes on is said now and then', async () => {
    const { state, roster } = world([container(1), container(2)]);
    await roster.look();
    roster.heard({ containerId: 'c2', action: 'rename', at: 1n });
    roster.heard({ containerId: 'c2', action: 'update', at: 2n });
    await roster.settle();
    await roster.settle();
    expect(state.asked).toEqual(['c2']);
    await roster.look();
    expect(state.records).toHaveLength(2);
    state.nowMs += 11 * 60_000;
    await roster.look();
    expect(state.records).toHaveLength(4);
  });

  test('whose lives changed is told once that is recorded: at first sight, an end, another life; not when nothing did', async () => {
    const { state, roster } = world([container(1), container(2)]);
    const told = () => state.changed.splice(0);
    await roster.look();
    expect(told()).toEqual(['hv-01/shop/api/1', 'hv-01/shop/api/2']);
    state.nowMs += 11 * 60_000;
    await roster.look();
    expect(told()).toEqual([]);
    roster.heard({ containerId: 'c2', action: 'die', at: 5_000_000_000n, exitCode: 1 });
    state.containers = [container(1)];
    state.redisFails = true;
    await expect(roster.settle()).rejects.toThrow('Redis is away');
    expect(told()).toEqual([]);
    state.redisFails = false;
    await roster.settle();
    expect(told()).toEqual(['hv-01/shop/api/2']);
    // Its end was not heard.
    state.containers = [container(1, { startedAtMs: 9_000 })];
    await roster.look();
    expect(told()).toEqual(['hv-01/shop/api/1']);
  });

  test('which lives go on', async () => {
    const { state, roster } = world([container(1), container(2)]);
    await roster.look();
    expect(roster.goesOn(container(1).run)).toBe(true);
    expect(roster.goesOn(container(1, { startedAtMs: 500 }).run)).toBe(false);
    expect(roster.goesOn(container(3).run)).toBe(false);
    roster.heard({ containerId: 'c2', action: 'die', at: 5_000_000_000n, exitCode: 1 });
    expect(roster.goesOn(container(2).run)).toBe(false);
    state.containers = [];
    await roster.look();
    expect(roster.goesOn(container(1).run)).toBe(false);
  });

  test('what an agent before it recorded of a life is kept', async () => {
    const { state, roster } = world([container(1)]);
    state.stored = [{ containerId: 'c1', image: 'a', startedAtMs: 1_000, oomKills: 4 }];
    await roster.look();
    roster.heard({ containerId: 'c1', action: 'oom', at: 2_000_000_000n });
    await roster.settle();
    expect(state.records.at(-1)?.run).toMatchObject({ oomKills: 5 });
  });
});

describe('a sweep', () => {
  const ports = (
    running: Replica[],
    sweep: (asked: readonly Replica[]) => Sweep,
    problem?: string,
    looked = true,
    before?: Heartbeat,
  ) => {
    const beats: Heartbeat[] = [];
    const asked: string[][] = [];
    const appended: string[] = [];
    const processor = makeSample({
      engine: {
        async sweep(replicas) {
          asked.push(replicas.map(({ key }) => key));
          return sweep(replicas);
        },
      },
      roster: {
        ...{ running: () => running, problem: () => problem, looked: () => looked },
        facts: () => ({ version: '20.10.24', cgroup: 'v2', memoryBytes: 8 * 2 ** 30 }),
      },
      samples: { append: async (samples) => void appended.push(...samples.map((one) => one.replica)) },
      hosts: { beat: async (one) => void beats.push(one) },
      host: 'hv-01',
      agentVersion: '0.1.0',
      sampleSeconds: 15,
      maxReplicas: 3,
      ...(before ? { before } : {}),
    });
    const context = { jobId: '1', startedBefore: 0, log, signal: new AbortController().signal, nowMs: () => 7_000 };
    return {
      beats,
      asked,
      appended,
      run: (serviceId?: string) => processor({ v: 1, ...(serviceId ? { serviceId } : {}) }, context),
    };
  };
  const good = (asked: readonly Replica[]): Sweep => ({
    samples: asked.map(({ key }) => ({ replica: key, sample: { t: 1 } })),
    failed: 0,
  });
  const bad = (asked: readonly Replica[]): Sweep => ({ samples: [], failed: asked.length, why: 'Docker does not answer' });

  test('of all, up to the cap; the excess is counted', async () => {
    const { beats, appended, run } = ports(
      [1, 2, 3, 4, 5].map((n) => container(n)),
      good,
    );
    await run();
    expect(appended).toHaveLength(3);
    expect(beats).toEqual([
      {
        ...{ host: 'hv-01', agentVersion: '0.1.0', engineVersion: '20.10.24', cgroup: 'v2', sampleSeconds: 15 },
        ...{ containers: 3, overCap: 2, seenAtMs: 7_000, lastSweepMs: 7_000, memoryBytes: 8 * 2 ** 30 },
      },
    ]);
  });

  test('of one service, when that is asked for', async () => {
    const { asked, beats, run } = ports([container(1), container(2, {}, 'shop/web')], good);
    await run('shop/web');
    expect(asked).toEqual([['hv-01/shop/web/2']]);
    expect(beats[0]?.containers).toBe(2);
  });

  test('that brings nothing says why, and not when the last one was', async () => {
    const { beats, run } = ports([container(1)], bad);
    await run();
    expect(beats[0]).toMatchObject({ problem: 'Docker does not answer' });
    expect(beats[0]).not.toHaveProperty('lastSweepMs');
  });

  test('with nobody there: the engine’s problem if there is one, else none', async () => {
    for (const problem of ['Docker does not answer at unix:///x (ENOENT)', undefined]) {
      const { beats, run } = ports([], good, problem);
      await run();
      expect(beats[0]?.problem).toBe(problem);
    }
  });

  test('before the first list of containers there is no sign of life, unless it is a problem', async () => {
    const early = ports([], good, undefined, false);
    await early.run();
    expect(early.beats).toEqual([]);
    const down = ports([], good, 'Docker does not answer', false);
    await down.run();
    expect(down.beats).toHaveLength(1);
  });

  test('that brings some is no problem of the host', async () => {
    const some = (asked: readonly Replica[]): Sweep =>
      asked.length > 0 ? { ...good(asked.slice(1)), failed: 1, why: 'x' } : good([]);
    const { beats, run } = ports([container(1), container(2)], some, 'a look failed');
    await run();
    expect(beats[0]).not.toHaveProperty('problem');
    expect(beats[0]?.failed).toEqual({ count: 1, why: 'x' });
    // Of all containers, not of those that were asked to hurry.
    await run('shop/nobody');
    expect(beats[1]?.failed).toEqual({ count: 1, why: 'x' });
  });

  test('that goes on after the agent before was gone for a while tells of the gap', async () => {
    const { beats, run } = ports([container(1)], good, undefined, true, beat('hv-01', -60_000));
    await run();
    expect(beats[0]?.gaps).toEqual([{ fromMs: -60_000, toMs: 7_000 }]);
  });

  test('that brings nothing does not end a gap', async () => {
    const { beats, run } = ports([container(1)], bad, undefined, true, beat('hv-01', -60_000));
    await run();
    expect(beats[0]).not.toHaveProperty('gaps');
  });
});
