import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { buildGoImage, removeContainers, runContainer } from '../support/parts/containers.js';
import { HEAP_IMAGE } from '../support/parts/go-heap.js';
import { until } from '../support/parts/process.js';
import { makeWorld, textOf, type World } from './world.js';

const socketPath = process.env.LEAKWATCH_TEST_DOCKER ?? '';
const docker = new Docker({ socketPath });
const RUN = `heap-${process.pid}`;
const NAME = `heap-svc-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-heaps-'));
let world: World;
let address = '';

beforeAll(async () => {
  await buildGoImage(docker, HEAP_IMAGE);
  const labels = { 'leakwatch.pprof': '8081' };
  const { id } = await runContainer(docker, { image: HEAP_IMAGE.tag, name: NAME, runId: RUN, network: 'bridge', labels });
  address = (await docker.getContainer(id).inspect()).NetworkSettings.Networks.bridge?.IPAddress ?? '';
  world = await makeWorld({ delivery: 'socket' });
  const agent = {
    DOCKER_HOST: `unix://${socketPath}`,
    LEAKWATCH_HOST: 'hv-01',
    LEAKWATCH_SAMPLE_SECONDS: '2',
    LEAKWATCH_DATA_DIR: folder,
  };
  await Promise.all([world.start('bot'), world.start('worker', { LEAKWATCH_DATA_DIR: folder }), world.start('agent', agent)]);
}, 60_000);
afterAll(async () => {
  await world.stop();
  await removeContainers(docker, RUN);
  rmSync(folder, { recursive: true });
}, 60_000);

const grow = (mib: number) =>
  until('the service', 10_000, async () => (await fetch(`http://${address}:8081/grow?mib=${mib}`)).ok);
const heapsKept = () => readdirSync(join(folder, 'heaps')).filter((name) => name.endsWith('.pb.gz')).length;

test('which function grew, by how much, where: asked for in Slack, answered from a real process', async () => {
  const { workspace } = world;
  const { ana } = workspace.users;
  const { ops } = workspace.channels;
  await grow(20);
  // The first one comes by itself: there is something to compare with.
  await until('a first heap', 60_000, async () => heapsKept() > 0);
  await grow(40);
  const { body } = await workspace.command({ user: ana, channel: ops, text: `heap ${NAME}` });
  expect(JSON.stringify(body)).toContain(`Taking a heap of ${NAME}…`);
  const said = await workspace.waitFor(
    () => workspace.messages(ops).find((one) => textOf(one).includes('Put')),
    30_000,
    'a heap',
  );
  console.log(textOf(said));
  expect(textOf(said)).not.toContain('jane@customer');
}, 120_000);
