import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeFlame } from '../../jobs/flame.js';
import type { Document, Uploader } from '../../src/model/delivery.js';
import { makeHeapReader } from '../../src/sandbox/heap-reader.js';
import { contextOf } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';
import { buildScript } from '../support/draw-entry.js';
import { fillFleet } from '../support/filled-fleet.js';
import { heapWorld } from '../support/heaps/world.js';
import { incident, openIn } from '../support/incidents.js';

const MINUTE = 60_000;
const { slack, start } = await useStage();
const target = { kind: 'channel', channel: 'C0OPS', user: 'U1' } as const;
let entry = '';
beforeAll(async () => {
  entry = await buildScript('heap-entry', "import './src/sandbox/heap-entry.ts';");
});
afterAll(() => rm(entry, { force: true }));

/** A service that leaks, whose heap was taken before; files that are uploaded are kept here. */
async function leaking(refused?: string) {
  const harness = await start();
  await fillFleet(harness.redis, { services: 2, replicas: 1, historyMs: 20 * MINUTE });
  const world = await heapWorld(harness, makeHeapReader({ entry, answerMs: 15_000 }));
  const uploaded: Document[] = [];
  const uploader: Pick<Uploader, 'uploadText'> = {
    async uploadText(document) {
      uploaded.push(document);
      return refused ? { refused } : { permalink: `https://files.example/F${uploaded.length}` };
    },
  };
  Object.assign(world.jobs, { flame: makeFlame({ ...harness, heaps: world.heaps, uploader }) });
  await world.want({ why: 'regular' });
  await world.wait(10 * MINUTE);
  world.process.mib = 16;
  return { harness, world, uploaded };
}
const flames = () => slack.messages.filter(({ text }) => text.includes('Flame graph'));

test('two heaps were compared: the stacks that grew as one file, one line in the thread of the answer', async () => {
  const { world, uploaded } = await leaking();
  await world.want({ target });
  await world.wait(MINUTE);
  const [evidence] = slack.messages;
  expect(evidence?.text).toContain('+6 MiB in');
  expect(flames()).toHaveLength(1);
  expect(flames()[0]).toMatchObject({
    thread_ts: evidence?.ts,
    text: expect.stringContaining('https://files.example/F1|service-0-1.speedscope.json'),
  });
  expect(uploaded).toHaveLength(1);
  const { shared, profiles } = JSON.parse(uploaded[0]?.text ?? '') as {
    readonly shared: { readonly frames: readonly { readonly name: string }[] };
    readonly profiles: readonly { readonly weights: readonly number[] }[];
  };
  expect(profiles[0]?.weights).toEqual([6 * 2 ** 20]);
  expect(shared.frames.map(({ name }) => name)).toEqual(['shop/orders.(*Cache).Put']);
});

test('asked again within five minutes, elsewhere: the same comparison is said there, and not uploaded again', async () => {
  const { harness, world, uploaded } = await leaking();
  await world.want({ target });
  await world.wait(MINUTE);
  await world.want({ target });
  await world.wait(MINUTE);
  expect(uploaded).toHaveLength(1);
  // The jobs ran twice: still one line in each thread.
  for (const { name, payload } of harness.asked.filter((one) => one.name === 'flame')) {
    await world.jobs[name as 'flame']?.(payload as never, contextOf());
  }
  await harness.settle('C0OPS');
  expect(uploaded).toHaveLength(1);
  const threads = flames().map(({ thread_ts }) => thread_ts);
  expect([threads.length, new Set(threads).size]).toEqual([2, 2]);
});

test('evidence of an incident: beside it in its thread', async () => {
  const { harness, world } = await leaking();
  await openIn(harness.redis, incident('i-1', 'service-0', { place: { channel: 'C0OPS' } }));
  await world.want({ target });
  await world.wait(MINUTE);
  const root = slack.messages.find(({ thread_ts }) => !thread_ts);
  expect(flames().map(({ thread_ts }) => thread_ts)).toEqual([root?.ts]);
});

test('a first heap, an answer to one person alone, a file that Slack does not take: no flame graph, and nothing is said of it', async () => {
  const { world, uploaded } = await leaking('file_type_not_allowed');
  await world.want({ target: { ...target, kind: 'person' } });
  await world.wait(MINUTE);
  expect(uploaded).toEqual([]);
  await world.want({ target });
  await world.wait(MINUTE);
  expect(uploaded).toHaveLength(1);
  expect(flames()).toEqual([]);
});
