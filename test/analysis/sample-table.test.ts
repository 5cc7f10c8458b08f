import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../src/analysis/assess.js';
import type { Sample } from '../../src/model/sample.js';
import { SampleTable } from '../../src/model/sample-table.js';
import { drawn, MIB } from '../support/draw-series.js';

const size = fc.option(fc.nat(2 ** 40), { nil: undefined });
const FIELDS = ['usage', 'anon', 'file', 'inactiveFile', 'shmem', 'kernel', 'cpuNanos', 'netRxBytes', 'netTxBytes'] as const;
const MORE = ['blkReadBytes', 'blkWriteBytes', 'pids', 'leastAnon', 'leastKernel', 'leastShmem'] as const;
const figures = Object.fromEntries([...FIELDS, ...MORE].map((field) => [field, size]));
/** Oldest first; any figure may be missing, in one sample or in all. */
const lists: fc.Arbitrary<Sample[]> = fc
  .array(fc.record({ ...figures, limit: fc.constantFrom(undefined, null, 512 * MIB) }), { maxLength: 30 })
  .chain((some) => fc.subarray([...FIELDS]).map((known) => some.map((one, i) => ({ ...only(one, known), t: 1_000 * i }))));

function only(sample: Record<string, unknown>, known: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(sample).filter(([field]) => !FIELDS.some((one) => one === field) || known.includes(field)),
  );
}

describe('samples by column', () => {
  test('are the samples that they were made of, one by one and in a row', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const table = SampleTable.of(list);
        expect([...table]).toEqual(list);
        expect([table.at(0), table.at(-1), table.at(list.length)]).toEqual([list[0], list.at(-1), undefined]);
        expect(SampleTable.of(table)).toBe(table);
      }),
    );
  });
  test('are cut in time, picked, and put behind others as a list would be', () => {
    fc.assert(
      fc.property(lists, lists, fc.nat(35_000), fc.nat(35_000), (list, other, from, to) => {
        const table = SampleTable.of(list);
        expect([...table.between(from, to)]).toEqual(list.filter(({ t }) => t >= from && t < to));
        expect([...table.followedBy(SampleTable.of(other))]).toEqual([...list, ...other]);
        const even = list.filter((_, i) => i % 2 === 0);
        expect([...table.pick(Uint32Array.from(even, ({ t }) => t / 1_000))]).toEqual(even);
      }),
    );
  });
  test('hold no figure that is none', () => {
    const told = [
      { t: 1, anon: 'much', kernel: null, file: Number.POSITIVE_INFINITY, pids: -1, limit: null },
      { t: 2, anon: 5 },
    ] as unknown as Sample[];
    expect([...SampleTable.of(told)]).toEqual([
      { t: 1, limit: null },
      { t: 2, anon: 5 },
    ]);
  });
  test('are left as they were by a verdict', () => {
    for (const picture of ['_'.repeat(60), '____////////////', '/\\'.repeat(30)]) {
      const series = drawn(picture, { noiseBytes: MIB });
      const table = SampleTable.of(series.samples);
      assess({ ...series, samples: table }, series.toMs);
      expect([...table]).toEqual(series.samples);
    }
  });
});
