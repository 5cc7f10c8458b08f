import { beforeEach, expect, test } from '@jest/globals';
import { POLICY } from '../../src/incidents/policy.js';
import type { Series } from '../../src/model/assessment.js';
import type { Incident } from '../../src/model/incident.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { makeStorms } from '../../src/store/storms.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';
import { replica } from '../support/fleet.js';
import { incident } from '../support/incidents.js';
import { ownRedis } from '../support/own-redis.js';
import { Died, makeMortal } from './mortal.js';

/** The watch dies before every single thing that it asks of the world, and the next one goes on from the store alone. */
const CHANNEL = 'C1';
/** So many leaks have roots of their own; the next one begins a storm. */
const ROOTS = 4;
const NEVER = Number.POSITIVE_INFINITY;
/** Ten seconds on two idle cores. */
const BUSY_MACHINE_MS = 240_000;

const { redis } = await ownRedis();
beforeEach(() => redis.flushdb());

/** A day of calm, an hour and a half of growth, two hours to go. */
const seen = (growth: string) =>
  drawn(`${'_'.repeat(48)}${growth}`, {
    ...{ charMs: 30 * MINUTE, stepBytes: 50 * MIB, intervalMs: 5 * MINUTE, baseBytes: 140 * MIB, limitBytes: 512 * MIB },
    noiseBytes: MIB,
  });
const SERIES = seen('///');
const NOW = SERIES.toMs;

function leaking(count: number, series: Series = SERIES): Series[] {
  const { run, limitBytes } = series.replica;
  return Array.from({ length: count }, (_, i) => ({ ...series, replica: replica(`shop/svc-${i}`, 1, { run, limitBytes }) }));
}

/** The watch was about to believe it; so many others have just been said. */
async function about(fleet: readonly Series[], others: number): Promise<void> {
  for (const one of fleet) {
    const watched = { version: 0, value: { state: { lookedMs: NOW - MINUTE, quick: POLICY.quick.share, slow: 0.1 } } };
    await makeIncidents(redis).commit({ serviceId: one.replica.service.id, watched });
  }
  for (let n = 0; n < others; n += 1)
    await makeStorms(redis).join(CHANNEL, incident(`o-${n}`, `other-${n}`), false, NOW - MINUTE);
}

const keptOf = (fleet: readonly Series[]) =>
  Promise.all(fleet.map(({ replica: { service } }) => makeIncidents(redis).ofService(service.id, 9)));

/** Where each service stands: as a root, or in the list of a storm. */
async function placesOf(fleet: readonly Series[]): Promise<string[][]> {
  const outbox = makeOutbox(redis);
  const kept = await keptOf(fleet);
  const storms = [...new Set(kept.flat().flatMap(({ storm }) => storm ?? []))];
  const lists = await Promise.all(storms.map(async (storm) => JSON.stringify(await outbox.get(`${storm}-1`))));
  return Promise.all(
    kept.map(async (ones, i) => [
      ...(await Promise.all(ones.map(async ({ id }) => ((await outbox.get(id)) ? ['root'] : [])))).flat(),
      ...lists.flatMap((list) => (list.includes(`svc-${i} `) ? ['storm'] : [])),
    ]),
  );
}

test.each([
  { services: 1, others: 0, place: 'root' },
  { services: 2, others: ROOTS, place: 'storm' },
])(
  '$services leaking, $others before it, killed before each thing it does: said once, as a $place',
  async (drama) => {
    const fleet = leaking(drama.services);
    const whole = { calls: 0, diesAt: NEVER };
    for (let diesAt = 0; diesAt <= whole.calls; diesAt += 1) {
      await redis.flushdb();
      await about(fleet, drama.others);
      if (diesAt === 0) await makeMortal(redis, fleet, CHANNEL, whole).work(NOW);
      else {
        await expect(makeMortal(redis, fleet, CHANNEL, { calls: 0, diesAt }).work(NOW)).rejects.toThrow(Died);
        await makeMortal(redis, fleet, CHANNEL, { calls: 0, diesAt: NEVER }).work(NOW + 1_000);
      }
      expect(await placesOf(fleet)).toEqual(fleet.map(() => [drama.place]));
      expect((await keptOf(fleet)).map((ones) => ones.length)).toEqual(fleet.map(() => 1));
      expect(await makeIncidents(redis).unsaid()).toEqual([]);
      expect(await makeOutbox(redis).pendingChannels()).toEqual([]);
    }
    expect(whole.calls).toBeGreaterThan(15);
  },
  BUSY_MACHINE_MS,
);

/** An incident that the storm has, kept and not told yet. */
async function inStorm(id: string, serviceId: string, over: Partial<Incident> = {}): Promise<void> {
  const place = { channel: CHANNEL };
  const one = incident(id, serviceId, { place, storm: 's-1', ...over });
  const value: Incident = { ...one, unsaid: [{ key: id, as: 'root', message: { text: serviceId, blocks: [] } }] };
  await redis.zadd('leakwatch:v1:storm-members:s-1', Number(id.slice(2)), id);
  const watched = { version: 0, value: { state: null, incidentId: id } };
  await makeIncidents(redis).commit({ serviceId, watched, incident: { version: 0, value } });
}

