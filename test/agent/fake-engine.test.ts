import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { startAgent } from '../../jobs/agent.js';
import { makeRoster } from '../../jobs/roster.js';
import { makeSample } from '../../jobs/sample.js';
import { readConfig } from '../../src/config.js';
import type { Sample } from '../../src/model/sample.js';
import { makeDockerClient } from '../../src/sources/docker/client.js';
import { makeEngine } from '../../src/sources/docker/engine.js';
import { makeHosts } from '../../src/store/hosts.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeRuns } from '../../src/store/runs.js';
import { makeSamples } from '../../src/store/samples.js';
import { contextOf } from '../delivery/harness.js';
import { drawn, MIB } from '../support/draw-series.js';
import { type FakeEngine, startFakeEngine } from '../support/fake-engine/engine.js';
import { asTold, growing } from '../support/fake-engine/memory.js';
import { playHistory } from '../support/fake-engine/play.js';
import { until } from '../support/parts/process.js';
import { ownDatabase } from '../support/parts/redis.js';

/** The agent's real code beside an engine that is not: what is done to its containers arrives in Redis. */
const HOST = 'hv-fake';
const silent = pino({ level: 'silent' });
let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;
let stops: (() => Promise<unknown>)[];

beforeEach(async () => {
  database = await ownDatabase();
  redis = new Redis(database.url);
  stops = [];
});
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  await redis.quit();
  await database.close();
});

const compose = (service: string, number = 1) => ({
  'com.docker.compose.project': 'shop',
  'com.docker.compose.service': service,
  'com.docker.compose.container-number': String(number),
});
const keyOf = (service: string) => `${HOST}/shop/${service}/1`;
const runsOf = (service: string) => makeRuns(redis).read(keyOf(service));
const newest = async (service: string) => (await makeSamples(redis).read(keyOf(service), 0, Date.now() + 60_000)).at(-1);
const livesThat = (what: string, service: string, is: (ids: (string | undefined)[]) => boolean) =>
  until(what, 15_000, async () => {
    const runs = await runsOf(service);
    return is(runs.map(({ containerId }) => containerId)) && runs;
  });

async function agentBeside(engine: FakeEngine): Promise<void> {
  const env = { REDIS_URL: database.url, DOCKER_HOST: engine.url, LEAKWATCH_HOST: HOST, LEAKWATCH_SAMPLE_SECONDS: '1' };
  const agent = await startAgent(readConfig(env, ['agent']), silent);
  stops.push(() => agent.stop());
}

test.each(['v1', 'v2'] as const)(
  'samples and lives of containers on cgroup %s',
  async (cgroup) => {
    const engine = await startFakeEngine({ name: HOST, cgroup, release: cgroup === 'v1' ? '20.10' : '29' });
    stops.push(engine.close);
    const run = (service: string, restart: 'no' | 'always' = 'no') =>
      engine.run({ name: `shop-${service}-1`, image: `${service}:1`, labels: compose(service), memory: growing(60, 0), restart });
    const [leak, child, deploy] = [run('leak', 'always'), run('child'), run('deploy')];
    engine.limit(leak, 96 * MIB);
    await agentBeside(engine);

    const sample = await until('a sample', 15_000, () => newest('leak'));
    const figures = {
      usage: 82 * MIB,
      anon: 60 * MIB,
      file: 20 * MIB,
      inactiveFile: 12 * MIB,
      shmem: 0,
      kernel: 2 * MIB,
      pids: 8,
    };
    expect(sample).toMatchObject({ ...figures, limit: 96 * MIB });
    const host = await until('the host', 15_000, async () => (await makeHosts(redis).all())[0]);
    expect(host).toMatchObject({ host: HOST, cgroup, containers: 3 });

    engine.oom(leak);
    engine.oom(child, 'child');
    const second = engine.recreate(deploy, { image: 'deploy:2' });
    expect((await livesThat('the life after the kill', 'leak', (ids) => ids.length === 2))[0]).toMatchObject({
      ...{ containerId: leak, exitCode: 137, oomKilled: true },
    });
    const survived = await until('the kill of the child', 10_000, async () =>
      (await runsOf('child')).find((one) => one.oomKills),
    );
    expect(survived).not.toHaveProperty('endedAtMs');
    const lives = await livesThat('the new image', 'deploy', (ids) => ids.includes(second));
    expect(lives.map(({ image, exitCode }) => [image, exitCode])).toEqual([
      ['deploy:1', 143],
      ['deploy:2', undefined],
    ]);
    expect(engine.unexpected).toEqual([]);
  },
  60_000,
);

