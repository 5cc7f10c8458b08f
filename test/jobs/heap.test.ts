import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeHeapLost } from '../../jobs/take-heap.js';
import { worldError } from '../../src/errors.js';
import type { Replica } from '../../src/model/replica.js';
import { makeHeapReader } from '../../src/sandbox/heap-reader.js';
import type { Harness } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';
import { buildScript } from '../support/draw-entry.js';
import { fillFleet } from '../support/filled-fleet.js';
import { heapWorld } from '../support/heaps/world.js';
import { incident, openIn } from '../support/incidents.js';
import { encode } from '../support/pprof/encode.js';

const MINUTE = 60_000;
const { slack, start } = await useStage();
const target = { kind: 'channel', channel: 'C0OPS', user: 'U1' } as const;
let entry = '';
let harness: Harness;
beforeAll(async () => {
  entry = await buildScript('heap-entry', "import './src/sandbox/heap-entry.ts';");
});
afterAll(() => rm(entry, { force: true }));
beforeEach(async () => {
  harness = await start();
  // service-0 leaks: its replica 1 and 2 alike.
  await fillFleet(harness.redis, { services: 2, replicas: 2, historyMs: 20 * MINUTE });
});
const makeWorld = (rule: string | null = '6060') => heapWorld(harness, makeHeapReader({ entry, answerMs: 15_000 }), rule);
async function place(world: Awaited<ReturnType<typeof makeWorld>>, replicas: readonly Replica[]): Promise<void> {
  await world.looking.inventory.replace('hv-01', replicas, world.nowMs());
  Object.assign(world.taking, { roster: { all: () => replicas } });
}
const texts = () => slack.messages.map(({ text }) => text);

