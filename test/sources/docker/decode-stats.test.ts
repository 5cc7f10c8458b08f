import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Sample } from '../../../src/model/sample.js';
import { decodeStats } from '../../../src/sources/docker/decode-stats.js';

const GOLDEN = 'test/golden/docker';
const MIB = 2 ** 20;
const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(join(GOLDEN, path), 'utf8'));
const stats = (service: string, kind = 'one-shot') => json(`v2/shop-${service}-svc-1.${kind}.json`);

describe('cgroup v2, as recorded', () => {
  test('every part where it belongs', () => {
    expect(decodeStats(stats('api'), 134_217_728)).toEqual({
      t: Date.parse('2026-11-23T01:44:17.030Z'),
      usage: 62_705_664,
      anon: 62_070_784,
      file: 16_384,
      inactiveFile: 0,
      shmem: 0,
      kernel: 114_688 + 189_288,
      limit: 134_217_728,
      cpuNanos: 1_722_538_000,
      blkReadBytes: 16_384,
      blkWriteBytes: 0,
      pids: 7,
    });
  });

  test('without a limit: null, whatever the stats clamp it to; unknown: absent', () => {
    expect(decodeStats(stats('steady'), null)?.limit).toBeNull();
    expect(decodeStats(stats('steady'))).not.toHaveProperty('limit');
  });

  test('page cache is file, not anon', () => {
    const log = decodeStats(stats('log', 'two-sample'));
    expect(log?.file).toBeGreaterThan(100 * MIB);
    expect(log?.anon).toBeLessThan(20 * MIB);
  });

  test('names and inodes of files that were looked at are given back like pages: no kernel memory that could leak', () => {
    const [before, after] = ['one-shot', 'two-sample'].map((kind) => decodeStats(stats('log', kind)));
    expect((after?.file ?? 0) - (before?.file ?? 0)).toBeGreaterThan(20 * MIB);
    expect(after?.kernel).toBe(before?.kernel);
  });

  /** `docker stats` printed these when the two-sample answers were recorded; steady sways by its garbage collection. */
  test.each([
    ['child', 0.001],
    ['log', 0.05],
    ['steady', 5],
  ])('%s: usage − inactive file is what `docker stats` printed', (service, toleranceMib) => {
    const printed = readFileSync(join(GOLDEN, 'v2/docker-stats.txt'), 'utf8');
    const mib = Number(new RegExp(`shop-${service}-svc-1 +[\\d.]+% +([\\d.]+)MiB`).exec(printed)?.[1]);
    const sample = decodeStats(stats(service, 'two-sample'));
    expect(Math.abs(((sample?.usage ?? 0) - (sample?.inactiveFile ?? 0)) / MIB - mib)).toBeLessThanOrEqual(toleranceMib);
  });

  test.each(['api', 'oom'])('%s had ended: no sample, not one of zeros', (service) => {
    expect(decodeStats(stats(service, 'two-sample'), 1)).toBeNull();
  });
});

describe('cgroup v1, as recorded', () => {
  test('the tree’s figures; no block I/O, and so absent', () => {
    expect(decodeStats(json('v1/one-shot.json'), 67_108_864)).toEqual({
      t: Date.parse('2026-11-22T23:42:45.606Z'),
      usage: 66_838_528,
      anon: 106_496,
      file: 64_487_424,
      inactiveFile: 64_487_424,
      shmem: 0,
      kernel: 2_244_608,
      limit: 67_108_864,
      cpuNanos: 45_441_242,
      netRxBytes: 426,
      netTxBytes: 0,
      pids: 1,
    });
  });

  test('tmpfs is taken out of the cache where the kernel says how much it is', () => {
    const answer = json('v1/one-shot.json') as { memory_stats: { stats: Record<string, number> } };
    answer.memory_stats.stats.total_shmem = 4_487_424;
    expect(decodeStats(answer)).toMatchObject({ shmem: 4_487_424, file: 60_000_000 });
  });
});

test('every recorded answer decodes, and none of its figures is negative', () => {
  const paths = ['v1', 'v2'].flatMap((folder) => readdirSync(join(GOLDEN, folder)).map((name) => join(folder, name)));
  const answers = paths.filter((path) => /(one-shot|two-sample)\.json$/.test(path)).map((path) => decodeStats(json(path), null));
  expect(answers.length).toBeGreaterThanOrEqual(12);
  expect(answers.filter((sample) => sample === null)).toHaveLength(2);
  for (const sample of answers) if (sample) expectFigures(sample);
});

