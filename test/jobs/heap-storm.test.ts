import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { makeHeapReader } from '../../src/sandbox/heap-reader.js';
import type { Harness } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';
import { buildScript } from '../support/draw-entry.js';
import { fillFleet } from '../support/filled-fleet.js';
import { heapWorld } from '../support/heaps/world.js';
import { incident, openIn } from '../support/incidents.js';

const MINUTE = 60_000;
const { slack, start } = await useStage();
let entry = '';
let harness: Harness;
beforeAll(async () => {
  entry = await buildScript('heap-entry', "import './src/sandbox/heap-entry.ts';");
});
afterAll(() => rm(entry, { force: true }));
beforeEach(async () => {
  harness = await start();
  // service-0 and service-3 leak.
  await fillFleet(harness.redis, { services: 4, replicas: 1, historyMs: 20 * MINUTE });
});

const thread = () => slack.messages.filter(({ thread_ts }) => thread_ts).map(({ text }) => text);
const grew = () => slack.messages.filter(({ text }) => text.startsWith('What grew'));

/** Two services that leak, in one storm whose message is there. */
async function stormWorld() {
  for (const [id, service, hours] of [
    ['i-1', 'service-0', 6],
    ['i-2', 'service-3', 2],
  ] as const) {
    const openedMs = Date.now() - MINUTE;
    const latest = { growthBytesPerHour: 40 * 2 ** 20, limitAtMs: openedMs + hours * 60 * MINUTE, hosts: ['hv-01'] };
    await openIn(harness.redis, incident(id, service, { place: { channel: 'C0OPS' }, openedMs, latest, storm: 's-1' }));
    await harness.redis.zadd('leakwatch:v1:storm-members:s-1', openedMs, id);
  }
  const world = await heapWorld(harness, makeHeapReader({ entry, answerMs: 15_000 }));
  for (const incidentId of ['i-1', 'i-2']) await harness.enqueue('tell', { v: 1, incidentId });
  await world.run();
  await world.wait(2_000);
  for (const serviceId of ['service-0', 'service-3']) await world.want({ serviceId, why: 'regular' });
  await world.wait(10 * MINUTE);
  return world;
}

test('what grew in the services of a storm is one message in its thread, changed as heaps come in', async () => {
  const world = await stormWorld();
  expect(thread()).toEqual(['2 services, by when they are out of memory']);
  world.process.mib = 25;
  await world.want({ serviceId: 'service-0', why: 'verdict', incidentId: 'i-1' });
  expect(thread()).toEqual(['2 services, by when they are out of memory', 'What grew, by heaps of 1 service']);
  world.process.mib = 30;
  await world.want({ serviceId: 'service-3', why: 'verdict', incidentId: 'i-2' });
  expect(thread()).toEqual(['2 services, by when they are out of memory', 'What grew, by heaps of 2 services']);
  expect(JSON.stringify(grew()[0]?.blocks)).toMatch(
    /service-3 #1: \+20 MiB in .*orders\.\(∗Cache\)\.Put.*\\nservice-0 #1: \+15 MiB in .*orders\.\(∗Cache\)\.Put/,
  );
  expect(slack.messages.filter(({ thread_ts }) => !thread_ts)).toHaveLength(1);
  expect(JSON.stringify(slack.messages)).not.toContain('customer');
});

test('the first heaps of processes say nothing of growth: no message is begun for them', async () => {
  const world = await stormWorld();
  await world.want({ serviceId: 'service-0', why: 'verdict', incidentId: 'i-1', profile: 'goroutine' });
  expect(grew()).toEqual([]);
});

test('who leaves the storm leaves that message, too', async () => {
  const world = await stormWorld();
  world.process.mib = 25;
  await world.want({ serviceId: 'service-0', why: 'verdict', incidentId: 'i-1' });
  const [found, watched] = [await world.incidents.incident('i-1'), await world.incidents.watched('service-0')];
  if (!found) throw new Error('i-1 is gone');
  const { storm: leftStorm = '', ...own } = found.value;
  const root = { key: 'i-1', as: 'root', message: { text: '🔴 service-0 leaking', blocks: [] } } as const;
  const value = { ...own, leftStorm, unsaid: [root] };
  await world.incidents.commit({ serviceId: 'service-0', watched, incident: { ...found, value } });
  await harness.enqueue('tell', { v: 1, incidentId: 'i-1' });
  await world.run();
  expect(grew().map(({ text }) => text)).toEqual(['What grew: nothing is left here']);
});
