import { beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { Sample } from '../../src/model/sample.js';
import { LIFE_MS, makeSamples } from '../../src/store/samples.js';
import { bookOf, compact } from '../../src/store/samples-compact.js';
import { ownRedis } from '../support/own-redis.js';

const MIB = 2 ** 20;
const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 24 * 3_600_000];
/** A whole number of slots. */
const T0 = Date.UTC(2026, 0, 5);
const REPLICA = 'hv-01/shop/api-svc/1';

const { redis, database } = await ownRedis();
beforeEach(() => redis.flushdb());

/** A stream of numbers that is the same each time (an LCG), so that sizes are too. */
function chance(seed = 7): () => number {
  let state = seed;
  return () => {
    state = (1_664_525 * state + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** A busy service as an engine shows it: a leak, garbage collection, page cache, and counters that never rest. */
function life(from: number, to: number, everyMs: number, random = chance(), sway = 30 * MIB): Sample[] {
  const samples: Sample[] = [];
  let [cpu, rx, tx, read, write] = [9e12, 4e9, 7e9, 2e9, 3e9];
  for (let t = from; t < to; t += everyMs) {
    cpu += Math.round(random() * everyMs * 5e5);
    rx += Math.round(random() * 4e6);
    tx += Math.round(random() * 9e6);
    read += 4096 * Math.round(random() * 3);
    write += 4096 * Math.round(random() * 50);
    const anon = 4096 * Math.round((100 * MIB + ((t - T0) / HOUR) * MIB + random() * sway) / 4096);
    const file = 4096 * Math.round(20_000 + random() * 200);
    const kernel = Math.round(3 * MIB + random() * 200_000);
    samples.push({
      t: t + Math.round(random() * 900),
      usage: anon + file + kernel,
      anon,
      file,
      inactiveFile: 4096 * Math.round(15_000 + random() * 100),
      shmem: 4096 * Math.round(random() * 4),
      kernel,
      limit: 2048 * MIB,
      cpuNanos: cpu,
      netRxBytes: rx,
      netTxBytes: tx,
      blkReadBytes: read,
      blkWriteBytes: write,
      pids: 10 + Math.round(random() * 5),
    });
  }
  return samples;
}

async function append(samples: readonly Sample[], replica = REPLICA, each = 20, clock = Date.now): Promise<void> {
  const store = makeSamples(redis, clock);
  for (let i = 0; i < samples.length; i += each)
    await store.append(samples.slice(i, i + each).map((sample) => ({ replica, sample })));
}

const all = async (replica = REPLICA) => [...(await makeSamples(redis).read(replica, 0, T0 + 100 * DAY))];

async function bytes(): Promise<number> {
  const usages = (await redis.keys('*')).map((name) => redis.memory('USAGE', name, 'SAMPLES', 0));
  return (await Promise.all(usages)).reduce<number>((sum, usage) => sum + Number(usage), 0);
}

describe('what was put in comes out', () => {
  test('exactly: absent stays absent, no limit stays null, counters beyond 2^32', async () => {
    const samples: Sample[] = [
      { t: T0 },
      { t: T0 + 1, anon: 0, limit: null },
      { t: T0 + 2, limit: 512 * MIB, cpuNanos: 2 ** 52 + 1, pids: 3 },
      { t: T0 + 3, shmem: 5, kernel: 2 ** 32 },
    ];
    await append(samples);
    expect(await all()).toEqual(samples);
  });

  test('at full rate for two hours, through chunks and tail', async () => {
    const samples = life(T0, T0 + 2 * HOUR, 15 * SECOND);
    await append(samples);
    expect(await redis.zcard((await redis.keys('*samples-full*'))[0] ?? '')).toBeGreaterThan(1);
    expect(await all()).toEqual(samples);
  });

  test('only from the window asked for', async () => {
    const samples = life(T0, T0 + HOUR, 15 * SECOND);
    await append(samples);
    const [from, to] = [T0 + 10 * MINUTE, T0 + 20 * MINUTE];
    const wanted = samples.filter(({ t }) => t >= from && t <= to);
    expect([...(await makeSamples(redis).read(REPLICA, from, to))]).toEqual(wanted);
    expect(wanted.length).toBeGreaterThan(30);
  });

  test('what is no number is left out, and a sample without a time too', async () => {
    await append([
      { t: Number.NaN, anon: 1 },
      { t: T0, anon: Number.NaN, file: Number.POSITIVE_INFINITY, usage: 7.6 },
    ]);
    expect(await all()).toEqual([{ t: T0, usage: 8 }]);
  });

  test('of each replica on its own, one round trip for all', async () => {
    const replicas = Array.from({ length: 450 }, (_, index) => `hv-01/svc/${index}`);
    await makeSamples(redis).append(replicas.map((replica, index) => ({ replica, sample: { t: T0, anon: index } })));
    expect(await all('hv-01/svc/449')).toEqual([{ t: T0, anon: 449 }]);
    expect(await all('hv-01/svc/450')).toEqual([]);
  });
});

describe('roll-ups', () => {
  test('before the two hours: five minutes each, means, the last limit', async () => {
    const samples = life(T0, T0 + 6 * HOUR, 15 * SECOND);
    await append(samples);
    const read = await all();
    const full = read.filter(({ t }) => samples.some((sample) => sample.t === t));
    const rolled = read.filter((sample) => !full.includes(sample));
    expect(full.length).toBeGreaterThanOrEqual(480);
    expect(rolled.length * 20 + full.length).toBe(samples.length);
    const [first] = rolled;
    const slot = samples.filter(({ t }) => t < T0 + 5 * MINUTE);
    const mean = (field: 't' | 'anon' | 'cpuNanos') => slot.reduce((sum, sample) => sum + (sample[field] ?? 0), 0) / slot.length;
    for (const [field, unit] of [
      ['t', 1_000],
      ['anon', 4_096],
      ['cpuNanos', 1e8],
    ] as const)
      expect(Math.abs((first?.[field] ?? 0) - mean(field))).toBeLessThanOrEqual(unit);
    expect(first?.limit).toBe(2048 * MIB);
  });

  test('a part that was measured now and then is averaged over the times that it was', async () => {
    await append(
      [...life(T0, T0 + 3 * HOUR, 15 * SECOND)].map((sample, index) => ({
        t: sample.t,
        ...(index % 2 === 0 ? { anon: 8 * MIB } : {}),
        limit: index < 10 ? 64 * MIB : null,
      })),
    );
    const [first] = await all();
    expect(first).toEqual({ t: first?.t, anon: 8 * MIB, leastAnon: 8 * MIB, limit: null });
  });

  test('carry the least of anon, kernel and shmem beside the mean; what is one look carries none', async () => {
    const teeth = Array.from({ length: 4 * 60 * 4 }, (_, index): Sample => {
      const up = index % 10;
      return { t: T0 + index * 15 * SECOND, anon: (40 + 4 * up) * MIB, kernel: (3 + up) * MIB, shmem: up * MIB, file: up * MIB };
    });
    await append(teeth);
    const read = await all();
    expect(read[0]).toEqual({
      ...{ t: read[0]?.t, anon: 58 * MIB, kernel: 7.5 * MIB, shmem: 4.5 * MIB, file: 4.5 * MIB },
      ...{ leastAnon: 40 * MIB, leastKernel: 3 * MIB, leastShmem: 0 },
    });
    const full = read.filter(({ t }) => t >= T0 + 2.5 * HOUR);
    expect(full.length).toBeGreaterThan(300);
    for (const { leastAnon } of full) expect(leastAnon).toBeUndefined();
  });

  test('leave after 14 days', async () => {
    await append(life(T0, T0 + 16 * DAY, 5 * MINUTE));
    const [first] = await all();
    expect(first?.t).toBeGreaterThan(T0 + 16 * DAY - 14.9 * DAY);
    expect(first?.t).toBeLessThan(T0 + 16 * DAY - 13.9 * DAY);
  });
});

describe('twice, late, at once', () => {
  test('a sample whose t is there is ignored, in the tail and in chunks', async () => {
    const samples = life(T0, T0 + 90 * MINUTE, 15 * SECOND);
    await append(samples);
    const before = await bytes();
    await append(samples.map((sample) => ({ ...sample, anon: 1 })));
    expect(await all()).toEqual(samples);
    expect(await bytes()).toBeLessThan(before * 1.2);
  });

  test('nor does it change a roll-up', async () => {
    const samples = life(T0, T0 + 5 * HOUR, 15 * SECOND);
    await append(samples);
    const read = await all();
    await append(samples.slice(0, 300).map((sample) => ({ ...sample, anon: 1 })));
    await append(life(T0 + 5 * HOUR, T0 + 5 * HOUR + 10 * MINUTE, 15 * SECOND));
    expect((await all()).slice(0, 24)).toEqual(read.slice(0, 24));
  });

  test('in any order', async () => {
    const samples = life(T0, T0 + HOUR, 15 * SECOND);
    const random = chance();
    const shuffled = samples.map((sample) => ({ sample, at: random() })).sort((a, b) => a.at - b.at);
    await append(shuffled.map(({ sample }) => sample));
    expect(await all()).toEqual(samples);
  });

  test('two writers at a time lose nothing and double nothing', async () => {
    const samples = life(T0, T0 + 4 * HOUR, 15 * SECOND);
    const other = new Redis(database.url);
    const stores = [makeSamples(redis), makeSamples(other)];
    for (let i = 0; i < samples.length; i += 20) {
      const batch = samples.slice(i, i + 20).map((sample) => ({ replica: REPLICA, sample }));
      await Promise.all(stores.map((store) => store.append(batch)));
    }
    await other.quit();
    const twice = await all();
    await redis.flushdb();
    await append(samples);
    expect(twice).toEqual(await all());
  });

  test('two compactions at a time: one is done, the other does nothing', async () => {
    const samples = life(T0, T0 + 12 * MINUTE, 15 * SECOND);
    await append(samples.slice(0, 39));
    const other = new Redis(database.url);
    await other.ping();
    const both = await Promise.all([redis, other].map((client) => compact(client, bookOf(REPLICA), T0 + DAY, LIFE_MS)));
    await other.quit();
    expect(both.sort()).toEqual([false, true]);
    expect(await redis.llen(bookOf(REPLICA).tail)).toBeLessThan(20);
    await append(samples.slice(39));
    expect(await all()).toEqual(samples);
  });

  test('one from a clock that ran ahead does not push the others out', async () => {
    const samples = life(T0, T0 + HOUR, 15 * SECOND);
    const clock = () => T0 + HOUR;
    await append(samples.slice(0, 120), REPLICA, 20, clock);
    await append([{ t: T0 + 3650 * DAY, anon: 1 }], REPLICA, 20, clock);
    await append(samples.slice(120), REPLICA, 20, clock);
    expect([...(await makeSamples(redis).read(REPLICA, 0, T0 + DAY))]).toEqual(samples);
  });
});

test('every sample gives all keys of its replica their whole life again', async () => {
  const samples = life(T0, T0 + HOUR, 15 * SECOND);
  await append(samples.slice(0, -1));
  const names = Object.values(bookOf(REPLICA));
  for (const name of names) expect(await redis.pexpire(name, MINUTE)).toBe(1);
  await append(samples.slice(-1));
  for (const name of names) expect(await redis.pttl(name)).toBeGreaterThan(LIFE_MS - MINUTE);
  await append([{ t: T0 }], 'another');
  expect(await redis.pttl(bookOf('another').tail)).toBeGreaterThan(LIFE_MS - MINUTE);
});

describe('room', () => {
  test('2 h at 15 s and 14 days: at most 128 KB a replica, every key with a life', async () => {
    // Four samples a roll-up for twenty, and half the sway: as noisy a mean, in a fifth of the time.
    const past = life(T0, T0 + 14 * DAY, 75 * SECOND, chance(), 15 * MIB);
    await append([...past, ...life(T0 + 14 * DAY, T0 + 14 * DAY + 2.4 * HOUR, 15 * SECOND)], REPLICA, 60);
    const read = await all();
    expect(read[0]?.t).toBeLessThan(T0 + 0.5 * DAY);
    expect(read.length).toBeGreaterThan(13.5 * 288 + 480);
    const used = await bytes();
    expect(used).toBeLessThanOrEqual(128 * 1024);
    for (const name of await redis.keys('*')) {
      const left = await redis.pttl(name);
      expect(left).toBeGreaterThan(LIFE_MS - MINUTE);
      expect(left).toBeLessThanOrEqual(LIFE_MS);
    }
  });

  test('every second for two hours, and figures without any order: still at most 128 KB', async () => {
    const random = chance();
    const wild = life(T0, T0 + 14 * DAY, 2.5 * MINUTE).concat(life(T0 + 14 * DAY, T0 + 14 * DAY + 2 * HOUR, SECOND, random));
    await append(
      wild.map((sample) => ({ ...sample, anon: Math.round(random() * 2 ** 45), usage: Math.round(random() * 2 ** 45) })),
      REPLICA,
      100,
    );
    expect(await bytes()).toBeLessThanOrEqual(128 * 1024);
    expect((await all()).length).toBeGreaterThan(2_000);
  });
});
