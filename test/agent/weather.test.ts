import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { startAgent } from '../../jobs/agent.js';
import { readConfig } from '../../src/config.js';
import { FatalError } from '../../src/errors.js';
import type { Running } from '../../src/run-until-signal.js';
import { makeHosts } from '../../src/store/hosts.js';
import { makeInventory } from '../../src/store/inventory.js';
import { beat, replica } from '../support/fleet.js';
import { freePort, until } from '../support/parts/process.js';
import { startRecordingProxy } from '../support/parts/recording-proxy.js';
import { ownDatabase, startRedis } from '../support/parts/redis.js';
import { patient } from '../support/patience.js';

/** The agent starts in any weather: without an engine, without Redis, with one that it must not use. */
const engine = process.env.LEAKWATCH_TEST_DOCKER ?? '';
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
}, 30_000);

async function agentOf(env: Record<string, string>): Promise<Running> {
  const config = readConfig({ LEAKWATCH_SAMPLE_SECONDS: '1', ...env }, ['agent']);
  const agent = await startAgent(config, pino({ level: 'silent' }));
  agent.failed?.catch(() => {});
  stops.push(() => agent.stop());
  return agent;
}

async function beatsOf(url: string, host?: string) {
  const redis = new Redis(url);
  redis.on('error', () => {});
  stops.push(async () => redis.disconnect());
  return async () => (await makeHosts(redis).all()).find((one) => host === undefined || one.host === host);
}

async function database(): Promise<string> {
  const own = await ownDatabase();
  stops.push(own.close);
  return own.url;
}

describe('without an engine', () => {
  test('it stays up and says so; when the engine comes it says that', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leakwatch-socket-'));
    stops.push(() => rm(folder, { recursive: true }));
    const socket = join(folder, 'docker.sock');
    const url = await database();
    const beat = await beatsOf(url);
    await agentOf({ REDIS_URL: url, DOCKER_HOST: `unix://${socket}`, LEAKWATCH_HOST: 'hv-09' });
    const lone = await until('a sign of life with a problem', 10_000, async () => {
      const last = await beat();
      return last?.problem && last;
    });
    expect(lone).toMatchObject({
      host: 'hv-09',
      containers: 0,
      problem: `Docker does not answer at unix://${socket} (ENOENT): is it running, and may I read the socket?`,
    });

    const proxy = await startRecordingProxy(engine, socket);
    stops.push(proxy.stop);
    const well = await until('a sign of life without', 15_000, async () => {
      const last = await beat();
      return last && !last.problem && last;
    });
    expect(well).toMatchObject({ engineVersion: expect.stringMatching(/^\d+\.\d+/), cgroup: expect.stringMatching(/^v[12]$/) });
  }, 40_000);

  test('and without a name for the host it waits for the engine’s', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leakwatch-socket-'));
    stops.push(() => rm(folder, { recursive: true }));
    const socket = join(folder, 'docker.sock');
    const url = await database();
    const beat = await beatsOf(url);
    const agent = await agentOf({ REDIS_URL: url, DOCKER_HOST: `unix://${socket}` });
    const proxy = await startRecordingProxy(engine, socket);
    stops.push(proxy.stop);
    const first = await until('a sign of life', 15_000, beat);
    expect(first.host.length).toBeGreaterThan(0);
    await agent.stop();
  }, 30_000);
});

describe('the agent of another engine by the same name', () => {
  /** As it says every second; what it lists stays its own. */
  async function theOther(url: string, host: string) {
    const redis = new Redis(url);
    const says = () => makeHosts(redis).beat(beat(host, Date.now(), { engineId: 'another', sampleSeconds: 1 }));
    await says();
    stops.push(async () => redis.disconnect());
    await makeInventory(redis).replace(host, [replica('shop/api', 1, { host })], Date.now());
    return { says, listed: () => makeInventory(redis).all() };
  }

  test('is there first: it does not begin, says why, and touches nothing of it', async () => {
    const url = await database();
    const other = await theOther(url, 'hv-09');
    const agent = await agentOf({ REDIS_URL: url, DOCKER_HOST: `unix://${engine}`, LEAKWATCH_HOST: 'hv-09' });
    const error = await agent.failed?.catch((reason) => reason);
    expect(error).toBeInstanceOf(FatalError);
    expect(String(error)).toContain('LEAKWATCH_HOST=hv-09-b');
    expect(await other.listed()).toEqual([replica('shop/api', 1, { host: 'hv-09' })]);
  }, 20_000);

  test('by another name, or silent since long, is none of its business', async () => {
    const url = await database();
    const other = await theOther(url, 'hv-08');
    const redis = new Redis(url);
    await makeHosts(redis).beat(beat('hv-09', Date.now() - 61_000, { engineId: 'another' }));
    redis.disconnect();
    await other.says();
    const beats = await beatsOf(url, 'hv-09');
    await agentOf({ REDIS_URL: url, DOCKER_HOST: `unix://${engine}`, LEAKWATCH_HOST: 'hv-09' });
    await until('its own sign of life', 15_000, async () => (await beats())?.engineId?.includes(':'));
  }, 30_000);
});

describe('Redis', () => {
  test('is away: it waits, and samples when it is there', async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    await agentOf({ REDIS_URL: url, DOCKER_HOST: `unix://${engine}`, LEAKWATCH_HOST: 'hv-09' });
    const redis = await startRedis([], port);
    stops.push(redis.stop);
    const beat = await beatsOf(url);
    expect((await until('a sign of life', 15_000, beat)).problem).toBeUndefined();
    // What was started last is stopped first: the agent must not see its Redis vanish.
    stops.push(stops.shift() as () => Promise<unknown>);
  }, 30_000);

  test('is away, and it is stopped all the same', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    const agent = await agentOf({ REDIS_URL: url, DOCKER_HOST: `unix://${engine}`, LEAKWATCH_HOST: 'hv-09' });
    const begun = Date.now();
    await agent.stop();
    expect(Date.now() - begun).toBeLessThan(patient(1_000));
  });

  test('may throw keys away: it is not used, and why is said', async () => {
    const redis = await startRedis(['--maxmemory-policy', 'allkeys-lru']);
    stops.push(redis.stop);
    const agent = await agentOf({ REDIS_URL: redis.url, DOCKER_HOST: `unix://${engine}`, LEAKWATCH_HOST: 'hv-09' });
    const error = await agent.failed?.catch((reason) => reason);
    expect(error).toBeInstanceOf(FatalError);
    expect(String(error)).toContain('maxmemory-policy is allkeys-lru');
  }, 20_000);
});
