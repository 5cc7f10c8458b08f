import type { Sample } from '../../src/model/sample.js';
import { rollUp, slotOf } from '../../src/store/roll-up.js';
import { FIELDS, type Row, toRow, toSample } from '../../src/store/sample-codec.js';

const FULL_MS = 2 * 3_600_000;

/** What the store holds at a time (Unix ms) that is not before the one asked last: two hours as they came, before that roll-ups. */
export type Remembered = (nowMs: number) => Sample[];

/**
 * The store's memory without the store. Every slot is rolled up once, when all of it is older than two hours.
 *
 *     ▒ ▒ ▒ ▒ ▒ ▒ ▒ ▒ ▓▓▓▓▓▓▓▓
 *     five minutes each | 2 h | now
 */
export function remembered(samples: readonly Sample[]): Remembered {
  const sorted = [...samples].sort((a, b) => a.t - b.t);
  const rolledUp: Sample[] = [];
  let [full, to] = [0, 0];
  return (nowMs) => {
    while ((sorted[to]?.t ?? Number.POSITIVE_INFINITY) <= nowMs) to += 1;
    for (;;) {
      const slot = slotOf(sorted[full]?.t ?? Number.POSITIVE_INFINITY);
      if (slot >= slotOf(nowMs - FULL_MS)) break;
      const from = full;
      while (full < to && slotOf(sorted[full]?.t ?? Number.POSITIVE_INFINITY) === slot) full += 1;
      const [first, ...rest] = sorted.slice(from, full).map(toRow);
      if (first) rolledUp.push(fromRollUp(rollUp([first, ...rest])));
    }
    return [...rolledUp, ...sorted.slice(full, to)];
  };
}

/** Behind the fields of a roll-up: how far the least of anon, kernel and shmem is below its mean. */
function fromRollUp(row: Row): Sample {
  const sample = toSample(row);
  const [anon, kernel, shmem] = row.slice(1 + FIELDS.length);
  return {
    ...sample,
    ...least('leastAnon', sample.anon, anon),
    ...least('leastKernel', sample.kernel, kernel),
    ...least('leastShmem', sample.shmem, shmem),
  };
}

function least(name: keyof Sample, mean: number | undefined, depth: number | null | undefined): Partial<Sample> {
  return mean === undefined || typeof depth !== 'number' ? {} : { [name]: mean - depth };
}
