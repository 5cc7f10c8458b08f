import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import type { Redis } from 'ioredis';
import { buildGoImage, removeContainers, runContainer } from '../support/parts/containers.js';
import { HEAP_IMAGE } from '../support/parts/go-heap.js';
import { until } from '../support/parts/process.js';
import { makeWorld, textOf, type World } from './world.js';

const socketPath = process.env.LEAKWATCH_TEST_DOCKER ?? '';
const docker = new Docker({ socketPath });
const RUN = `heap-${process.pid}`;
/** With a label; with a port that it exposes and no label; with pprof on localhost; without anything. */
const [LABELLED, EXPOSED, LOCAL] = ['labelled', 'exposed', 'local'].map((name) => `${name}-${process.pid}`) as [
  string,
  string,
  string,
];
const SECRET = 'jane@customer.example';
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-heaps-'));
let world: World;

beforeAll(async () => {
  await buildGoImage(docker, HEAP_IMAGE);
  const start = (name: string, more: object) =>
    runContainer(docker, { image: HEAP_IMAGE.tag, name, runId: RUN, network: 'bridge', ...more });
  await start(LABELLED, { labels: { 'leakwatch.pprof': '8081' } });
  await start(EXPOSED, { exposed: [9_090, 8_081] });
  await start(LOCAL, { exposed: [8_081], env: { PPROF_ADDRESS: '127.0.0.1:8081' } });
  // Before anybody looks: its first heap comes as soon as it is seen.
  await ask(LABELLED, 'grow?mib=20');
  world = await makeWorld({ delivery: 'socket' });
  const agent = {
    DOCKER_HOST: `unix://${socketPath}`,
    LEAKWATCH_HOST: 'hv-01',
    LEAKWATCH_SAMPLE_SECONDS: '2',
    LEAKWATCH_DATA_DIR: folder,
  };
  const bot = {
    LEAKWATCH_OPERATORS: world.workspace.users.ana,
    LEAKWATCH_DATA_DIR: folder,
    LEAKWATCH_PUBLIC_URL: world.url,
  };
  await Promise.all([
    world.start('bot', bot),
    world.start('worker', { LEAKWATCH_DATA_DIR: folder }),
    world.start('agent', agent),
  ]);
}, 60_000);
afterAll(async () => {
  await world?.stop();
  await removeContainers(docker, RUN);
  rmSync(folder, { recursive: true });
}, 60_000);

async function ask(service: string, path: string): Promise<void> {
  const { NetworkSettings } = await docker.getContainer(service).inspect();
  await until(service, 10_000, async () => (await fetch(`http://${NetworkSettings.Networks.bridge?.IPAddress}:8081/${path}`)).ok);
}
const command = (text: string, user: string = world.workspace.users.ana) =>
  world.workspace.command({ user, channel: world.workspace.channels.ops, text });
const answers = (about: string) =>
  world.workspace.messages(world.workspace.channels.ops).filter(({ text }) => text.includes(about) || text.startsWith('No heap'));
const answer = (about: string, ...words: string[]) =>
  world.workspace.waitFor(
    () => answers(about).find((one) => words.every((word) => textOf(one).includes(word))),
    30_000,
    `${about}: ${words.join(', ')}`,
  );
const filesOf = (service: string) =>
  readdirSync(join(folder, 'heaps')).filter((name) => name.startsWith(service) && name.endsWith('.pb.gz'));

test('which function grew, by how much, where: of a real process, beside its first heap, which came by itself', async () => {
  await until('a first heap', 60_000, async () => filesOf(LABELLED).length > 0);
  await ask(LABELLED, 'grow?mib=40');
  const { body } = await command(`heap ${LABELLED}`);
  expect(JSON.stringify(body)).toContain(`Taking a heap of ${LABELLED}…`);
  const said = await answer(LABELLED, 'orders.(');
  const [, mib] = /\+([\d.]+) MiB in orders\.\(.\*?Cache\)\.Put/.exec(said.text.replace('∗', '*')) ?? [];
  expect(Number(mib)).toBeGreaterThan(36);
  expect(Number(mib)).toBeLessThan(44);
  expect(textOf(said)).toMatch(/one process.*cache\.go:9.*go tool pprof -diff_base/s);
}, 120_000);

