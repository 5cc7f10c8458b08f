import { describe, expect, test } from '@jest/globals';
import { heapsBefore } from '../../src/analysis/heap-base.js';
import type { Since, TakenHeap } from '../../src/model/heap-taking.js';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;
const usual = { kind: 'usual' } as const;

/** A heap of a replica, so many hours ago; a life is its container's. */
function heap(replica: string, hoursAgo: number, over: Partial<TakenHeap> = {}): TakenHeap {
  return {
    ...{
      id: `${replica} ${hoursAgo}`,
      service: 'api',
      replica,
      number: 1,
      name: replica,
      host: 'hv-01',
      containerId: `c-${replica}`,
    },
    ...{ image: 'api:1', profile: 'heap', startedAtMs: 0, takenAtMs: NOW - hoursAgo * HOUR, why: 'regular', bytes: 1_000 },
    ...over,
  };
}
const now = heap('a', 0);
const ids = (all: readonly TakenHeap[], since: Since = usual, of = now) => heapsBefore(all, of, since).map(({ id }) => id);

describe('of the same process', () => {
  const all = [48, 30, 20, 10, 2].map((hours) => heap('a', hours));
  test.each<[string, Since, string[]]>([
    ['the first within a day, and those since', usual, ['a 20', 'a 10', 'a 2']],
    ['the one before', { kind: 'last' }, ['a 2']],
    ['the first of this image', { kind: 'deploy' }, ['a 48', 'a 30', 'a 20', 'a 10', 'a 2']],
    ['the youngest that is so old', { kind: 'age', ms: 15 * HOUR }, ['a 20', 'a 10', 'a 2']],
    ['none is so old: the first', { kind: 'age', ms: 300 * HOUR }, ['a 48', 'a 30', 'a 20', 'a 10', 'a 2']],
  ])('%s', (_, since, expected) => expect(ids([...all, now, heap('b', 5)], since)).toEqual(expected));

  test('it has none of the last day: its last one', () => expect(ids([heap('a', 50), heap('a', 40)])).toEqual(['a 40']));
  test('of a hundred, eight at most, spread evenly from the first to the last', () => {
    const many = Array.from({ length: 100 }, (_, i) => heap('a', 23 - i * 0.2));
    const chosen = heapsBefore(many, now, usual);
    expect(chosen).toHaveLength(8);
    expect(chosen[0]).toBe(many[0]);
    const gaps = chosen.slice(1).map((one, i) => (one.takenAtMs - (chosen[i]?.takenAtMs ?? 0)) / HOUR);
    expect(Math.max(...gaps)).toBeLessThan(2 * Math.min(...gaps));
  });
  test('large ones: as many as there is memory for', () => {
    const large = [6, 5, 4, 3, 2, 1].map((hours) => heap('a', hours, { bytes: 20 * 2 ** 20 }));
    expect(ids(large)).toHaveLength(2);
  });
  test('another profile, later ones and itself are nothing to compare with', () => {
    expect(ids([heap('a', 1, { profile: 'allocs' }), heap('a', -1), now])).toEqual([]);
  });
});

describe('of no heap of the same process, the nearest in kind', () => {
  const newImage = { image: 'api:2', containerId: 'c-new', startedAtMs: 990 * HOUR };
  test('what was allocated is counted from the start of a process: another one’s is nothing to take away from it', () => {
    const allocs = { profile: 'allocs' } as const;
    const again = heap('a', 0, { ...allocs, containerId: 'again' });
    for (const since of [usual, { kind: 'last' }, { kind: 'deploy' }] as const)
      expect(ids([heap('a', 9, allocs), heap('b', 1, allocs)], since, again)).toEqual([]);
    expect(ids([heap('a', 9, allocs)], usual, heap('a', 0, allocs))).toEqual(['a 9']);
  });
  test('its own life before', () => {
    expect(ids([heap('a', 9), heap('b', 1)], usual, heap('a', 0, { containerId: 'again' }))).toEqual(['a 9']);
  });
  test('a sister of the same image, before one of another', () => {
    expect(ids([heap('b', 9, newImage), heap('c', 1)], usual, heap('a', 0, newImage))).toEqual(['b 9']);
    expect(ids([heap('c', 1)], usual, heap('a', 0, newImage))).toEqual(['c 1']);
  });
  test('since the deploy: the first of this image, whoever it is of', () => {
    expect(
      ids([heap('b', 8, newImage), heap('b', 2, newImage), heap('a', 30)], { kind: 'deploy' }, heap('a', 0, newImage)),
    ).toEqual(['b 8']);
  });
  test('images are told apart by their ids, where they are known', () => {
    const [old, fresh] = [heap('b', 3, { imageId: 'sha256:1' }), heap('a', 0, { imageId: 'sha256:2', containerId: 'x' })];
    expect(ids([old, heap('c', 5, { imageId: 'sha256:2' })], usual, fresh)).toEqual(['c 5']);
  });
});