test('two workers tell of one storm at once: what is said last is what there is', async () => {
  await inStorm('i-1', 'svc-1');
  const life = () => ({ calls: 0, diesAt: NEVER });
  await makeMortal(redis, [], CHANNEL, life()).work(NOW);
  await inStorm('i-2', 'svc-2');
  const fast = makeMortal(redis, [], CHANNEL, life());
  let held = 0;
  // The slow one has made its message when a third leak comes and is told of by the fast one.
  const slow = makeMortal(redis, [], CHANNEL, life(), {
    outbox: {
      ...makeOutbox(redis),
      async say(...args) {
        held += 1;
        if (held === 1) {
          await inStorm('i-3', 'svc-3');
          await fast.work(NOW);
        }
        return makeOutbox(redis).say(...args);
      },
    },
  });
  await slow.work(NOW);
  expect(held).toBeGreaterThan(0);
  const list = JSON.stringify(await makeOutbox(redis).get('s-1-1'));
  for (const name of ['svc-1', 'svc-2', 'svc-3']) expect(list).toContain(name);
  expect(JSON.stringify(await makeOutbox(redis).get('s-1'))).toContain('3 services leaking');
});

test('who leaves a storm, one a minute, is in its message no more', async () => {
  const fleet = leaking(2);
  await about(fleet, ROOTS);
  const mortal = makeMortal(redis, fleet, CHANNEL, { calls: 0, diesAt: NEVER });
  await mortal.work(NOW);
  for (const [{ id, storm } = {}] of await keptOf(fleet)) {
    const found = id ? await makeIncidents(redis).incident(id) : null;
    if (!found || !storm) throw new Error('it is not in the storm');
    const watched = await makeIncidents(redis).watched(found.value.service.id);
    const value = { ...found.value, openedMs: NOW - 31 * MINUTE };
    await makeIncidents(redis).commit({ serviceId: found.value.service.id, watched, nextMs: NOW, incident: { ...found, value } });
  }
  await mortal.work(NOW + 1_000);
  expect((await placesOf(fleet)).flat().toSorted()).toEqual(['root', 'storm']);
  await redis.del(`leakwatch:v1:storm-leave:${CHANNEL}`);
  await mortal.work(NOW + 2 * MINUTE);
  expect(await placesOf(fleet)).toEqual([['root'], ['root']]);
  const storm = (await makeOutbox(redis).pending(CHANNEL)).length;
  expect(storm).toBe(0);
});

test('who is out of memory within the hour leaves its storm at once, however young that is', async () => {
  await about(leaking(1), ROOTS);
  await makeMortal(redis, leaking(1), CHANNEL, { calls: 0, diesAt: NEVER }).work(NOW);
  expect(await placesOf(leaking(1))).toEqual([['storm']]);
  const later = seen('//////');
  const [[incident] = []] = await keptOf(leaking(1));
  const found = await makeIncidents(redis).incident(incident?.id ?? '');
  if (!found) throw new Error('it is not kept');
  const watched = await makeIncidents(redis).watched(found.value.service.id);
  const value = { ...found.value, openedMs: later.toMs - 5 * MINUTE };
  await makeIncidents(redis).commit({ serviceId: found.value.service.id, watched, nextMs: NOW, incident: { ...found, value } });
  await makeMortal(redis, leaking(1, later), CHANNEL, { calls: 0, diesAt: NEVER }).work(later.toMs);
  expect((await keptOf(leaking(1))).flat()[0]?.latest.limitAtMs).toBeLessThan(later.toMs + 60 * MINUTE);
  expect(await placesOf(leaking(1))).toEqual([['root']]);
});

test(
  'an engine is silent for a day: what was said of its services stays, and nothing is said to be over',
  async () => {
    const fleet = leaking(1);
    await about(fleet, 0);
    const mortal = makeMortal(redis, fleet, CHANNEL, { calls: 0, diesAt: NEVER });
    await mortal.work(NOW);
    const [[said] = []] = await keptOf(fleet);
    const last = NOW + 24 * 60 * MINUTE;
    for (const minutes of [1, 5, 30, 120, 121, 360, 720, 24 * 60]) await mortal.work(NOW + minutes * MINUTE);
    expect((await makeIncidents(redis).watched('shop/svc-0')).value.state?.lookedMs).toBe(last);
    const [[after] = []] = await keptOf(fleet);
    expect(after).toMatchObject({ id: said?.id, unsaid: [] });
    expect(after?.closed).toBeUndefined();
    expect(after?.moments).toEqual(said?.moments);
    expect(JSON.stringify(await makeOutbox(redis).get(after?.id ?? ''))).not.toMatch(/✅|🟡|calm/);
  },
  BUSY_MACHINE_MS,
);

test('the same leak looked at again and again is not five leaks', async () => {
  const storms = makeStorms(redis);
  for (let n = 0; n < 9; n += 1) expect(await storms.join(CHANNEL, incident(`i-${n}`, 'svc-1'), false, NOW + n)).toBeNull();
});
