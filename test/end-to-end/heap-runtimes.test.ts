import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { removeContainers, runContainer } from '../support/parts/containers.js';
import { javaImage } from '../support/parts/java.js';
import { nodeImage } from '../support/parts/node-service.js';
import { buildProgramImage } from '../support/parts/program-image.js';
import { startWithExec } from './with-exec.js';
import { makeWorld, textOf, type World } from './world.js';

const socketPath = process.env.LEAKWATCH_TEST_DOCKER ?? '';
const docker = new Docker({ socketPath });
const RUN = `runtimes-${process.pid}`;
const called = (name: string) => `${name}-${process.pid}`;
const [JAVA, JRE, NODE] = ['java', 'jre', 'node'].map((name) => `leakwatch-test/${name}:1`) as [string, string, string];
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-runtimes-'));
const NAMES = ['java', 'jre', 'node', 'inited'];
let world: World;

beforeAll(async () => {
  await buildProgramImage(docker, await javaImage(JAVA, { jcmd: true }));
  await buildProgramImage(docker, await javaImage(JRE, { jcmd: false }));
  await buildProgramImage(docker, nodeImage(NODE));
  const start = (name: string, image: string, more: object = {}) =>
    runContainer(docker, { image, name: called(name), runId: RUN, memoryBytes: 400 * 2 ** 20, ...more });
  await Promise.all([start('java', JAVA), start('jre', JRE), start('node', NODE), start('inited', NODE, { init: true })]);
  world = await makeWorld({ delivery: 'socket' });
  await startWithExec(world, folder, NAMES.map(called));
}, 120_000);
afterAll(async () => {
  await world?.stop();
  await removeContainers(docker, RUN);
  rmSync(folder, { recursive: true });
}, 60_000);

const ask = (text: string, user: string = world.workspace.users.ana) =>
  world.workspace.command({ user, channel: world.workspace.channels.ops, text });
async function answer(...words: string[]): Promise<string> {
  const { workspace } = world;
  const { ops } = workspace.channels;
  const found = () =>
    workspace
      .messages(ops)
      .map(textOf)
      .findLast((text) => words.every((word) => text.includes(word)));
  return workspace.waitFor(found, 50_000, words.join(', ')).catch((error) => {
    throw new Error(`${error.message}\n${workspace.transcript(ops)}`);
  });
}
async function commandsIn(name: string): Promise<string[]> {
  const { Processes } = await docker.getContainer(called(name)).top();
  return Processes.map((row: string[]) => row.at(-1)?.split(' ')[0] ?? '');
}

test('a JVM: what it costs is said first; then who grew between two histograms, classes of its own before byte[]', async () => {
  const { bo } = world.workspace.users;
  await ask(`heap ${called('java')}`, bo);
  expect(await answer(`${called('java')} runs on a JVM`, 'operators alone')).toContain('No heap');
  await ask(`heap ${called('java')}`);
  await answer(`${called('java')} runs on a JVM`, 'collect all garbage', 'Ask again');
  await ask(`heap ${called('java')}`);
  const first = await answer(called('java'), 'Cart$Session', 'of live heap');
  expect(first.indexOf('Cart$Session')).toBeLessThan(first.indexOf('byte[]'));
  // In place of the minute after which the second one comes by itself: the five minutes are over.
  await world.withRedis(async (redis) => {
    for (const key of await redis.keys('leakwatch:v1:heap-claim*')) await redis.del(key);
  });
  await ask(`heap ${called('java')}`);
  const said = await answer(called('java'), 'Cart$Session', '2 heaps after GC, one process');
  expect(said).toMatch(/\+[\d.]+ [KM]iB in Cart\$Session/);
  expect(said.indexOf('Cart$Session')).toBeLessThan(said.indexOf('byte[]'));
  expect(await commandsIn('java')).toHaveLength(1);
}, 120_000);

test('no jcmd, and no shell either: a clear answer, and nothing is left running', async () => {
  await ask(`heap ${called('jre')}`);
  await answer(`${called('jre')} runs on a JVM`);
  await ask(`heap ${called('jre')}`);
  expect(await answer('No heap', `${called('jre')}: there is no jcmd`)).toContain('a JRE does not');
  expect(await commandsIn('jre')).toHaveLength(1);
}, 90_000);

test('Node: what was allocated in 15 s and is still held, by function; the inspector is closed again', async () => {
  await ask(`heap ${called('node')}`);
  const said = await answer(called('node'), 'cachePut');
  expect(said).toMatch(/\+[\d.]+ MiB in/);
  expect(said).toContain('service.js');
  expect(said.indexOf('cachePut')).toBeLessThan(said.includes('answer') ? said.indexOf('answer') : said.length);
  expect(await commandsIn('node')).toEqual(['node']);
}, 90_000);

test('Node behind an init is not sent a signal that could end it', async () => {
  await ask(`heap ${called('inited')}`);
  expect(await answer('No heap', `${called('inited')}: process 1`)).toContain('is not node');
  expect((await docker.getContainer(called('inited')).inspect()).State.Running).toBe(true);
}, 60_000);
