import { GCProfiler, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mean, quantile } from 'simple-statistics';
import type { Series } from '../../src/model/assessment.js';
import { packRows, toRow, toTable, unpackColumns } from '../../src/store/sample-codec.js';
import { seeded } from '../../test/support/draw-series.js';
import type { CorpusLine } from './corpus.js';
import { ourAnswer } from './ours.js';
import { OURS, PEER, RULES } from './rules.js';
import { seriesOf } from './series.js';

const MIB = 2 ** 20;
const DAY_AT_15_S = 5_760;
const SERIES = 100;
const LENGTHS: readonly number[] = [DAY_AT_15_S, 10 * DAY_AT_15_S, 100 * DAY_AT_15_S];
/** All of them, before anything is timed: a worker judges thousands, and V8 needs a few hundred until all of it is compiled. */
const WARM_UPS = 3;
const ROUNDS = 5;
const REPEATS = 5;

/** Milliseconds a series; the ratio is of means, to the peer's in the same run. */
export type Cost = { readonly meanMs: number; readonly p99Ms: number; readonly ratio: number };

/** One judgement of a series of this length: milliseconds (the median of some), bytes that it allocated, and the most held at once. */
export type Growth =
  | { readonly samples: number; readonly ms: number; readonly allocated: number; readonly peak: number }
  | { readonly samples: number; readonly failed: string };

/** Milliseconds of one judgement; what is parsed and converted before is not in it. */
function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

/** Nobody judged anything (whole weeks are watched, not timed): no costs. */
export function costsOf(ms: Readonly<Record<string, readonly number[]>>): Record<string, Cost> {
  if (Object.keys(ms).length === 0) return {};
  const peer = mean([...(ms[PEER] ?? [])]);
  const costs = Object.entries(ms).map(([name, all]) => {
    const average = mean([...all]);
    return [name, { meanMs: average, p99Ms: quantile([...all], 0.99), ratio: average / peer }] as const;
  });
  return Object.fromEntries(costs);
}

/**
 * The cost of a day of samples, 15 s apart. Whoever judges, judges all of them one after another, as a worker does: in turn by the
 * series, the peer's million differences would take the cache from whoever follows. All take turns in every round, so that a busy
 * machine disturbs all alike. Ours are unpacked just before they are judged, from what Redis holds of them: a row of its own.
 */
export function costOfADay(count = SERIES): Record<string, Cost> {
  const days = Array.from({ length: count }, (_, i) => heldDay(i));
  const names = [OURS, UNPACKING, ...Object.keys(RULES)];
  const ms: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < WARM_UPS + ROUNDS; round += 1) {
    const note = (name: string, took: number) => {
      if (round >= WARM_UPS) ms[name]?.push(took);
    };
    for (const { series, packed } of days) {
      let samples = series.samples;
      const unpacking = timed(() => {
        samples = toTable(unpackColumns(packed));
        return samples;
      });
      note(
        OURS,
        timed(() => ourAnswer({ ...series, samples })),
      );
      note(UNPACKING, unpacking);
    }
    for (const [name, rule] of Object.entries(RULES))
      for (const { line } of days)
        note(
          name,
          timed(() => rule(line)),
        );
  }
  return costsOf(ms);
}

const UNPACKING = 'Leakwatch, reading';

function heldDay(seed: number): { line: CorpusLine; series: Series; packed: Buffer } {
  const line = dayLike(DAY_AT_15_S, seed);
  const series = seriesOf(line);
  return { line, series, packed: packRows(Array.from(series.samples, toRow)) };
}

/** Time and memory of ours at 5,760, 57,600 and 576,000 samples: ten times the samples may take ten times as much of both. */
export function growthWithLength(lengths = LENGTHS): Growth[] {
  return lengths.map((samples) => {
    const series = seriesOf(dayLike(samples, 1));
    try {
      const ms = Array.from({ length: REPEATS }, () => timed(() => ourAnswer(series)));
      return { samples, ms: quantile(ms, 0.5), ...memoryOf(() => ourAnswer(series)) };
    } catch (error) {
      // A series that is too long for it is a result, too: the other figures must not be lost with it.
      return { samples, failed: String(error) };
    }
  });
}

/**
 * Bytes allocated: from collection to collection what was added to the heap and to buffers outside it, summed (a little less than
 * the truth, where buffers are freed between collections). The most at once is what there was before the fullest collection, or
 * at the end, above what there was at the start; it includes garbage that is not yet collected.
 */
export function memoryOf(work: () => unknown): { allocated: number; peak: number } {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  // Twice: buffers are freed beside the program after the first, and the second waits for that.
  if (typeof collect === 'function') for (let i = 0; i < 2; i += 1) collect();
  const profiler = new GCProfiler();
  profiler.start();
  const base = inUse();
  const result = work();
  const end = inUse();
  const { statistics } = profiler.stop();
  let [from, allocated, most] = [base, 0, end];
  for (const { beforeGC, afterGC } of statistics) {
    const before = beforeGC.heapStatistics.usedHeapSize + beforeGC.heapStatistics.externalMemory;
    allocated += Math.max(0, before - from);
    most = Math.max(most, before);
    from = afterGC.heapStatistics.usedHeapSize + afterGC.heapStatistics.externalMemory;
  }
  // Used after the measurement, so that it may not be collected in it.
  if (result === undefined) throw new Error('nothing was measured');
  return { allocated: allocated + Math.max(0, end - from), peak: most - base };
}

function inUse(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** Four kinds of day in turn: level, leaking, a collector's teeth over a leak, a daily wave; with noise that remembers itself. */
export function dayLike(length: number, seed: number): CorpusLine {
  const random = seeded(seed + 1);
  const [leak, teeth, wave] = [
    seed % 4 === 1 || seed % 4 === 2 ? 60 * MIB : 0,
    seed % 4 === 2 ? 80 * MIB : 0,
    seed % 4 === 3 ? 60 * MIB : 0,
  ];
  let noise = 0;
  const samples = Array.from({ length }, (_, i) => {
    const share = i / length;
    noise = 0.95 * noise + (random() - 0.5) * 4 * MIB;
    const tooth = teeth * ((share * 40) % 1);
    const anon = Math.round(200 * MIB + leak * share + tooth + wave * Math.sin(2 * Math.PI * share) + noise);
    const file = Math.round(40 * MIB + random() * MIB);
    return { t: 1_700_000_000_000 + i * 15_000, usage: anon + file + 3 * MIB, anon, file, workingSet: anon + file / 2 + 3 * MIB };
  });
  return { id: `day-${seed}`, family: 'day', label: 'no-leak', intervalSec: 15, limitBytes: 512 * MIB, samples, truth: {} };
}
