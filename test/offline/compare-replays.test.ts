import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareService, type ReplayLine } from '../../src/offline/compare-replays.js';

const HOUR = 3_600_000;
const line = (event: ReplayLine['event'], hour: number, over: Partial<ReplayLine> = {}): ReplayLine => ({
  ...{ id: 'api-svc', t: hour * HOUR, event, level: 'message', verdict: 'leaking', reason: 'steady-growth' },
  ...over,
});
const compared = (here: ReplayLine[], there: ReplayLine[]) => compareService(here, there).differences;

describe('what another version says otherwise', () => {
  test('nothing, of the same', () => {
    const all = [line('alert', 1), line('update', 2, { level: 'page' }), line('resolve', 9, { level: 'page' })];
    expect(compareService(all, all)).toEqual({ differences: [], same: 3 });
  });

  test('a message that is later is one that moved, not one that is missing and one that is new', () => {
    const [here, there] = [line('alert', 2), line('alert', 1)];
    expect(compared([here, line('resolve', 9)], [there, line('resolve', 9)])).toEqual([{ here, there }]);
  });

  test('another level, another reason: changed', () => {
    const there = [line('alert', 1), line('resolve', 5)];
    const here = [line('alert', 1, { level: 'page' }), line('resolve', 5, { reason: 'cache' })];
    expect(compared(here, there)).toEqual([
      { here: here[0], there: there[0] },
      { here: here[1], there: there[1] },
    ]);
  });

  test('an incident that only one of them opens, between two that both have', () => {
    const both = [line('alert', 1), line('resolve', 5), line('alert', 200), line('resolve', 210)];
    const more = [line('alert', 100), line('resolve', 110)];
    const all = [...both, ...more].sort((a, b) => a.t - b.t);
    expect(compared(all, both)).toEqual(more.map((here) => ({ here, there: null })));
    expect(compared(both, all)).toEqual(more.map((there) => ({ here: null, there })));
  });

  test('more than a day apart they are two messages', () => {
    const [here, there] = [line('alert', 30), line('alert', 1)];
    expect(compared([here], [there])).toEqual(
      expect.arrayContaining([
        { here, there: null },
        { here: null, there },
      ]),
    );
  });

  test('edits that leave it as loud as it was are not compared; one that makes it a page is', () => {
    const here = [
      line('alert', 1),
      line('update', 2),
      line('update', 3, { level: 'page' }),
      line('update', 4, { level: 'page' }),
    ];
    expect(compareService(here, [line('alert', 1)])).toEqual({ differences: [{ here: here[2], there: null }], same: 1 });
  });

  test('whatever both say, each message is in it once', () => {
    const lines = fc
      .array(
        fc.record({
          t: fc.integer({ min: 0, max: 200 * HOUR }),
          event: fc.constantFrom('alert', 'resolve'),
          level: fc.constantFrom('page', 'message'),
        }),
        { maxLength: 12 },
      )
      .map((all) => all.map((one) => line(one.event as 'alert', 0, one as Partial<ReplayLine>)).sort((a, b) => a.t - b.t));
    fc.assert(
      fc.property(lines, lines, (here, there) => {
        const { differences, same } = compareService(here, there);
        expect(differences.filter((one) => one.here).length + same).toBe(here.length);
        expect(differences.filter((one) => one.there).length + same).toBe(there.length);
      }),
    );
  });
});
