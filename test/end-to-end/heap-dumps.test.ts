import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { makeInventory } from '../../src/store/inventory.js';
import { removeContainers, runContainer } from '../support/parts/containers.js';
import { DUMPS_RULE, jemallocImage } from '../support/parts/native.js';
import { until } from '../support/parts/process.js';
import { buildProgramImage } from '../support/parts/program-image.js';
import { startWithExec } from './with-exec.js';
import { makeWorld, textOf, type World } from './world.js';

/** A real C service on a real jemalloc, whose dumps lie in its container. */
const socketPath = process.env.LEAKWATCH_TEST_DOCKER ?? '';
const docker = new Docker({ socketPath });
const RUN = `dumps-${process.pid}`;
const called = (name: string) => `${name}-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-dumps-'));
const IMAGE = 'leakwatch-test/jemalloc:1';
const NAMES = ['dumping', 'silent'];
let world: World;

beforeAll(async () => {
  await buildProgramImage(docker, await jemallocImage(IMAGE));
  const labels = { 'leakwatch.heap': DUMPS_RULE };
  const start = (name: string, more: object) =>
    runContainer(docker, { image: IMAGE, name: called(name), runId: RUN, labels, ...more });
  await Promise.all([start('dumping', {}), start('silent', { env: { MALLOC_CONF: 'prof:false' } })]);
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
  return workspace.waitFor(found, 40_000, `${words.join(', ')}\n${workspace.transcript(ops)}`);
}
const keptOf = (name: string) =>
  readdirSync(join(folder, 'heaps')).filter((file) => file.startsWith(called(name)) && file.endsWith('.txt.gz'));

test('the newest dump beside the first of the same process: which program grew, with rates; the file is kept', async () => {
  await until('dumps over three seconds', 30_000, async () => {
    const { State } = await docker.getContainer(called('dumping')).inspect();
    return Date.now() - Date.parse(State.StartedAt) > 8_000;
  });
  await ask(`heap ${called('dumping')}`);
  const said = await answer(called('dumping'), '[worker]');
  expect(said).toMatch(/\+[\d.]+ [KM]iB in `?\[worker\]/);
  expect(said).toMatch(/\d heaps, one process/);
  expect(said).toMatch(/what came after \/var\/heaps\/jeprof\.1\.\d+\.i\d+\.heap was written/);
  expect(said).not.toContain('GC');
  expect(gunzipSync(readFileSync(join(folder, 'heaps', keptOf('dumping')[0] ?? ''))).toString()).toMatch(/^heap_v2\//);
}, 90_000);

test('asked again at once: a newer dump, and not the one that somebody was told', async () => {
  await ask(`heap ${called('dumping')} since last`);
  expect(await answer(called('dumping'), '2 heaps, one process')).toContain('[worker]');
  expect(keptOf('dumping')).toHaveLength(2);
}, 60_000);

test('it has ended: what it left is read all the same', async () => {
  await docker.getContainer(called('dumping')).stop({ t: 1 });
  await until('the end to be seen', 20_000, () =>
    world.withRedis(async (redis) => {
      const own = (await makeInventory(redis).all()).find(({ containerName }) => containerName === called('dumping'));
      return own?.running === false;
    }),
  );
  await ask(`heap ${called('dumping')} since 1m`);
  await until('a third heap', 30_000, async () => keptOf('dumping').length === 3);
}, 90_000);

test('no dump lies there; who asks is no operator: what to do', async () => {
  await ask(`heap ${called('silent')}`);
  expect(await answer(called('silent'), 'No heap')).toContain(`no heap dump of this run lies at ${DUMPS_RULE.replace('*', '∗')}`);
  await ask(`heap ${called('silent')}`, world.workspace.users.bo);
  await answer(called('silent'), 'read for operators alone');
}, 60_000);
