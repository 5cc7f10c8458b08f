import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { seriesThen } from '../../jobs/series-then.js';
import { assess } from '../../src/analysis/assess.js';
import type { Assessment } from '../../src/model/assessment.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import type { Replica } from '../../src/model/replica.js';
import { makeHosts } from '../../src/store/hosts.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeLedger } from '../../src/store/ledger.js';
import { makeRuns } from '../../src/store/runs.js';
import { makeSamples } from '../../src/store/samples.js';
import { replica } from '../support/fleet.js';
import { freePort } from '../support/parts/process.js';
import { ownDatabase } from '../support/parts/redis.js';

/** The command as it is built, on a real Redis that holds a fleet; what it prints is read by `assess` and `replay`, as built. */
const [MIB, MINUTE, HOUR] = [2 ** 20, 60_000, 3_600_000];
const HISTORY_MS = 5 * HOUR;
const END = Math.floor(Date.now() / 1_000) * 1_000;
const START = END - HISTORY_MS;

let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;

/** Leaks since its deploy, 3 h ago; warms up at each start, as its ledger says; calm; of which nothing was sampled. */
const LEAKS = replica('shop/api-svc', 1, { run: { ...runOf('api:2', 'b', END - 3 * HOUR) } });
const SISTER = replica('shop/api-svc', 2, { host: 'hv-02', run: runOf('api:2', 'e', END - 3 * HOUR) });
const WARMS = replica('shop/cart', 1, { run: runOf('cart:1', 'c', END - 25 * MINUTE), limitBytes: null });
const CALM = replica('shop/api-svc-worker', 1, { run: runOf('worker:1', 'd', START - HOUR) });
const OTHER = replica('staging/api-svc', 1, { run: runOf('api:3', 'f', START) });
const SILENT = replica('shop/api-svc', 3, { run: runOf('api:2', '9', END - 3 * HOUR) });

function runOf(image: string, id: string, startedAtMs: number): Replica['run'] {
  return { containerId: id.repeat(64), image, imageId: `sha256:${image}`, startedAtMs };
}

const anonOf: Record<string, (t: number) => number> = {
  [LEAKS.key]: (t) => 80 + (t < LEAKS.run.startedAtMs ? 0 : (25 * (t - LEAKS.run.startedAtMs)) / HOUR),
  [SISTER.key]: (t) => 80 + (t < SISTER.run.startedAtMs ? 0 : (12 * (t - SISTER.run.startedAtMs)) / HOUR),
  [WARMS.key]: (t) => 60 + (t < WARMS.run.startedAtMs ? 40 : (40 * (t - WARMS.run.startedAtMs)) / (25 * MINUTE)),
  [CALM.key]: () => 120,
};

const LEDGER: LedgerLine = {
  ...{ replica: WARMS.key, containerId: 'a', image: 'cart:1', oomKilled: false, limitBytes: null, baseBytes: 110 * MIB },
  ...{ startedAtMs: START - 48 * HOUR, endedAtMs: START - 20 * HOUR, peakBytes: 112 * MIB, settledMs: 40 * MINUTE },
  slopeBytesPerHour: { value: 0, low: -MIB, high: MIB },
};

beforeAll(async () => {
  database = await ownDatabase();
  redis = new Redis(database.url);
  const [samples, runs, inventory] = [makeSamples(redis), makeRuns(redis), makeInventory(redis)];
  const all = [LEAKS, SISTER, WARMS, CALM, OTHER, SILENT];
  for (const host of ['hv-01', 'hv-02']) {
    await inventory.replace(
      host,
      all.filter((one) => one.host === host),
      END,
    );
  }
  for (const one of [LEAKS, SISTER]) {
    await runs.record(one.key, { ...runOf('api:1', '7', START - HOUR), endedAtMs: one.run.startedAtMs - 1_000, exitCode: 0 });
  }
  await runs.record(WARMS.key, { ...runOf('cart:1', '8', START - HOUR), endedAtMs: END - 26 * MINUTE, oomKilled: true });
  for (const { key, run } of all) await runs.record(key, run);
  await makeLedger(redis, () => {}).record('shop/cart', LEDGER);
  for (let t = START; t <= END; t += 15_000) {
    await samples.append(Object.entries(anonOf).map(([key, mib], i) => ({ replica: key, sample: sampleAt(t, mib(t), i) })));
  }
}, 60_000);
afterAll(async () => {
  await redis.quit();
  await database.close();
});

