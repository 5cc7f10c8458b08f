import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { anonBytes } from '../../demo/cgroup.js';
import { startAgent } from '../../jobs/agent.js';
import { readConfig } from '../../src/config.js';
import type { Replica } from '../../src/model/replica.js';
import type { Running } from '../../src/run-until-signal.js';
import { makeHosts } from '../../src/store/hosts.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeLedger } from '../../src/store/ledger.js';
import { makeRuns } from '../../src/store/runs.js';
import { makeSamples } from '../../src/store/samples.js';
import { buildGoImage, type ContainerSpec, removeContainers, runContainer } from '../support/parts/containers.js';
import { until } from '../support/parts/process.js';
import { MEMORY_IMAGE } from '../support/parts/programs.js';
import { type RecordingProxy, startRecordingProxy } from '../support/parts/recording-proxy.js';
import { ownDatabase } from '../support/parts/redis.js';

/** The agent beside a real engine, with a proxy between them that writes down what is asked and can break it off. */
const MIB = 2 ** 20;
const HOST = 'hv-test';
const CANARY = `canary-${randomUUID()}`;
const runId = `agent-${randomUUID().slice(0, 8)}`;
const socketPath = process.env.LEAKWATCH_TEST_DOCKER ?? '';
const docker = new Docker({ socketPath, host: undefined, port: undefined });

let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;
let proxy: RecordingProxy;
let agent: Running;
const config = () =>
  readConfig({ REDIS_URL: database.url, DOCKER_HOST: proxy.url, LEAKWATCH_HOST: HOST, LEAKWATCH_SAMPLE_SECONDS: '1' }, ['agent']);

beforeAll(async () => {
  if (!socketPath) throw new Error('LEAKWATCH_TEST_DOCKER is not set: run the tests through `npm test`');
  await buildGoImage(docker, MEMORY_IMAGE);
  database = await ownDatabase();
  redis = new Redis(database.url);
  proxy = await startRecordingProxy(socketPath);
  agent = await startAgent(config(), pino({ level: 'silent' }));
}, 120_000);
afterAll(async () => {
  await agent?.stop();
  await proxy?.stop();
  await removeContainers(docker, runId);
  await redis?.quit();
  await database?.close();
}, 60_000);

const start = (name: string, over: Partial<ContainerSpec> = {}) =>
  runContainer(docker, { image: MEMORY_IMAGE.tag, name: `${runId}-${name}`, runId, ...over });
const compose = (service: string, number: number) => ({
  'com.docker.compose.project': runId,
  'com.docker.compose.service': service,
  'com.docker.compose.container-number': String(number),
});
const keyOf = (service: string, number: number) => `${HOST}/${runId}/${service}/${number}`;
const replicas = async () => (await makeInventory(redis).all()).filter((one) => one.labels['leakwatch.test'] === runId);
const replicaThat = (what: string, is: (replica: Replica) => boolean) =>
  until(what, 10_000, async () => (await replicas()).find(is));
const samplesOf = (key: string) => makeSamples(redis).read(key, 0, Date.now() + 60_000);
const beat = async () => (await makeHosts(redis).all()).find(({ host }) => host === HOST);

describe('a new agent', () => {
  test('samples as soon as it knows who is there, not a whole rhythm later', async () => {
    const env = { REDIS_URL: database.url, DOCKER_HOST: proxy.url, LEAKWATCH_HOST: 'hv-new', LEAKWATCH_SAMPLE_SECONDS: '600' };
    const fresh = await startAgent(readConfig(env, ['agent']), pino({ level: 'silent' }));
    try {
      const heard = async () => (await makeHosts(redis).all()).find(({ host }) => host === 'hv-new');
      expect(await until('its first sign of life', 10_000, heard)).not.toHaveProperty('problem');
    } finally {
      await fresh.stop();
    }
  }, 30_000);
});

test('how much memory the host has is told, as the engine says it', async () => {
  const { MemTotal } = (await docker.info()) as { MemTotal: number };
  expect(await until('a sign of life', 10_000, beat)).toMatchObject({ memoryBytes: MemTotal });
  expect(MemTotal).toBeGreaterThan(2 ** 30);
});