test('an operator fetches the files of that answer by links that only they are shown; who else asks is told who may', async () => {
  const { users, channels } = world.workspace;
  const { ts: messageTs } = await answer(LABELLED, 'orders.(', 'raw_files');
  const press = (user: string) => world.workspace.click({ user, channel: channels.ops, messageTs, actionId: 'raw_files' });
  const alone = (user: string, words: string) =>
    world.workspace.waitFor(() => world.workspace.ephemerals(user).find((one) => textOf(one).includes(words)), 10_000, words);
  await press(users.bo);
  expect((await alone(users.bo, 'Raw heaps are for operators')).text).toContain(`Ask <@${users.ana}>`);
  await press(users.ana);
  const shown = textOf(await alone(users.ana, 'raw heaps of'));
  const links = [...shown.matchAll(/<(http[^|>]+\/heaps\/[^|>]+)\|/g)].map(([, link]) => link ?? '');
  const fetched = await Promise.all(links.map(async (link) => Buffer.from(await (await fetch(link)).arrayBuffer())));
  expect(fetched.length).toBeGreaterThanOrEqual(2);
  const kept = filesOf(LABELLED).map((name) => readFileSync(join(folder, 'heaps', name)));
  for (const one of fetched) expect(kept.some((file) => file.equals(one))).toBe(true);
  expect((await fetch(links[0]?.slice(0, -3) ?? '')).status).toBe(404);
  const database = await world.withRedis(wholeDatabase);
  for (const link of links) expect(database).not.toContain(link.slice(-40));
  expect(await (await fetch(`${world.url}/metrics`)).text()).toContain(
    `leakwatch_raw_files_total{outcome="sent"} ${links.length}`,
  );
}, 60_000);

test('two who ask at once have one heap, and both have it; so has who asks within five minutes', async () => {
  const before = filesOf(LABELLED).length;
  const { ana, bo } = world.workspace.users;
  await Promise.all([command(`heap ${LABELLED} goroutine`, ana), command(`heap ${LABELLED} goroutine`, bo)]);
  const both = () => answers(LABELLED).filter((one) => textOf(one).includes('goroutines'));
  await world.workspace.waitFor(() => both().length === 2, 30_000, 'two answers');
  expect(filesOf(LABELLED)).toHaveLength(before + 1);
  await command(`heap ${LABELLED} goroutine since last`, ana);
  await world.workspace.waitFor(() => both().length === 3, 30_000, 'a third answer');
  expect(textOf(both().at(-1) ?? { text: '', blocks: [] })).toContain('one is taken in 5 minutes');
  expect(filesOf(LABELLED)).toHaveLength(before + 1);
}, 60_000);

test('a service of which nobody said where its pprof is: its own ports are tried, and what answers is remembered', async () => {
  await ask(EXPOSED, 'grow?mib=10');
  await command(`heap ${EXPOSED}`);
  const said = await answer(EXPOSED, 'of live heap', 'Put');
  expect(textOf(said)).toContain('what grows can be told from');
  expect(await world.withRedis((redis) => redis.keys('leakwatch:v1:pprof:*'))).toHaveLength(1);
}, 60_000);

test('pprof on localhost: what to do, in one line of code', async () => {
  await command(`heap ${LOCAL}`);
  const said = await answer(LOCAL, 'No heap');
  expect(said.text).toContain(`${LOCAL}: no pprof answers on any port that it exposes (8081)`);
  expect(said.text).toContain('`import _ "net/http/pprof"`');
}, 60_000);

test('a restart between two heaps is said, and no rate is made of it', async () => {
  await docker.getContainer(LABELLED).restart({ t: 0 });
  await ask(LABELLED, 'grow?mib=30');
  const started = (await docker.getContainer(LABELLED).inspect()).State.StartedAt;
  await until('the restart to be seen', 20_000, () =>
    world.withRedis(async (redis) => JSON.stringify(await inventoryOf(redis)).includes(String(Date.parse(started)))),
  );
  await world.withRedis(async (redis) => redis.del(await redis.keys('leakwatch:v1:heap-claim:*')));
  await command(`heap ${LABELLED}`);
  const said = await answer(LABELLED, 'restarted', 'no rates');
  expect(said.text).not.toMatch(/MiB\/h/);
}, 60_000);

test('labels, which may name customers, lie in the archived files and nowhere else', async () => {
  await ask(LABELLED, 'wait?count=20');
  await world.withRedis(async (redis) => redis.del(await redis.keys('leakwatch:v1:heap-claim:*')));
  await command(`heap ${LABELLED} goroutine`);
  await answer(LABELLED, 'orders.Wait');
  const files = filesOf(LABELLED).map((name) => gunzipSync(readFileSync(join(folder, 'heaps', name))).toString('latin1'));
  expect(files.some((text) => text.includes(SECRET))).toBe(true);
  expect(JSON.stringify(world.workspace.messages(world.workspace.channels.ops))).not.toContain(SECRET);
  const database = await world.withRedis(wholeDatabase);
  expect(database).toContain('orders.Wait');
  expect(database).not.toContain(SECRET);
}, 60_000);

async function inventoryOf(redis: Redis): Promise<unknown[]> {
  return Promise.all((await redis.keys('leakwatch:v1:inventory:*')).map((key) => redis.hgetall(key)));
}

/** All keys and values, as text (a dump would be packed). */
async function wholeDatabase(redis: Redis): Promise<string> {
  const read: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, '0', '-1'),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  const all = (await redis.keys('*')).map(async (key) => [key, await read[await redis.type(key)]?.(key)]);
  return JSON.stringify(await Promise.all(all));
}