describe('asked for', () => {
  test('a first heap says what it holds; a minute later the same message says what grew', async () => {
    const world = await makeWorld();
    await world.want({ target });
    expect(texts()).toEqual([
      expect.stringMatching(/^service-0 #[12]: 14 MiB of live heap, 10 MiB in .*orders\.\(∗Cache\)\.Put/),
    ]);
    world.process.mib = 13;
    await world.wait(MINUTE);
    expect(texts()).toEqual([expect.stringMatching(/^service-0 #[12]: \+3 MiB in .*orders\.\(∗Cache\)\.Put/)]);
    expect(world.process.fetched).toBe(2);
  });
  test('the second heap cannot be had: what was said of the first stands', async () => {
    const world = await makeWorld();
    await world.want({ target });
    world.process.answer = async () => null;
    await world.wait(MINUTE);
    expect(texts()).toEqual([expect.stringContaining('of live heap')]);
  });
  test('of the replica that has a past, beside its first heap within a day', async () => {
    const world = await makeWorld();
    for (const mib of [10, 12, 14]) {
      world.process.mib = mib;
      await world.want({ why: 'regular' });
      await world.wait(10 * MINUTE);
    }
    world.process.mib = 16;
    await world.want({ target });
    expect(texts()).toEqual([expect.stringMatching(/\+6 MiB in/)]);
    expect(JSON.stringify(slack.messages)).toContain('4 heaps after GC, one process');
    const pictures = () =>
      new Set(harness.asked.flatMap(({ name, payload }) => (name === 'chart' ? JSON.stringify(payload) : []))).size;
    expect(pictures()).toBe(1);
    await world.wait(10 * MINUTE);
    await world.want({ target, since: { kind: 'last' } });
    expect(JSON.stringify(slack.messages.at(-1))).toContain('2 heaps after GC, one process');
    expect(pictures()).toBe(1);
  });
  test('of a replica of whom there is one; the host of the other is silent, and named', async () => {
    const world = await makeWorld();
    const { inventory, hosts } = world.looking;
    const [beat] = await hosts.all();
    const [one, other] = (await inventory.all()).filter(({ service }) => service.id === 'service-0');
    if (!beat || !one || !other) throw new Error('nobody is there');
    await place(world, [one]);
    await inventory.replace('hv-02', [{ ...other, host: 'hv-02' }], world.nowMs());
    await hosts.beat({ ...beat, host: 'hv-02', seenAtMs: world.nowMs() - 10 * MINUTE });
    await hosts.beat({ ...beat, host: 'hv-03', seenAtMs: world.nowMs() - 10 * MINUTE });
    await world.want({ target });
    expect(texts()).toEqual([expect.stringContaining('of live heap')]);
    const said = JSON.stringify(slack.messages);
    expect(said).toContain('1 replica on hv-02: its agent is silent');
    expect(said).not.toContain('hv-03');
  });
  test('it is not there in 90 s: that is said, and it takes the place of that when it comes', async () => {
    const world = await makeWorld();
    const { 'take-heap': take } = world.jobs;
    let held: unknown;
    world.jobs['take-heap'] = async (payload) => {
      held = payload;
    };
    await world.want({ target });
    await world.wait(91_000);
    expect(texts()).toEqual([expect.stringContaining('is not there after 90 s')]);
    Object.assign(world.jobs, { 'take-heap': take });
    await harness.enqueue('take-heap', held as never, { once: 'its agent is back' });
    await world.run();
    expect(texts()).toEqual([expect.stringContaining('of live heap')]);
  });
  test.each<[string, () => Promise<Buffer | null>, RegExp]>([
    [
      'nobody is there',
      async () => null,
      /^No heap\. service-0-\d: nobody answers on port 6060 \(it publishes no port.*import _ "net\/http\/pprof"/,
    ],
    [
      'pprof says why not',
      async () => Promise.reject(worldError('pprof on port 6060 says: <!channel> *no*')),
      /says: &lt;!channel&gt; ∗no∗/,
    ],
    ['what it sends is no profile', async () => Buffer.from('<html>'), /the heap is a web page, not a profile[^.]*\.$/],
    [
      'what it sends is cut off',
      async () => Buffer.from('1f8b0800000000000000ffffffffffffffffffff', 'hex'),
      /^No heap\. the heap is/,
    ],
  ])('%s: a clear answer, and who asks next may try again', async (_, answer, words) => {
    const world = await makeWorld();
    world.process.answer = answer;
    await world.want({ target });
    expect(texts()).toEqual([expect.stringMatching(words)]);
    world.process.answer = null;
    await world.want({ target });
    expect(texts().at(-1)).toContain('of live heap');
    expect(await world.heaps.ofService('service-0')).toHaveLength(1);
  });
  test('a rule that is no place, and a service without a rule whose ports are all silent', async () => {
    const odd = await makeWorld('http://169.254.169.254/');
    await odd.want({ target });
    expect([texts().at(-1), odd.process.fetched]).toEqual([expect.stringContaining('is no port and no'), 0]);
    const world = await makeWorld(null);
    await world.want({ target });
    expect([texts().at(-1), world.process.tried, world.process.fetched]).toEqual([
      expect.stringContaining('no pprof answers on any port that it exposes (6060)'),
      1,
      0,
    ]);
  });
  test('a disk that is full is no reason to say nothing', async () => {
    const world = await makeWorld();
    Object.assign(world.taking, {
      archive: { put: () => Promise.reject(worldError('its disk is full')), get: async () => null },
    });
    await world.want({ target });
    expect(texts()).toEqual([expect.stringContaining('of live heap')]);
    expect(JSON.stringify(slack.messages)).toContain('it was not kept');
    expect(await world.heaps.ofService('service-0')).toEqual([]);
  });
  test('the service was written anew and counts other things: the new heap is told by itself, kept, and compared from then on', async () => {
    const world = await makeWorld();
    const objects = encode({
      measures: [['objects', 'count']],
      functions: [{ id: 1, name: 'old.main' }],
      locations: [{ id: 1, lines: [[1, 1]] }],
      stacks: [{ locations: [1], values: [7] }],
    });
    world.process.answer = async () => objects;
    await world.want({ why: 'regular' });
    world.process.answer = null;
    await world.wait(10 * MINUTE);
    await world.want({ target });
    expect(texts()).toEqual([expect.stringContaining('14 MiB of live heap')]);
    expect(JSON.stringify(slack.messages)).toMatch(
      /an earlier heap: heap 2 of 2 cannot be compared: the earlier one has no inuse_space, but objects[^.]/,
    );
    world.process.mib = 14;
    await world.wait(MINUTE);
    expect(texts()).toEqual([expect.stringContaining('+4 MiB in')]);
  });
  test('objects are no bytes: their number explains no growth of memory', async () => {
    const world = await makeWorld();
    const objects = (many: number) =>
      encode({
        measures: [
          ['inuse_space', 'bytes'],
          ['inuse_objects', 'count'],
        ],
        functions: [{ id: 1, name: 'orders.Put' }],
        locations: [{ id: 1, lines: [[1, 1]] }],
        stacks: [{ locations: [1], values: [many * 4_096, many] }],
      });
    world.process.answer = async () => objects(1_000);
    await world.want({ why: 'regular' });
    const memory = async (mib: number) => {
      const all = await world.looking.inventory.all();
      const sample = { t: world.nowMs(), anon: mib * 2 ** 20 };
      await world.looking.samples.append(all.map(({ key }) => ({ replica: key, sample })));
    };
    await memory(100);
    await world.wait(10 * MINUTE);
    world.process.answer = async () => objects(90_000);
    await memory(500);
    await world.want({ target });
    expect(texts()).toEqual([expect.stringContaining('+89,000 in orders.Put')]);
    expect(JSON.stringify(slack.messages)).not.toMatch(/not in the Go heap|Live heap|memory of the container/);
  });
  test('over a restart memory explains nothing, and nobody says that its samples are missing', async () => {
    const world = await makeWorld();
    await world.want({ why: 'regular' });
    await world.wait(10 * MINUTE);
    const again = (one: Replica) => ({ ...one, run: { ...one.run, startedAtMs: world.nowMs() - MINUTE } });
    const all = (await world.looking.inventory.all()).map(again);
    await place(world, all);
    world.process.mib = 20;
    await world.want({ target });
    expect(JSON.stringify(slack.messages)).toContain('no rates');
    expect(JSON.stringify(slack.messages)).not.toContain('no samples at both ends');
  });
  test('an earlier heap that is damaged is said, and the others are compared', async () => {
    const world = await makeWorld();
    for (const mib of [10, 12]) {
      world.process.mib = mib;
      await world.want({ why: 'regular' });
      await world.wait(10 * MINUTE);
    }
    const [first] = await world.heaps.ofService('service-0');
    const { get } = world.taking.archive;
    Object.assign(world.taking.archive, {
      get: (kind: 'heaps', name: string) =>
        name.endsWith(String(first?.id)) ? Promise.reject(worldError(`${name} is damaged`)) : get(kind, name),
    });
    world.process.mib = 15;
    await world.want({ target });
    expect(texts()).toEqual([expect.stringContaining('+3 MiB in')]);
    expect(JSON.stringify(slack.messages)).toMatch(/an earlier heap: service-0 \d heap h-[0-9a-f]+ is damaged/);
  });
  test('a take that took its agent down is said', async () => {
    const world = await makeWorld();
    let held: unknown;
    world.jobs['take-heap'] = async (payload) => {
      held = payload;
    };
    await world.want({ target });
    await makeHeapLost(world.taking)(
      'take-heap',
      held as never,
      'That could not be done: it stopped the worker 2 times (reference 1a2b3c4d).',
    );
    await world.run();
    expect(texts()).toEqual([expect.stringContaining('No heap. That could not be done')]);
  });
  test('nobody is silent for want of an agent: it is named', async () => {
    const world = await makeWorld();
    const [beat] = await world.looking.hosts.all();
    if (beat) await world.looking.hosts.beat({ ...beat, seenAtMs: world.nowMs() - 10 * MINUTE });
    await expect(world.want({ target })).rejects.toThrow('its agents are silent (hv-01)');
  });
});

describe('as evidence', () => {
  const open = (over = {}) =>
    openIn(harness.redis, incident('i-1', 'service-0', { place: { channel: 'C0OPS' }, openedMs: Date.now() - MINUTE, ...over }));
  const thread = () => slack.messages.filter(({ thread_ts }) => thread_ts).map(({ text }) => text);

  test('of a verdict: in the thread, in the timeline, and once however often it is taken', async () => {
    const world = await makeWorld();
    await world.want({ why: 'regular' });
    world.process.mib = 25;
    await world.wait(3 * MINUTE);
    await open();
    await world.want({ why: 'verdict', incidentId: 'i-1' });
    expect(thread()).toEqual([expect.stringMatching(/\+15 MiB in .*orders\.\(∗Cache\)\.Put/)]);
    const kept = (await world.incidents.incident('i-1'))?.value;
    expect(kept?.moments.filter(({ kind }) => kind === 'evidence')).toHaveLength(1);
    expect(kept?.grew).toBe('shop/orders.(*Cache).Put');
    await world.want({ target: { ...target, kind: 'person' }, incidentId: 'i-1' });
    expect(thread()).toHaveLength(1);
    expect(JSON.stringify(slack.messages)).not.toContain('customer');
  });
  test('of a verdict that cannot be had: in the thread, and in the timeline as none', async () => {
    const world = await makeWorld();
    world.process.answer = async () => null;
    await open();
    await world.want({ why: 'verdict', incidentId: 'i-1' });
    expect(thread()).toEqual([expect.stringMatching(/^No heap\. /)]);
    const kept = (await world.incidents.incident('i-1'))?.value;
    expect(kept?.moments.map(({ kind }) => kind)).toEqual(['no-heap']);
  });
  test('asked for in the channel, it comes into the thread of the leak; in another thread, there', async () => {
    await open();
    const world = await makeWorld();
    await world.want({ target });
    expect(thread()).toHaveLength(1);
    await world.want({ target: { ...target, threadTs: '1700000000.000900' } });
    expect(slack.messages.at(-1)?.thread_ts).toBe('1700000000.000900');
  });
  test('a service whose pprof nobody knows is left alone: none of its ports is tried', async () => {
    await open();
    const world = await makeWorld(null);
    await world.want({ why: 'verdict', incidentId: 'i-1' });
    expect([slack.messages, world.process]).toEqual([[], expect.objectContaining({ tried: 0, fetched: 0 })]);
  });
  test.each([
    ['the same function as an incident before it', 25, true],
    ['it shrank this time: what leaks now is another', 5, false],
  ])('%s', async (_, mib, isSame) => {
    const closed = { atMs: Date.now() - 80_000_000, how: 'fixed' } as const;
    await openIn(
      harness.redis,
      incident('i-0', 'service-0', { openedMs: Date.now() - 90_000_000, closed, grew: 'shop/orders.(*Cache).Put' }),
    );
    const world = await makeWorld();
    await world.want({ why: 'regular' });
    world.process.mib = mib;
    await world.wait(10 * MINUTE);
    await open();
    await world.want({ why: 'verdict', incidentId: 'i-1' });
    expect(JSON.stringify(slack.messages).includes('same function as the incident of')).toBe(isSame);
    expect((await world.incidents.incident('i-1'))?.value.grew).toBe(isSame ? 'shop/orders.(*Cache).Put' : undefined);
  });
});

describe('by the clock', () => {
  const taken = async (world: Awaited<ReturnType<typeof makeWorld>>, service = 'service-0') =>
    (await world.heaps.ofService(service)).map(({ why }) => why);
  let rounds = 0;
  async function round(world: Awaited<ReturnType<typeof makeWorld>>): Promise<void> {
    rounds += 1;
    await harness.enqueue('heap-rounds', { v: 1 }, { once: `round-${rounds}` });
    await world.wait(0);
    await world.wait(2_000);
  }

  /** All replicas of service-0 run another image from then on, as their agent says it. */
  async function deploy(world: Awaited<ReturnType<typeof makeWorld>>, image: string, startedAtMs: number): Promise<void> {
    const before = await world.looking.inventory.all();
    await place(
      world,
      before.map((one) =>
        one.service.id === 'service-0' ? { ...one, run: { containerId: `${image} ${one.number}`, image, startedAtMs } } : one,
      ),
    );
  }
  test('one at once, and then each hour', async () => {
    const world = await makeWorld();
    for (let i = 0; i < 3; i += 1) await round(world);
    expect(await taken(world)).toEqual(['regular']);
    for (let i = 0; i < 4 * 13; i += 1) {
      await world.wait(5 * MINUTE);
      await round(world);
    }
    expect((await taken(world)).filter((why) => why === 'regular').length).toBeGreaterThanOrEqual(4);
    expect((await taken(world)).length).toBeLessThanOrEqual(6);
    expect(slack.messages).toEqual([]);
  });
  test('nobody said where its pprof is: never', async () => {
    const world = await makeWorld(null);
    await round(world);
    expect([await taken(world), world.process]).toEqual([[], expect.objectContaining({ tried: 0, fetched: 0 })]);
  });
  test('of a new image: when it has run for 5 minutes, once, whatever the hour says', async () => {
    const world = await makeWorld();
    await round(world);
    const deployedMs = world.nowMs();
    await deploy(world, 'service-0:2', deployedMs);
    const minutes: [number, string][] = [];
    for (let before = (await taken(world)).length; world.nowMs() < deployedMs + 20 * MINUTE; ) {
      await world.wait(20_000);
      await round(world);
      const now = await taken(world);
      for (const why of now.slice(before)) minutes.push([Math.floor((world.nowMs() - deployedMs) / MINUTE), why]);
      before = now.length;
    }
    const [first, ...others] = minutes.filter(([, why]) => why === 'deploy');
    expect([first, others]).toEqual([[5, 'deploy'], []]);
    expect(minutes.every(([, why]) => why === 'deploy' || why === 'regular')).toBe(true);
    const heap = (await world.heaps.ofService('service-0')).find(({ why }) => why === 'deploy');
    expect(heap).toMatchObject({ image: 'service-0:2', startedAtMs: deployedMs });
    expect((heap?.takenAtMs ?? 0) - deployedMs).toBeGreaterThanOrEqual(5 * MINUTE);
    expect(slack.messages).toEqual([]);
  });
  test('a replica that joins later, and one that only starts again, are no deploy', async () => {
    const world = await makeWorld();
    await round(world);
    await deploy(world, 'service-0:2', world.nowMs());
    await world.wait(6 * MINUTE);
    await round(world);
    const deploys = async () => (await taken(world)).filter((why) => why === 'deploy').length;
    expect(await deploys()).toBe(1);
    const running = await world.looking.inventory.all();
    await place(
      world,
      running.map((one, i) =>
        i === 0 ? { ...one, run: { ...one.run, containerId: 'again', startedAtMs: world.nowMs() } } : one,
      ),
    );
    await world.wait(6 * MINUTE);
    await round(world);
    expect(await deploys()).toBe(1);
  });
  test('at 90 % of its limit while it leaks: once, of that replica, into the thread', async () => {
    const world = await makeWorld();
    await round(world);
    await openIn(harness.redis, incident('i-1', 'service-0', { place: { channel: 'C0OPS' }, openedMs: Date.now() - MINUTE }));
    await world.run();
    const [, second] = (await world.looking.inventory.all()).filter(({ service }) => service.id === 'service-0');
    const nearlyFull = { t: world.nowMs(), anon: 470 * 2 ** 20, limit: 512 * 2 ** 20 };
    await world.looking.samples.append([{ replica: second?.key ?? '', sample: nearlyFull }]);
    await round(world);
    await round(world);
    const limits = (await world.heaps.ofService('service-0')).filter(({ why }) => why === 'limit');
    expect(limits.map(({ replica }) => replica)).toEqual([second?.key]);
    expect(slack.messages.filter(({ thread_ts }) => thread_ts)).toHaveLength(1);
  });
});