describe('samples', () => {
  test('are what the kernel’s own files say', async () => {
    const { id } = await start('steady', { env: { HOLD_MIB: '48' }, memoryBytes: 96 * MIB, labels: compose('steady', 3) });
    const sample = await until('two samples after it has settled', 15_000, async () => {
      const [last, newest] = [...(await samplesOf(keyOf('steady', 3)))].slice(-2);
      return last && newest && Math.abs((newest.anon ?? 0) - (last.anon ?? 0)) < MIB && (newest.anon ?? 0) > 40 * MIB && newest;
    });
    const kernel = anonBytes(id) ?? 0;
    expect(kernel).toBeGreaterThan(48 * MIB);
    expect(Math.abs((sample.anon ?? 0) - kernel)).toBeLessThan(0.02 * kernel);
    expect(sample.limit).toBe(96 * MIB);
    expect(sample.usage).toBeGreaterThanOrEqual(sample.anon ?? 0);
    expect(sample.pids).toBeGreaterThan(0);
  }, 30_000);

  test('a tmpfs is shared memory, not page cache, whatever the cgroup version', async () => {
    await start('tmpfs', {
      env: { CACHE_FILE: '/shm/full', CACHE_MIB: '24' },
      tmpfs: { '/shm': 32 * MIB },
      labels: compose('tmpfs', 1),
    });
    const sample = await until('the tmpfs to be full', 15_000, async () => {
      const newest = (await samplesOf(keyOf('tmpfs', 1))).at(-1);
      return (newest?.shmem ?? 0) + (newest?.file ?? 0) >= 24 * MIB && newest;
    });
    expect(sample.shmem).toBeGreaterThanOrEqual(24 * MIB);
    expect(sample.file).toBeLessThan(2 * MIB);
  }, 30_000);

  test('twenty containers in one sweep, which takes little longer than one', async () => {
    const names = Array.from({ length: 20 }, (_, index) => index + 1);
    await Promise.all(names.map((n) => start(`many-${n}`, { labels: compose('many', n) })));
    const all = await until('a sample of each', 20_000, async () => {
      const read = await Promise.all(names.map(async (n) => (await samplesOf(keyOf('many', n))).at(-1)?.t));
      return read.every((t) => t !== undefined) && (read as number[]);
    });
    // Before Docker 25 each waits for a tick of a second: one after the other they would be 20 s apart.
    expect(Math.max(...all) - Math.min(...all)).toBeLessThan(12_000);
    // It is told after the samples of a sweep are kept.
    await until('all of them in a beat', 10_000, async () => ((await beat())?.containers ?? 0) >= 20);
  }, 60_000);

  test('a limit that is changed while it runs', async () => {
    const { id } = await start('limited', { memoryBytes: 64 * MIB });
    await replicaThat('the limit', ({ limitBytes, run }) => run.containerId === id && limitBytes === 64 * MIB);
    await docker.getContainer(id).update({ Memory: 80 * MIB, MemorySwap: 80 * MIB });
    const { key } = await replicaThat(
      'the new limit',
      ({ limitBytes, run }) => run.containerId === id && limitBytes === 80 * MIB,
    );
    await until('a sample with it', 10_000, async () => (await samplesOf(key)).at(-1)?.limit === 80 * MIB);
  }, 30_000);
});

