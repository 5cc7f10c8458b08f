import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { startAgent } from '../../jobs/agent.js';
import { readConfig } from '../../src/config.js';
import type { Running } from '../../src/run-until-signal.js';
import { makeHosts } from '../../src/store/hosts.js';
import { makeRuns } from '../../src/store/runs.js';
import { makeSamples } from '../../src/store/samples.js';
import { buildGoImage, runContainer } from '../support/parts/containers.js';
import { type EnginePart, startDockerd } from '../support/parts/engine.js';
import { until } from '../support/parts/process.js';
import { MEMORY_IMAGE } from '../support/parts/programs.js';
import { ownDatabase } from '../support/parts/redis.js';

/** A real engine of its own that is stopped and started again under the agent, and takes its containers with it, as engines do. */
const HOST = 'hv-restart';
const runId = `restart-${randomUUID().slice(0, 8)}`;
const ROOT = '/var/lib/leakwatch-parts/docker-restart';
/** Short: containerd's socket is in it, and the path of a socket has at most 108 bytes. */
const RUN = '/var/run/leakwatch-restart';

let engine: EnginePart;
let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;
let agent: Running;

beforeAll(async () => {
  engine = await startDockerd(ROOT, RUN, true);
  await buildGoImage(new Docker({ socketPath: engine.socket }), MEMORY_IMAGE);
  database = await ownDatabase();
  redis = new Redis(database.url);
}, 120_000);
afterAll(async () => {
  await agent?.stop();
  await redis.quit();
  await database.close();
  await engine.stop();
  await rm(ROOT, { recursive: true });
  await rm(RUN, { recursive: true });
}, 60_000);

const keyOf = (service: string) => `${HOST}/shop/${service}/1`;
const samplesOf = (service: string) => makeSamples(redis).read(keyOf(service), 0, Date.now() + 60_000);
const beat = async () => (await makeHosts(redis).all())[0];
const start = (docker: Docker, service: string, restart: 'no' | 'always') =>
  runContainer(docker, {
    ...{ image: MEMORY_IMAGE.tag, name: `${runId}-${service}`, runId, restart },
    labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': service,
      'com.docker.compose.container-number': '1',
    },
  });

test('the engine is restarted: it is missed, then seen again; the life that it ended and the one after are told apart, no time is sampled twice', async () => {
  const docker = new Docker({ socketPath: engine.socket });
  const [api] = await Promise.all([start(docker, 'api', 'always'), start(docker, 'job', 'no')]);
  const env = {
    REDIS_URL: database.url,
    DOCKER_HOST: `unix://${engine.socket}`,
    LEAKWATCH_HOST: HOST,
    LEAKWATCH_SAMPLE_SECONDS: '1',
  };
  agent = await startAgent(readConfig(env, ['agent']), pino({ level: 'silent' }));
  await until('samples of both', 20_000, async () => (await samplesOf('api')).length > 2 && (await samplesOf('job')).length > 2);

  await engine.stop();
  const lone = await until('a sign of life with a problem', 20_000, async () => {
    const last = await beat();
    return last?.problem ? last : null;
  });
  expect(lone.problem).toContain('Docker does not answer');
  const before = (await samplesOf('api')).length;

  engine = await startDockerd(ROOT, RUN, true);
  await until('a sign of life without', 20_000, async () => {
    const last = await beat();
    return last && !last.problem && last;
  });
  const after = await until('samples of the life after', 20_000, async () => {
    const all = await samplesOf('api');
    return all.length > before + 2 && all;
  });
  expect(new Set([...after].map(({ t }) => t)).size).toBe(after.length);

  const lives = await until('both lives', 20_000, async () => {
    const runs = await makeRuns(redis).read(keyOf('api'));
    return runs.length === 2 && runs;
  });
  expect(lives.map(({ containerId }) => containerId)).toEqual([api.id, api.id]);
  expect(lives[0]).toMatchObject({ endedAtMs: expect.any(Number) });
  expect(lives[0]?.oomKilled).not.toBe(true);
  expect(lives[1]).not.toHaveProperty('endedAtMs');
  const [job] = await makeRuns(redis).read(keyOf('job'));
  expect(job).toMatchObject({ endedAtMs: expect.any(Number) });
  expect((await samplesOf('job')).at(-1)?.t).toBeLessThanOrEqual((job?.endedAtMs ?? 0) + 2_000);
}, 120_000);