/** A little noise, the same at each run; page cache that grows; counters. */
function sampleAt(t: number, mib: number, seed: number) {
  const noise = Math.sin(t / 7_919 + seed) + Math.sin(t / 104_729 + 2 * seed);
  const anon = 4_096 * Math.round((mib + 0.3 * noise) * 256);
  const [shmem, kernel, file] = [4 * MIB, 3 * MIB, 4_096 * Math.round((t - START) / 10_000)];
  const inactiveFile = 4_096 * Math.floor(file / 8_192);
  const at = Math.round((t - START) / 1_000);
  return {
    ...{ t, usage: anon + file + shmem + kernel, anon, file, inactiveFile, shmem, kernel, limit: 256 * MIB },
    ...{ cpuNanos: at * 2e7, netRxBytes: at * 65_536, netTxBytes: at * 131_072, pids: 7 },
  };
}

/** Runs the command; with `then`, what it prints goes into that one, and what that prints is given. */
async function leakwatch(args: readonly string[], input = '', url = database.url) {
  const child = spawn(process.execPath, ['dist/src/cli.js', ...args], {
    stdio: 'pipe',
    env: { PATH: process.env.PATH, REDIS_URL: url },
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, output, errors };
}
const rows = (output: string) =>
  output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** As the check would judge it, at its last sample. */
async function live(serviceId: string): Promise<Map<string, Assessment>> {
  const ports = {
    ...{ inventory: makeInventory(redis), hosts: makeHosts(redis), samples: makeSamples(redis), runs: makeRuns(redis) },
    ledger: makeLedger(redis, () => {}),
  };
  const series = await seriesThen(serviceId, END, ports);
  return new Map(series.map((one) => [one.replica.key, assess(one, END)]));
}

describe('what is exported', () => {
  test.each([
    ['shop/api-svc', 'leaking'],
    ['shop/cart', 'unknown'],
    ['shop/api-svc-worker', 'stable'],
  ])('%s is judged by assess as it is judged live: %s', async (serviceId, verdict) => {
    const exported = await leakwatch(['export', serviceId]);
    expect(exported).toMatchObject({ code: 0, errors: '' });
    const assessed = await leakwatch(['assess', '-'], exported.output);
    expect(assessed).toMatchObject({ code: 0, errors: '' });
    const judged = await live(serviceId);
    expect(judged.size).toBeGreaterThan(0);
    const answers = rows(assessed.output);
    for (const [key, one] of judged) {
      expect(one.verdict).toBe(verdict);
      expect(answers.find(({ id }) => id === key)).toEqual({
        ...{ id: key, verdict, reason: one.reason, explanation: one.explanation },
        growthBytesPerHour: one.growthBytesPerHour?.value ?? null,
        growthLow: one.growthBytesPerHour?.low ?? null,
        growthHigh: one.growthBytesPerHour?.high ?? null,
        onsetMs: one.onsetMs === undefined ? null : Math.round(one.onsetMs),
        limitAtMs: one.limitAtMs === undefined ? null : Math.round(one.limitAtMs.value),
        limitAtLowMs: one.limitAtMs === undefined ? null : Math.round(one.limitAtMs.low),
        limitAtHighMs: one.limitAtMs?.high === undefined ? null : Math.round(one.limitAtMs.high),
      });
    }
  });

  test('replay says of it what the watch would have said', async () => {
    const { output } = await leakwatch(['export', 'shop/api-svc']);
    const [line = ''] = output.split('\n');
    const [first] = rows((await leakwatch(['replay', '-'], line)).output);
    expect(first).toMatchObject({ event: 'alert', verdict: 'leaking' });
    expect(first.t).toBeGreaterThan(LEAKS.run.startedAtMs);
    const calm = await leakwatch(['export', 'api-svc-worker']);
    expect((await leakwatch(['replay', '-'], calm.output)).output).toBe('');
  }, 90_000);

  test('is a line a replica: full rate for two hours, roll-ups with their least before, lives, image by image, its ledger', async () => {
    const [leaks, silent, sister] = rows((await leakwatch(['export', 'shop/api-svc'])).output);
    expect([leaks.id, silent.id, sister.id]).toEqual([LEAKS.key, SILENT.key, SISTER.key]);
    expect(silent).toMatchObject({ samples: [], limitBytes: 256 * MIB });
    expect(leaks).toMatchObject({ intervalSec: 15, limitBytes: 256 * MIB });
    expect(leaks.samples.at(-1)).toMatchObject({ t: END, limit: 256 * MIB, shmem: 4 * MIB, kernel: 3 * MIB });
    expect(Object.keys(leaks.samples.at(-1))).toEqual([
      ...['t', 'usage', 'anon', 'file', 'workingSet', 'inactiveFile', 'shmem', 'kernel', 'limit'],
      ...['cpuNanos', 'netRxBytes', 'netTxBytes'],
    ]);
    expect(leaks.samples[0]).toHaveProperty('leastAnon');
    expect(leaks.samples[0].t).toBeLessThan(START + 5 * MINUTE);
    expect(leaks.samples.filter(({ t }: { t: number }) => t > END - 2 * HOUR)).toHaveLength(480);
    expect(leaks.runs).toEqual([
      ...[
        { startedAt: START - HOUR, endedAt: LEAKS.run.startedAtMs - 1_000, image: 'api:1', imageId: 'sha256:api:1', exitCode: 0 },
      ],
      { startedAt: LEAKS.run.startedAtMs, image: 'api:2', imageId: 'sha256:api:2' },
    ]);
    const [cart] = rows((await leakwatch(['export', 'cart'])).output);
    expect(cart.runs[0]).toMatchObject({ oomKilled: true });
    expect(cart.ledger).toEqual([expect.objectContaining({ startedAt: LEDGER.startedAtMs, settledMs: 40 * MINUTE })]);
    expect(cart.ledger[0]).not.toHaveProperty('replica');
  });

  test('--since leaves out what is older', async () => {
    const [row] = rows((await leakwatch(['export', 'cart', '--since', '30m'])).output);
    const [first] = row.samples;
    expect(first.t).toBeGreaterThan(END - 30 * MINUTE - 1);
    expect(row.samples.length).toBeGreaterThan(20);
  });
});

describe('nothing is exported', () => {
  test.each([
    ['an unknown name: those like it are said', ['api-scv'], 2, 'leakwatch: No "api-scv". Did you mean api-svc?\n'],
    ['a name like no other', ['postgres-main'], 2, 'leakwatch: No "postgres-main". Nothing has a name like it.\n'],
    ['a name of two projects', ['api-svc'], 2, 'leakwatch: "api-svc" is 2 services: which of shop/api-svc, staging/api-svc?\n'],
    ['a name that is none', ['\u001b[31mred'], 2, 'leakwatch: No "?[31mred". Nothing has a name like it.\n'],
    ['no time back', ['cart', '--since', 'monday'], 2, 'leakwatch: --since: "monday" is no time back. Such as 90m, 2h, 14d.\n'],
    ['no service named', [], 2, 'leakwatch: export: which service? More: leakwatch export --help\n'],
  ])('%s', async (_, args, code, words) => {
    const done = await leakwatch(['export', ...args]);
    expect(done).toMatchObject({ code, output: '' });
    expect(done.errors.slice(0, words.length)).toBe(words);
  });

  test('Redis is away: said at once, exit 1', async () => {
    const done = await leakwatch(['export', 'cart'], '', `redis://127.0.0.1:${await freePort()}`);
    expect(done).toMatchObject({ code: 1, output: '' });
    expect(done.errors).toMatch(/^leakwatch: Redis \(REDIS_URL\) does not answer.*\n$/);
  });

  test('an empty Redis', async () => {
    const other = await ownDatabase();
    const done = await leakwatch(['export', 'cart'], '', other.url);
    expect(done).toMatchObject({ code: 2, errors: expect.stringContaining('no agent has reported') });
    await other.close();
  });
});