test.each([
  ['the same daemon: the reason of the end is known', 'same', true],
  ['a new daemon: it has forgotten why', 'new', undefined],
] as const)(
  'an engine that vanishes and comes back, %s',
  async (_, daemon, oomKilled) => {
    const socketPath = join(tmpdir(), `leakwatch-fake-${process.pid}-${daemon}.sock`);
    const engine = await startFakeEngine({ name: HOST, socketPath });
    stops.push(async () => {
      await engine.close();
      rmSync(socketPath, { force: true });
    });
    const id = engine.run({
      name: 'shop-api-1',
      image: 'api:1',
      labels: compose('api'),
      memory: growing(60, 0),
      restart: 'always',
    });
    await agentBeside(engine);
    await until('a sample', 10_000, () => newest('api'));

    await engine.vanish();
    const beat = async () => (await makeHosts(redis).all())[0];
    expect(await until('the problem', 15_000, async () => (await beat())?.problem)).toMatch(/^Docker does not answer at unix:/);
    engine.oom(id);
    await engine.comeBack(daemon);
    await until('the end of the problem', 20_000, async () => !(await beat())?.problem);
    await livesThat('the life after it', 'api', (ids) => ids.length === 2);
    const told = async () => (await runsOf('api'))[0];
    if (oomKilled) await until('the reason', 10_000, async () => (await told())?.oomKilled);
    else await until('a sample after it', 10_000, async () => ((await newest('api'))?.t ?? 0) > Date.now() - 1_500);
    expect((await told())?.oomKilled).toBe(oomKilled);
  },
  60_000,
);

/** A restart after an OOM kill, a hole, and a new image; every figure of every sample comes back at its own time. */
test('a history that is played by a clock of its own is sampled as it was told', async () => {
  const { samples, replica } = drawn('__//!//  //__', { intervalMs: 15_000 });
  const [startedAt, killedAt, deployedAt] = [-3_600_000, 4 * 60_000, 10 * 60_000];
  const runs = [
    { startedAt, image: 'api:1', oomKilled: true },
    { startedAt: killedAt, image: 'api:1' },
    { startedAt: deployedAt, image: 'api:2' },
  ];
  const base = Date.parse('2026-01-05T00:00:00Z');
  const at = <T extends { t: number }>(one: T): T => ({ ...one, t: one.t + base });
  let nowMs = base;
  const engine = await startFakeEngine({ name: HOST, nowMs: () => nowMs });
  stops.push(engine.close);
  const line = {
    ...{ id: 'shop-api-1', intervalSec: 15, limitBytes: replica.limitBytes, samples: samples.map(asTold).map(at) },
    runs: runs.map((run) => ({ ...run, startedAt: run.startedAt + base })),
  };
  const playing = playHistory(engine, line, { labels: compose('api') });

  const ours = makeEngine(makeDockerClient({ dockerHost: engine.url, certPath: undefined, tlsVerify: false }), () => nowMs);
  const [store, runStore] = [makeSamples(redis, () => nowMs), makeRuns(redis)];
  const inventory = makeInventory(redis);
  const shared = { engine: ours, inventory, runs: runStore, host: HOST, log: silent, nowMs: () => nowMs };
  const roster = makeRoster({ ...shared, changed: () => {} });
  const listening = new AbortController();
  playing.advance(nowMs);
  await roster.look();
  let heard = 0;
  const events = await ours.events(null, listening.signal);
  const hearing = (async () => {
    for await (const event of events) {
      roster.heard(event);
      heard += 1;
    }
  })().catch(() => {});
  const sweep = makeSample({
    engine: ours,
    roster,
    samples: store,
    hosts: makeHosts(redis),
    host: HOST,
    agentVersion: '0',
    sampleSeconds: 15,
  });
  for (; nowMs < base + 13 * 60_000; nowMs += 15_000) {
    if (playing.nextMs() <= nowMs) {
      // `oom, die, start` at the restart, `die, destroy, start` at the deploy: create, kill and stop are not asked for.
      const expected = heard + 3;
      playing.advance(nowMs);
      await until('the events', 5_000, async () => heard >= expected);
      await roster.settle();
    }
    await sweep({ v: 1 }, { ...contextOf(silent), nowMs: () => nowMs });
  }
  listening.abort();
  await hearing;

  const read = await store.read(keyOf('api'), 0, nowMs);
  const shape = ({ t, usage, anon, file, inactiveFile, shmem, kernel, limit }: Sample) => {
    return { t, usage, anon, file, inactiveFile, shmem, kernel, limit };
  };
  expect([...read].map(shape)).toEqual(samples.map(at).map(shape));
  const lives = await runStore.read(keyOf('api'));
  expect(lives.map((run) => [run.image, run.startedAtMs - base, run.oomKilled, run.endedAtMs && run.endedAtMs - base])).toEqual([
    ['api:1', startedAt, true, killedAt - 100],
    ['api:1', killedAt, false, deployedAt - 100],
    ['api:2', deployedAt, undefined, undefined],
  ]);
}, 30_000);
