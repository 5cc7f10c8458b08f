import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { buildGoImage, removeContainers, runContainer } from '../support/parts/containers.js';
import { HEAP_IMAGE } from '../support/parts/go-heap.js';
import { MASSIF_RULE, massifImage, plainImage } from '../support/parts/native.js';
import { until } from '../support/parts/process.js';
import { buildProgramImage } from '../support/parts/program-image.js';
import { startWithExec } from './with-exec.js';
import { makeWorld, textOf, type World } from './world.js';

const socketPath = process.env.LEAKWATCH_TEST_DOCKER ?? '';
const docker = new Docker({ socketPath });
const RUN = `massif-${process.pid}`;
const called = (name: string) => `${name}-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-massif-'));
const [IMAGE, PLAIN, STATIC] = ['massif', 'plain', 'static'].map((name) => `leakwatch-test/${name}:1`) as [
  string,
  string,
  string,
];
const NAMES = ['live', 'ended', 'memory', 'plain', 'static', 'golang'];
let world: World;

beforeAll(async () => {
  await buildGoImage(docker, HEAP_IMAGE);
  await buildProgramImage(docker, await massifImage(IMAGE));
  await buildProgramImage(docker, await plainImage(PLAIN));
  await buildProgramImage(docker, await plainImage(STATIC, ['-static']));
  const start = (name: string, more: object) => runContainer(docker, { image: IMAGE, name: called(name), runId: RUN, ...more });
  const labels = { 'leakwatch.massif': MASSIF_RULE };
  await Promise.all([
    start('live', { init: true }),
    start('ended', { init: true, labels }),
    start('memory', { init: true, labels, tmpfs: { '/var/massif': 2 ** 20, '/tmp': 2 ** 20 } }),
    start('plain', { image: PLAIN }),
    start('static', { image: STATIC }),
    start('golang', { image: HEAP_IMAGE.tag }),
  ]);
  world = await makeWorld({ delivery: 'socket' });
  await startWithExec(world, folder, NAMES.map(called));
}, 90_000);
afterAll(async () => {
  await world?.stop();
  await removeContainers(docker, RUN);
  rmSync(folder, { recursive: true });
}, 60_000);

const ask = (text: string, user: string = world.workspace.users.ana) =>
  world.workspace.command({ user, channel: world.workspace.channels.ops, text });
async function answer(about: string, ...words: string[]): Promise<string> {
  const { workspace } = world;
  const { ops } = workspace.channels;
  const all = () => workspace.messages(ops).map(textOf);
  const found = () => all().findLast((text) => text.includes(about) && words.every((word) => text.includes(word)));
  return workspace.waitFor(found, 40_000, `${about}: ${words.join(', ')}`).catch((error) => {
    throw new Error(`${error.message}\n${workspace.transcript(ops)}`);
  });
}
async function programsIn(name: string): Promise<string[]> {
  const { Processes } = await docker.getContainer(called(name)).top();
  return Processes.map((row: string[]) => row.at(-1)?.split(' ')[0] ?? '');
}

test('Massif runs: it is asked just now, who grew comes first, with a picture; nothing is left in the container', async () => {
  const before = await programsIn('live');
  await ask(`massif ${called('live')}`);
  const said = await answer(called('live'), 'Massif runs, asked just now');
  expect(said).toMatch(new RegExp(`${called('live')} #1: \\+[\\d.]+ [KM]iB by (xmalloc|cache.put) worker\\.c:\\d+ in [\\d.]+ s`));
  expect(said).toMatch(/some 20 times as long/);
  const shown = await answer(called('live'), '"type":"image"');
  expect(shown).toMatch(/heap|snapshots of Massif/);
  expect(await programsIn('live')).toEqual(before);
  const [kept] = readdirSync(join(folder, 'heaps')).filter((name) => name.startsWith(called('live')) && name.endsWith('.out.gz'));
  expect(gunzipSync(readFileSync(join(folder, 'heaps', kept ?? ''))).toString()).toMatch(/^desc: .*cmd: \/app\/worker/s);
}, 90_000);

test('a container that was stopped: the file that it left is read; earlier processes are named', async () => {
  const container = docker.getContainer(called('ended'));
  await container.stop({ t: 10 });
  await container.start();
  // Under Valgrind it takes a while to have a heap to tell of.
  const said = async () => (await container.logs({ stdout: true, stderr: false })).toString().match(/warm/g) ?? [];
  await until('its second life to be warm', 30_000, async () => (await said()).length === 2);
  await container.stop({ t: 10 });
  await ask(`massif ${called('ended')}`);
  const told = await answer(called('ended'), '/var/massif/massif.out.');
  expect(told).toMatch(/worker\.c:\d+/);
  expect(told).not.toContain('asked just now');
}, 90_000);

test('files that lie in memory, which the engine’s archive does not show, are read by a command', async () => {
  await ask(`massif ${called('memory')}`);
  expect(await answer(called('memory'), 'asked just now')).toMatch(/worker\.c:\d+/);
}, 90_000);

test('no Massif: the commands for this image, with what it costs; and why it cannot work where it cannot', async () => {
  for (const name of ['plain', 'static', 'golang']) await ask(`massif ${called(name)}`);
  const plain = await answer(`No Massif file of ${called('plain')}`);
  expect(plain).toContain(`--entrypoint /usr/bin/valgrind.bin ${PLAIN}`);
  expect(plain).toContain('20 times slower');
  expect(plain).toContain('--massif-out-file=/var/massif/massif.out.%p ./worker');
  expect(plain).not.toContain('hunter2');
  expect(await answer(`No Massif file of ${called('static')}`)).toContain('linked statically');
  expect(await answer(`No Massif file of ${called('golang')}`)).toContain('is a Go program');
}, 90_000);

test('who is no operator is told the commands, and nothing is read for them', async () => {
  await ask(`massif ${called('live')}`, world.workspace.users.bo);
  expect(await answer(`No Massif file of ${called('live')}`)).toContain('for operators alone');
}, 60_000);
