import type { Series } from '../../src/model/assessment.js';
import type { Run } from '../../src/model/replica.js';
import type { Sample } from '../../src/model/sample.js';
import { replica } from './fleet.js';

export const MIB = 2 ** 20;
export const MINUTE = 60_000;

export type Drawing = {
  /** How long one character lasts, and how far `/` and `\` go in it. */
  readonly charMs?: number;
  readonly stepBytes?: number;
  readonly intervalMs?: number;
  /** The other parts; by default page cache of 20 MiB that does not move. */
  readonly file?: (t: number) => number;
  readonly baseBytes?: number;
  readonly limitBytes?: number | null;
  /** Bytes of noise, uniform, from a seeded generator. */
  readonly noiseBytes?: number;
  readonly seed?: number;
  /** How long the process had run before the drawing begins. */
  readonly ageMs?: number;
};

/**
 * The memory of a replica, drawn: `_` stays, `/` rises, `\` falls by one step, `!` is a restart (back to the base), a blank
 * has no samples. The drawing begins at 0 and ends at `toMs`; anon is what is drawn.
 *
 *     drawn('____////____')      drawn('//!//!//')
 */
export function drawn(picture: string, drawing: Drawing = {}): Series & { readonly samples: readonly Sample[] } {
  const { charMs = MINUTE, stepBytes = 4 * MIB, intervalMs = 15_000, baseBytes = 60 * MIB, ageMs = 3_600_000 } = drawing;
  const limitBytes = drawing.limitBytes === undefined ? 256 * MIB : drawing.limitBytes;
  const noise = seeded(drawing.seed ?? 1);
  const samples: Sample[] = [];
  const runs: Run[] = [{ containerId: 'c0', image: 'api:1', startedAtMs: -ageMs }];
  let level = baseBytes;
  for (const [i, character] of [...picture].entries()) {
    const from = i * charMs;
    const slope = character === '/' ? stepBytes : character === '\\' ? -stepBytes : 0;
    if (character === '!') {
      level = baseBytes;
      runs.push({ containerId: 'c0', image: 'api:1', startedAtMs: from });
    }
    for (let t = from; character !== ' ' && t < from + charMs; t += intervalMs) {
      const anon = Math.round(level + (slope * (t - from)) / charMs + (noise() - 0.5) * (drawing.noiseBytes ?? 0));
      samples.push(sampleOf(t, anon, drawing.file?.(t) ?? 20 * MIB, limitBytes));
    }
    level += slope;
  }
  const run = runs.at(-1);
  return {
    replica: replica('shop/api-svc', 1, { limitBytes, ...(run ? { run } : {}) }),
    fromMs: 0,
    toMs: picture.length * charMs,
    samples,
    runs,
  };
}

function sampleOf(t: number, anon: number, file: number, limit: number | null): Sample {
  return { t, usage: anon + file + 2 * MIB, anon, file, inactiveFile: file / 2, shmem: 0, kernel: 2 * MIB, limit };
}

/** A small generator with a seed (mulberry32), 0…1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
