import type { Sample } from '../model/sample.js';

/** A roll-up stands for five minutes, counted from the epoch. */
const SLOT_MS = 5 * 60_000;

/**
 * Where a part of the samples is rolled up, the rest made even with it: each of its five minutes as one, by the least. Else the
 * floor under single samples would stand above the floor under roll-ups, and look like growth.
 *
 *     roll-ups   · · · · · ·      single   .:'.:.'.:'      even   · · ·
 */
export function even(samples: readonly Sample[]): readonly Sample[] {
  const rollUps = countOf(samples);
  if (rollUps === 0 || rollUps === samples.length) return samples;
  const slots = new Map<number, Sample>();
  for (const sample of samples) {
    const slot = Math.floor(sample.t / SLOT_MS);
    const before = slots.get(slot);
    slots.set(slot, before ? least(before, sample) : sample);
  }
  return [...slots.values()];
}

/** How many of them are roll-ups. A loop, because it is asked of every sample. */
function countOf(samples: readonly Sample[]): number {
  let count = 0;
  for (const { leastAnon } of samples) if (leastAnon !== undefined) count += 1;
  return count;
}

export function isRollUp({ leastAnon }: Sample): boolean {
  return leastAnon !== undefined;
}

/** The later sample, with the least of what both have seen. */
function least(a: Sample, b: Sample): Sample {
  return {
    ...b,
    leastAnon: lower(a.leastAnon ?? a.anon, b.leastAnon ?? b.anon) ?? b.leastAnon,
    leastKernel: lower(a.leastKernel ?? a.kernel, b.leastKernel ?? b.kernel) ?? b.leastKernel,
    leastShmem: lower(a.leastShmem ?? a.shmem, b.leastShmem ?? b.shmem) ?? b.leastShmem,
  };
}

function lower(x: number | undefined, y: number | undefined): number | undefined {
  return x === undefined || y === undefined ? undefined : Math.min(x, y);
}
