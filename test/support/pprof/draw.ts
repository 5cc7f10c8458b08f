import type { Dice } from './busy-heap.js';
import type { Drawn } from './encode.js';

const NAMES = [
  'main.main',
  'main.leak',
  'malloc',
  'arena_malloc',
  'a.(*T).B',
  'op::operator()(int)',
  '.dotted',
  'x',
  'Zürich.λ',
  '',
];
const FILES = ['/app/server', '/lib/libc.so.6', 'plain', '/', ''];

/**
 * A profile of any form that is allowed: ids that are dense, sparse or 64 bits wide, functions of one name in several places,
 * recursion, inlining, locations without functions, labels, negative values, frames to drop. Sums stay below `most`.
 */
export function drawProfile(dice: Dice, most = 2 ** 40): Drawn {
  const id =
    [(n: number) => n, (n: number) => 7 * n + 5_000, (n: number) => (1n << 63n) + BigInt(n)][dice(3)] ?? ((n: number) => n);
  const some = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, i) => make(i + 1));
  const mappings = some(dice(4), (n) => ({ id: id(n), file: FILES[dice(FILES.length)] ?? '' }));
  const functions = some(1 + dice(12), (n) => ({ id: id(n), name: NAMES[dice(NAMES.length)] ?? '', file: FILES[dice(3)] ?? '' }));
  const locations = some(1 + dice(20), (n) => ({
    id: id(n),
    ...(mappings.length > 0 && dice(3) > 0 ? { mapping: id(1 + dice(mappings.length)) } : {}),
    address: dice(1_000),
    lines: some(dice(4), () => [id(1 + dice(functions.length)), dice(90)] as const),
  }));
  const value = () => (dice(5) === 0 ? 0 : (dice(4) === 0 ? -1 : 1) * dice(most / 128));
  const stacks = some(dice(40), () => ({
    locations: some(dice(12), () => id(1 + dice(locations.length))),
    values: [value(), value()],
    labels: dice(3) === 0 ? { bytes: 1 + dice(99), tenant: 'a' } : {},
  }));
  return {
    measures: [
      ['inuse_objects', 'count'],
      ['inuse_space', 'bytes'],
    ],
    ...{ mappings, functions, locations, stacks, period: ['space', 'bytes', 524_288], unpacked: dice(2) === 0 },
    ...(dice(3) === 0 ? { dropFrames: 'malloc|op::.*', keepFrames: dice(2) === 0 ? 'x|malloc' : '' } : {}),
  };
}
