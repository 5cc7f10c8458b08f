import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { type FakeEngine, startFakeEngine } from '../support/fake-engine/engine.js';
import { growing } from '../support/fake-engine/memory.js';
import { buildGoImage, removeContainers, runContainer } from '../support/parts/containers.js';
import { until } from '../support/parts/process.js';
import { MEMORY_IMAGE } from '../support/parts/programs.js';

/** The fake's answers beside a real engine's to the same questions: what the fake tells has the form that the real one has. */
const socketPath = process.env.LEAKWATCH_TEST_DOCKER ?? '';
const runId = `form-${randomUUID().slice(0, 8)}`;
const docker = new Docker({ socketPath, host: undefined, port: undefined });
const MEMORY_BYTES = 64 * 2 ** 20;
let fake: FakeEngine;
let ids: { real: string; fake: string };

type Answer = { readonly status: number; readonly headers: Record<string, unknown>; readonly text: string };

/** `untilSeen`: of a stream that does not end, what was there when the text had this in it. */
function ask(where: object, path: string, method = 'GET', untilSeen?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request({ ...where, path, method, agent: false }, (response) => {
      let text = '';
      const { statusCode: status = 0, headers } = response;
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
        if (untilSeen === undefined || !text.includes(untilSeen)) return;
        asking.destroy();
        resolve({ status, headers, text });
      });
      response.on('end', () => resolve({ status, headers, text }));
    });
    asking.on('error', reject).end();
  });
}
const askReal = (path: string, method?: string, untilSeen?: string) => ask({ socketPath }, path, method, untilSeen);
const askFake = (path: string, method?: string, untilSeen?: string) =>
  ask({ host: '127.0.0.1', port: new URL(fake.url).port }, path, method, untilSeen);

beforeAll(async () => {
  if (!socketPath) throw new Error('LEAKWATCH_TEST_DOCKER is not set: run the tests through `npm test`');
  await buildGoImage(docker, MEMORY_IMAGE);
  const { CgroupVersion } = await docker.info();
  fake = await startFakeEngine({ name: 'fake', release: '20.10', cgroup: CgroupVersion === '1' ? 'v1' : 'v2' });
  const labels = { 'leakwatch.test': runId };
  const spec = { image: MEMORY_IMAGE.tag, name: runId, runId, memoryBytes: MEMORY_BYTES, env: { HOLD_MIB: '8' } };
  const real = await runContainer(docker, { ...spec, network: 'none' });
  const { image, name } = spec;
  // As one without a network.
  const memory = (nowMs: number, startedAtMs: number) => {
    const { netRxBytes, netTxBytes, ...held } = growing(8, 0)(nowMs, startedAtMs) ?? {};
    return held;
  };
  ids = { real: real.id, fake: fake.run({ image, name, labels, limitBytes: MEMORY_BYTES, memory, env: ['HOLD_MIB=8'] }) };
}, 120_000);
afterAll(async () => {
  await fake?.close();
  await removeContainers(docker, runId);
}, 60_000);

/** Every path of a value with its type: `.State.Running boolean`. Lists by their first element; an empty object says nothing. */
function formOf(value: unknown, path = ''): string[] {
  if (value === null || typeof value !== 'object') return [`${path} ${value === null ? 'null' : typeof value}`];
  if (Array.isArray(value)) return value.length === 0 ? [`${path} list`] : formOf(value[0], `${path}[]`);
  const entries = Object.entries(value);
  return entries.flatMap(([name, one]) => formOf(one, `${path}.${name}`));
}
/** What the fake tells and the real engine does not. */
function inventedBy(fakes: unknown, reals: unknown): string[] {
  const real = new Set(formOf(reals));
  return formOf(fakes).filter((line) => !real.has(line));
}