describe('lives', () => {
  test('one that the kernel ended, again and again', async () => {
    const spec = { env: { HOLD_MIB: '16', GROW_MIB_PER_SECOND: '60' }, memoryBytes: 32 * MIB, restart: 'always' } as const;
    await start('oom', { ...spec, labels: compose('oom', 1) });
    const runs = await until('two lives that ended', 20_000, async () => {
      const lives = await makeRuns(redis).read(keyOf('oom', 1));
      return lives.filter(({ endedAtMs }) => endedAtMs).length >= 2 && lives;
    });
    for (const run of runs.slice(0, 2)) expect(run).toMatchObject({ oomKilled: true, exitCode: 137, oomKills: 1 });
    expect(runs[1]?.startedAtMs).toBeGreaterThan(runs[0]?.endedAtMs ?? Number.POSITIVE_INFINITY);
  }, 40_000);

  test('a child process that the kernel killed, while the container lives on', async () => {
    // Not at once: containerd begins to listen for kills when the container runs already, and tells none of before.
    await start('child', {
      env: { CHILD_MIB: '64', CHILD_AFTER_MS: '1000' },
      memoryBytes: 24 * MIB,
      labels: compose('child', 1),
    });
    const run = await until(
      'the kill',
      15_000,
      async () =>
        (await makeRuns(redis).read(keyOf('child', 1)))[0]?.oomKills && (await makeRuns(redis).read(keyOf('child', 1)))[0],
    );
    expect(run).not.toHaveProperty('endedAtMs');
    expect(run).not.toHaveProperty('oomKilled', true);
    expect((await replicaThat('it', ({ key }) => key === keyOf('child', 1))).running).toBe(true);
  }, 30_000);

  test('one that was stopped, one that failed: how', async () => {
    const { id } = await start('stopped', { labels: compose('stopped', 1) });
    await start('failed', { env: { EXIT_AFTER_MS: '300', EXIT_CODE: '3' }, labels: compose('failed', 1) });
    await replicaThat('the start', ({ key, running }) => key === keyOf('stopped', 1) && running);
    await docker.getContainer(id).stop({ t: 5 });
    const stopped = await replicaThat('the stop', ({ key, running }) => key === keyOf('stopped', 1) && !running);
    expect(stopped.run).toMatchObject({ exitCode: 0, oomKilled: false });
    const failed = await replicaThat('the failure', ({ key, running }) => key === keyOf('failed', 1) && !running);
    expect(failed.run).toMatchObject({ exitCode: 3, oomKilled: false });
  }, 30_000);

  test('a container made again is the same replica', async () => {
    const first = await start('again', { labels: compose('again', 2) });
    await replicaThat('the first', ({ key, running }) => key === keyOf('again', 2) && running);
    await until('a sample of the first', 10_000, async () => (await samplesOf(keyOf('again', 2))).length > 0);
    await docker.getContainer(first.id).remove({ force: true });
    const second = await start('again', { labels: compose('again', 2) });
    const replica = await replicaThat('the second', ({ run }) => run.containerId === second.id);
    expect(replica.key).toBe(keyOf('again', 2));
    const runs = await makeRuns(redis).read(replica.key);
    expect(runs.map(({ containerId }) => containerId)).toEqual([first.id, second.id]);
    expect(runs[0]).toMatchObject({ exitCode: 137, oomKilled: false });

    const [ended = 0, begun = 0] = [runs[0]?.endedAtMs, runs[1]?.startedAtMs];
    const both = await until('samples of both', 10_000, async () => {
      const samples = [...(await samplesOf(replica.key))];
      return samples.some(({ t }) => t >= begun) && samples;
    });
    expect(both.some(({ t }) => t <= ended)).toBe(true);
    const ledger = makeLedger(redis, (error) => {
      throw error;
    });
    const [line, ...others] = await until('the line of the first in the run ledger', 20_000, async () => {
      const lines = await ledger.read(`${runId}/again`);
      return lines.length > 0 && lines;
    });
    expect(line).toMatchObject({ replica: replica.key, containerId: first.id, image: MEMORY_IMAGE.tag, endedAtMs: ended });
    expect(line?.peakBytes).toBeGreaterThan(0);
    expect(others).toEqual([]);
  }, 60_000);

  test('one that the watch is to ignore is there, with that label; one that is removed leaves', async () => {
    const { id } = await start('ignored', { labels: { 'leakwatch.ignore': 'true' } });
    const ignored = await replicaThat('the ignored', ({ run }) => run.containerId === id);
    expect(ignored.labels['leakwatch.ignore']).toBe('true');
    const gone = await start('gone');
    await replicaThat('the other', ({ run }) => run.containerId === gone.id);
    await docker.getContainer(gone.id).remove({ force: true });
    await until('its leaving', 10_000, async () => !(await replicas()).some(({ run }) => run.containerId === gone.id));
  }, 30_000);
});