describe('answers of other engines', () => {
  const read = '2026-01-01T00:00:00Z';
  test('Podman: usage alone', () => {
    expect(decodeStats({ read, memory_stats: { usage: 5, limit: 9, stats: null } })).toEqual({ t: Date.parse(read), usage: 5 });
  });
  test('several networks are summed, one without figures does no harm', () => {
    const networks = { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10 }, eth2: null };
    expect(decodeStats({ read, networks })).toEqual({ t: Date.parse(read), netRxBytes: 11, netTxBytes: 2 });
  });
  test('Linux 5.18 and later: the kernel’s own sum, with sockets beside it', () => {
    const figures = { anon: 1, kernel: 100, slab: 60, slab_reclaimable: 40, kernel_stack: 10, sock: 5 };
    expect(decodeStats({ read, memory_stats: { stats: figures } })?.kernel).toBe(65);
  });
  test('v1 block I/O says Read and Write', () => {
    const rows = [
      { op: 'Read', value: 3 },
      { op: 'Write', value: 4 },
      { op: 'Sync', value: 9 },
      { op: 'Read', value: 1 },
    ];
    expect(decodeStats({ read, blkio_stats: { io_service_bytes_recursive: rows } })).toMatchObject({
      blkReadBytes: 4,
      blkWriteBytes: 4,
    });
  });
  test('figures that no machine has are absent', () => {
    const memory_stats = { usage: -5, stats: { anon: 2 ** 63, file: 7, shmem: 9, slab: 'x' } };
    expect(decodeStats({ read, memory_stats })).toEqual({ t: Date.parse(read), file: 0, shmem: 9 });
  });
});

/** Anything at all, and answers of the right shape with anything in them. */
describe('garbage', () => {
  const leaf = fc.oneof(
    fc.anything(),
    fc.double(),
    fc.integer(),
    fc.constantFrom(null, '', -1, 2 ** 63, Number.NaN, Number.POSITIVE_INFINITY),
  );
  const names = ['total_rss', 'total_cache', 'total_shmem', 'anon', 'file', 'shmem', 'slab', 'kernel', 'sock', 'inactive_file'];
  const figures = fc.dictionary(fc.constantFrom(...names), leaf);
  const answer = fc.record(
    {
      read: fc.oneof(
        fc.date().map((date) => (Number.isNaN(date.getTime()) ? 'never' : date.toISOString())),
        leaf,
      ),
      memory_stats: fc.oneof(leaf, fc.record({ usage: leaf, stats: fc.oneof(figures, leaf) }, { requiredKeys: [] })),
      cpu_stats: fc.oneof(leaf, fc.record({ cpu_usage: fc.oneof(leaf, fc.record({ total_usage: leaf })) })),
      networks: fc.oneof(leaf, fc.dictionary(fc.string(), fc.oneof(leaf, fc.record({ rx_bytes: leaf, tx_bytes: leaf })))),
      blkio_stats: fc.record({
        io_service_bytes_recursive: fc.oneof(
          leaf,
          fc.array(fc.oneof(leaf, fc.record({ op: fc.oneof(leaf, fc.constantFrom('read', 'W')), value: leaf }))),
        ),
      }),
      pids_stats: fc.oneof(leaf, fc.record({ current: leaf })),
    },
    { requiredKeys: [] },
  );

  test('never throws, never gives NaN, infinity or less than nothing', () => {
    let samples = 0;
    const check = (input: unknown) => {
      const sample = decodeStats(input, null);
      if (!sample) return;
      samples += 1;
      expectFigures(sample);
    };
    fc.assert(fc.property(answer, check), { numRuns: 500, seed: 7 });
    fc.assert(fc.property(fc.anything(), check), { numRuns: 300, seed: 7 });
    expect(samples).toBeGreaterThan(50);
  });
});

function expectFigures({ limit, ...sample }: Sample): void {
  expect(limit === null || limit === undefined).toBe(true);
  for (const value of Object.values(sample)) {
    expect(Number.isFinite(value)).toBe(true);
    expect(value).toBeGreaterThanOrEqual(0);
  }
}