test.each([
  ['version', () => '/version'],
  ['info', () => '/info'],
  ['inspect', (id: string) => `/containers/${id}/json`],
  ['one look at memory', (id: string) => `/containers/${id}/stats?stream=false&one-shot=true`],
  ['two looks', (id: string) => `/containers/${id}/stats?stream=false`],
])(
  '%s: nothing that the real one does not say',
  async (_, path) => {
    const [real, own] = await Promise.all([askReal(path(ids.real)), askFake(path(ids.fake))]);
    expect(own.status).toBe(real.status);
    // Memory that happens to be 0 is left out by the real one, and its lists of block I/O are empty or not.
    const chance = /\.(failcnt|blkio_stats)\b/;
    expect(inventedBy(JSON.parse(own.text), JSON.parse(real.text)).filter((line) => !chance.test(line))).toEqual([]);
  },
  20_000,
);

test('the list', async () => {
  const filters = encodeURIComponent(JSON.stringify({ label: [`leakwatch.test=${runId}`] }));
  const path = `/containers/json?all=true&filters=${filters}`;
  const [real, own] = await Promise.all([askReal(path), askFake(path)]);
  const [realRows, ownRows] = [JSON.parse(real.text), JSON.parse(own.text)];
  expect([realRows.length, ownRows.length]).toEqual([1, 1]);
  expect(inventedBy(ownRows, realRows)).toEqual([]);
});

/** What an engine refuses, with its words: recorded from the real one at each run. */
test.each([
  ['GET', '/nothing'],
  ['POST', '/_ping'],
  ['GET', '/v1.99/version'],
  ['GET', '/containers/nope/json'],
  ['GET', '/containers/nope/stats?stream=false'],
  ['GET', '/containers/json?filters=%7B%22foo%22%3A%5B%22x%22%5D%7D'],
  ['GET', '/events?since=abc'],
] as const)('refused alike: %s %s', async (method, path) => {
  const [real, own] = await Promise.all([askReal(path, method), askFake(path, method)]);
  expect([own.status, JSON.parse(own.text)]).toEqual([real.status, JSON.parse(real.text)]);
});

test('the ping says the same API version', async () => {
  const [real, own] = await Promise.all([askReal('/_ping'), askFake('/_ping')]);
  const said = ({ text, headers }: Answer) => [text, headers['api-version'], headers.ostype];
  expect(said(own)).toEqual(said(real));
});

test('the same story is told by the same events; a container that does not run gives the year 1', async () => {
  const sinceSeconds = Math.floor(Date.now() / 1_000) - 1;
  await docker.getContainer(ids.real).update({ Memory: 80 * 2 ** 20, MemorySwap: 80 * 2 ** 20 });
  await docker.getContainer(ids.real).rename({ name: `${runId}-b` });
  await docker.getContainer(ids.real).kill();
  await until('its end', 10_000, async () => (await docker.getContainer(ids.real).inspect()).State.Status === 'exited');
  fake.limit(ids.fake, 80 * 2 ** 20);
  fake.rename(ids.fake, `${runId}-b`);
  fake.die(ids.fake, { exitCode: 137 });

  const stopped = (id: string) => `/containers/${id}/stats?stream=false&one-shot=true`;
  const [realStats, ownStats] = await Promise.all([askReal(stopped(ids.real)), askFake(stopped(ids.fake))]);
  const empty = (answer: Answer) => {
    const { read, memory_stats } = JSON.parse(answer.text);
    return { status: answer.status, read, memory_stats };
  };
  expect(empty(ownStats)).toEqual(empty(realStats));
  expect(inventedBy(JSON.parse(ownStats.text), JSON.parse(realStats.text))).toEqual([]);

  const filters = (id: string) =>
    encodeURIComponent(JSON.stringify({ type: ['container'], event: ['update', 'rename', 'die'], container: [id] }));
  const path = (id: string) => `/events?since=${sinceSeconds}.000000000&filters=${filters(id)}`;
  const [real, own] = await Promise.all([
    askReal(path(ids.real), 'GET', '"exitCode"'),
    askFake(path(ids.fake), 'GET', '"exitCode"'),
  ]);
  const told = ({ text }: Answer) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  expect(told(own).map(({ Action }) => Action)).toEqual(told(real).map(({ Action }) => Action));
  expect(
    told(own).map((event) =>
      inventedBy(
        event,
        told(real).find(({ Action }) => Action === event.Action),
      ),
    ),
  ).toEqual([[], [], []]);
}, 30_000);