describe('breaks', () => {
  test('the engine is away: said, and taken up again with what happened meanwhile', async () => {
    const before = await start('meanwhile', { labels: compose('meanwhile', 1) });
    await replicaThat('its start', ({ run, running }) => run.containerId === before.id && running);
    proxy.breakOff(true);
    // An answer that was cut off in the middle may be the first to be told of.
    const problem = await until('the problem', 15_000, async () => {
      const told = (await beat())?.problem;
      return told?.startsWith('Docker does not answer') ? told : undefined;
    });
    expect(problem).toMatch(/^Docker does not answer at tcp:\/\/127\.0\.0\.1:\d+ \(ECONNRE\w+\)/);
    expect((await replicas()).length).toBeGreaterThan(0);

    await docker.getContainer(before.id).restart({ t: 0 });
    proxy.breakOff(false);
    await until('the end of the problem', 20_000, async () => !(await beat())?.problem);
    const runs = await until('both lives', 20_000, async () => {
      const lives = await makeRuns(redis).read(keyOf('meanwhile', 1));
      return lives.length === 2 && lives;
    });
    expect(runs[1]).not.toHaveProperty('endedAtMs');
  }, 60_000);

  test('Redis lost everything: sampling is scheduled again', async () => {
    await redis.flushdb();
    const lostMs = Date.now();
    const [own, list] = [await redis.client('ID'), String(await redis.client('LIST'))];
    const others = [...list.matchAll(/^id=(\d+) .* db=(\d+) /gm)].filter(
      ([, id, db]) => Number(id) !== own && database.url.endsWith(`/${db}`),
    );
    expect(others.length).toBeGreaterThan(0);
    for (const [, id] of others) await redis.client('KILL', 'ID', String(id));
    // The sweep that was under way still says its word: later ones were scheduled anew.
    await until('signs of life', 20_000, async () => ((await beat())?.seenAtMs ?? 0) > lostMs + 3_000);
  }, 30_000);

  test('another agent of the same host doubles nothing', async () => {
    const other = await startAgent(config(), pino({ level: 'silent' }));
    const { id } = await start('seen-twice', {
      labels: compose('seen-twice', 1),
      env: { EXIT_AFTER_MS: '2500', EXIT_CODE: '1' },
    });
    await replicaThat('its end', ({ run, running }) => run.containerId === id && !running);
    await other.stop();
    const samples = await samplesOf(keyOf('seen-twice', 1));
    expect(new Set([...samples].map(({ t }) => t)).size).toBe(samples.length);
    expect(await makeRuns(redis).read(keyOf('seen-twice', 1))).toHaveLength(1);
  }, 30_000);
});

describe('what it may touch', () => {
  test('nothing of environment, labels or command reaches Redis', async () => {
    const labels = { ...compose('secretive', 1), 'com.example.token': CANARY, 'leakwatch.owner': '@ana' };
    await start('secretive', { labels, env: { PASSWORD: CANARY }, args: [CANARY] });
    await until('a sample', 10_000, async () => (await samplesOf(keyOf('secretive', 1))).length > 0);
    // Long values are compressed in a dump otherwise, and nothing would be found in them.
    await redis.config('SET', 'rdbcompression', 'no');
    const everything = await Promise.all((await redis.keys('*')).map((name) => redis.dumpBuffer(name)));
    expect(everything.length).toBeGreaterThan(5);
    expect(everything.some((value) => value?.includes(CANARY))).toBe(false);
    expect(everything.some((value) => value?.includes('@ana'))).toBe(true);
  }, 30_000);

  test('of an engine only seven GETs, and it used all but the ping', () => {
    const allowed = ['/version', '/info', '/events', '/containers/json', '/containers/<id>/json', '/containers/<id>/stats'];
    expect([...new Set(proxy.asked)].sort()).toEqual(allowed.map((path) => `GET ${path}`).sort());
  });
});
