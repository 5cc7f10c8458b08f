import { z } from 'zod';
import { isBytes, type Sample } from '../model/sample.js';
import { SampleTable } from '../model/sample-table.js';

const SIZES = ['usage', 'anon', 'file', 'workingSet', 'inactiveFile', 'shmem', 'kernel'] as const;
const MINIMA = ['leastAnon', 'leastKernel', 'leastShmem'] as const;
const COUNTERS = ['cpuNanos', 'netRxBytes', 'netTxBytes', 'blkReadBytes', 'blkWriteBytes', 'pids'] as const;
const FIELDS = [...SIZES, ...MINIMA, ...COUNTERS];
type Field = (typeof FIELDS)[number];

/** As Prometheus writes what is no number; JSON has no word for it. */
const NO_NUMBER = /^[+-]?(nan|inf|infinity)$/i;
/** The last day that JavaScript's dates know. */
const LAST_MS = 8.64e15;
const NOT_A_TIME = 'is no time (Unix ms)';

export const TIME = z.number('must be a number (Unix ms)').min(-LAST_MS, NOT_A_TIME).max(LAST_MS, NOT_A_TIME);
const NOT_A_FIGURE = 'must be a number or null';
export const FIGURE = z.union([z.number(), z.string().regex(NO_NUMBER, NOT_A_FIGURE)], NOT_A_FIGURE).nullish();
type Figure = z.infer<typeof FIGURE>;

const figures = Object.fromEntries(FIELDS.map((field) => [field, FIGURE])) as Record<Field, typeof FIGURE>;
/** A sample as it is told: any field may be missing. `file` is the kernel's, with shared memory in it. */
export const SAMPLE = z.object({ t: TIME.nullish(), ...figures, limit: FIGURE }, 'must be an object');
type ToldSample = z.infer<typeof SAMPLE>;

export type Decoded = {
  /** Oldest first, each time once (the first that came with it). */
  readonly samples: SampleTable;
  /** What no container can have (negative, `"NaN"`, no time) is left out: in how many samples, and the first of them. */
  readonly leftOut: { readonly count: number; readonly first: string } | null;
};

export function decodeSamples(told: readonly ToldSample[]): Decoded {
  const samples: Sample[] = [];
  let [count, first] = [0, ''];
  for (const [index, one] of told.entries()) {
    const impossible = impossibleIn(one);
    if (impossible) {
      count += 1;
      first ||= `samples[${index}].${impossible}`;
    }
    if (typeof one.t === 'number') samples.push(toSample(one.t, one));
  }
  return { samples: SampleTable.of(inOrder(samples)), leftOut: count > 0 ? { count, first } : null };
}

function impossibleIn(told: ToldSample): string | null {
  if (told.t === undefined || told.t === null) return 't: is missing';
  for (const field of FIELDS) {
    const value = told[field];
    if (value !== undefined && value !== null && !isSize(value)) return `${field}: ${value} is not possible`;
  }
  return limitFrom(told.limit) === undefined && told.limit !== undefined ? `limit: ${told.limit} is not possible` : null;
}

/**
 * What is not told but follows from the rest: the parts that are there are used. Every sample has all fields, told or not: where
 * objects differ in theirs, V8 has to search for each, and judging a day takes a third longer.
 */
function toSample(t: number, told: ToldSample): Sample {
  const [usage, anon, file, shmem] = [size(told.usage), size(told.anon), size(told.file), size(told.shmem)];
  return {
    t,
    usage,
    anon,
    // Kept apart from what the kernel can take back, as in samples of an engine.
    file: shmem === undefined ? file : less(file, shmem),
    inactiveFile: size(told.inactiveFile) ?? less(usage, size(told.workingSet)),
    shmem,
    kernel: size(told.kernel) ?? less(usage, anon, file),
    limit: limitFrom(told.limit),
    leastAnon: size(told.leastAnon),
    leastKernel: size(told.leastKernel),
    leastShmem: size(told.leastShmem),
    cpuNanos: size(told.cpuNanos),
    netRxBytes: size(told.netRxBytes),
    netTxBytes: size(told.netTxBytes),
    blkReadBytes: size(told.blkReadBytes),
    blkWriteBytes: size(told.blkWriteBytes),
    pids: size(told.pids),
  };
}

function size(value: Figure): number | undefined {
  return isSize(value) ? value : undefined;
}

/** What is left, at least nothing; not known where one of them is not. */
function less(all: number | undefined, ...parts: readonly (number | undefined)[]): number | undefined {
  return parts.reduce((left, part) => (left === undefined || part === undefined ? undefined : Math.max(0, left - part)), all);
}

/**
 * 0, and what is beyond every machine (cgroup v1 writes 2^63 less a page), is no limit: null, as null is. Undefined: not known,
 * or nothing that can be a limit.
 */
export function limitFrom(told: Figure): number | null | undefined {
  if (told === null) return null;
  if (typeof told !== 'number' || told < 0) return undefined;
  return told > 0 && isBytes(told) ? told : null;
}

function isSize(value: Figure): value is number {
  return typeof value === 'number' && isBytes(value);
}

function inOrder(samples: Sample[]): Sample[] {
  if (samples.every(({ t }, i) => i === 0 || t > (samples[i - 1]?.t ?? t))) return samples;
  // The sort is stable: of two with one time the one that came first is kept, as the store does.
  return samples.sort((a, b) => a.t - b.t).filter(({ t }, i, sorted) => i === 0 || t !== sorted[i - 1]?.t);
}
