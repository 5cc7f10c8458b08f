import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { LedgerLine } from '../../src/model/ledger.js';
import { makeLedger } from '../../src/store/ledger.js';
import { ownDatabase } from '../support/parts/redis.js';

const DAY = 24 * 3_600_000;
const SERVICE = 'shop/api-svc';

let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;
let unreadable: string[];
beforeAll(async () => {
  database = await ownDatabase();
  redis = new Redis(database.url);
});
beforeEach(async () => {
  unreadable = [];
  await redis.flushdb();
});
afterAll(async () => {
  await redis.quit();
  await database.close();
});

const ledgerOn = (client: Redis) => makeLedger(client, ({ message }) => void unreadable.push(message));

function line(startedAtMs: number, over: Partial<LedgerLine> = {}): LedgerLine {
  return {
    ...{ replica: 'hv-01/shop/api-svc/1', containerId: 'c1', image: 'api:1', imageId: 'sha256:1' },
    ...{ startedAtMs, endedAtMs: startedAtMs + 500, oomKilled: false, limitBytes: 256 },
    ...{ baseBytes: 60, peakBytes: 200, slopeBytesPerHour: { value: 4, low: 3, high: 5 }, settledMs: 90_000 },
    ...over,
  };
}

test('what was put in comes out, oldest first, of each service on its own, for a year', async () => {
  const ledger = ledgerOn(redis);
  const { imageId: _, ...bare } = line(1_000, { replica: 'hv-02/shop/api-svc/2' });
  const empty = { ...bare, limitBytes: null, baseBytes: null, peakBytes: null, slopeBytesPerHour: null, settledMs: null };
  await ledger.record(SERVICE, line(2_000));
  await ledger.record(SERVICE, empty);
  await ledger.record('shop/web', line(3_000));
  expect(await ledger.read(SERVICE)).toEqual([empty, line(2_000)]);
  expect(await ledger.read('shop/none')).toEqual([]);
  const names = await redis.keys('*');
  expect(names.every((name) => name.startsWith('leakwatch:v1:ledger:'))).toBe(true);
  for (const name of names) {
    expect(await redis.pttl(name)).toBeGreaterThan(365 * DAY - 60_000);
    expect(await redis.pttl(name)).toBeLessThanOrEqual(365 * DAY);
  }
});

test('each line gives all of its service their whole life again', async () => {
  const ledger = ledgerOn(redis);
  await ledger.record(SERVICE, line(1_000));
  const [name = ''] = await redis.keys('*');
  await redis.pexpire(name, DAY);
  await ledger.record(SERVICE, line(2_000));
  expect(await redis.pttl(name)).toBeGreaterThan(364 * DAY);
});

test('the same run again takes its own place; another container, start or replica is another line', async () => {
  const ledger = ledgerOn(redis);
  await ledger.record(SERVICE, line(1_000));
  const again = line(1_000, { oomKilled: true, peakBytes: 250 });
  const others = [
    line(1_001),
    line(1_002, { containerId: 'c2', image: 'api:2' }),
    line(1_001, { replica: 'hv-01/shop/api-svc/2' }),
  ];
  for (const one of [...others, again]) await ledger.record(SERVICE, one);
  expect(await ledger.read(SERVICE)).toEqual(expect.arrayContaining([again, ...others]));
  expect(await ledger.read(SERVICE)).toHaveLength(4);
});

test('400 at most: the oldest leave, in whatever order they came', async () => {
  const ledger = ledgerOn(redis);
  for (let i = 410; i > 0; i -= 1) await ledger.record(SERVICE, line(i * 1_000));
  await ledger.record(SERVICE, line(411_000));
  const starts = (await ledger.read(SERVICE)).map(({ startedAtMs }) => startedAtMs);
  expect(starts).toEqual(Array.from({ length: 400 }, (_, index) => (index + 12) * 1_000));
});

test('three hundred starts in an hour push out no life that says how it grew', async () => {
  const ledger = ledgerOn(redis);
  const weeks = Array.from({ length: 20 }, (_, week) => line(week * 7 * DAY));
  for (const one of weeks) await ledger.record(SERVICE, one);
  const short = { endedAtMs: 0, baseBytes: null, slopeBytesPerHour: null, settledMs: null };
  for (let i = 0; i < 600; i += 1) await ledger.record(SERVICE, line(140 * DAY + i * 12_000, short));
  await ledger.record(SERVICE, line(141 * DAY));
  const kept = await ledger.read(SERVICE);
  expect(kept.filter(({ slopeBytesPerHour }) => slopeBytesPerHour)).toEqual([...weeks, line(141 * DAY)]);
  expect(kept).toHaveLength(400);
  expect(kept.at(20)?.startedAtMs).toBe(140 * DAY + (600 - 379) * 12_000);
});

test('two writers at a time lose nothing, double nothing, and keep to the most there may be', async () => {
  const other = new Redis(database.url);
  const ledgers = [ledgerOn(redis), ledgerOn(other)];
  const lines = Array.from({ length: 420 }, (_, index) => line(index * 1_000));
  for (let i = 0; i < lines.length; i += 20) {
    const batch = lines.slice(i, i + 20);
    await Promise.all(ledgers.flatMap((ledger) => batch.map((one) => ledger.record(SERVICE, one))));
  }
  await other.quit();
  expect(await ledgerOn(redis).read(SERVICE)).toEqual(lines.slice(20));
});

test.each([
  ['no JSON', '{"replica":'],
  ['no line', '"a word"'],
  ['null', 'null'],
  ['a figure that is none', JSON.stringify({ ...line(1_000), peakBytes: 'much' })],
  ['a figure that became null in JSON', JSON.stringify({ ...line(1_000), startedAtMs: Number.NaN })],
  ['half a range', JSON.stringify({ ...line(1_000), slopeBytesPerHour: { value: 1 } })],
])('a value that cannot be read (%s) is left out and counted, and the others are read', async (_, value) => {
  const ledger = ledgerOn(redis);
  await ledger.record(SERVICE, line(2_000));
  const [name = ''] = await redis.keys('*');
  await redis.hset(name, '1000/c1/x', value, 'nonsense', value);
  expect(await ledger.read(SERVICE)).toEqual([line(2_000)]);
  expect(unreadable).toEqual(['shop/api-svc: 2 of 3 lines cannot be read']);
});

test('fields without a start are the first to leave', async () => {
  const ledger = ledgerOn(redis);
  await ledger.record(SERVICE, line(1_000));
  const [name = ''] = await redis.keys('*');
  await redis.hset(name, 'nonsense', '{}');
  for (let i = 2; i <= 401; i += 1) await ledger.record(SERVICE, line(i * 1_000));
  expect(await redis.hget(name, 'nonsense')).toBeNull();
  expect(await ledger.read(SERVICE)).toHaveLength(400);
});
