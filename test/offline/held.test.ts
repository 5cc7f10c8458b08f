import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Sample } from '../../src/model/sample.js';
import { HELD_MS, holding } from '../../src/offline/held.js';
import { rollUp, SLOT_MS } from '../../src/offline/roll-up.js';
import { rollUp as storeRollUp } from '../../src/store/roll-up.js';
import { byColumn, FIELDS, ROW_WIDTH, toRow, toTable } from '../../src/store/sample-codec.js';

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 24 * 3_600_000];
const T0 = Date.UTC(2026, 0, 5);

describe('a roll-up', () => {
  const size = fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: undefined });
  const limit = fc.option(fc.constantFrom(null, 2 ** 28, 2 ** 29), { nil: undefined });
  const fields = Object.fromEntries(FIELDS.map((field) => [field, field === 'limit' ? limit : size]));
  const slot = fc
    .array(fc.record({ t: fc.integer({ min: 0, max: SLOT_MS - 1 }), ...fields }), { minLength: 1, maxLength: 30 })
    .map((samples) => samples.map((one) => withoutHoles({ ...one, t: T0 + one.t })));

  test('is the live store’s, in every figure', () => {
    fc.assert(
      fc.property(slot, (samples) => {
        const [first, ...rest] = samples.map(toRow);
        if (!first) return;
        const row = storeRollUp([first, ...rest]);
        const expected: Record<string, unknown> = { ...toTable(byColumn([row], ROW_WIDTH)).at(0) };
        for (const [i, field] of (['Anon', 'Kernel', 'Shmem'] as const).entries()) {
          const [mean, depth] = [expected[field.toLowerCase()], row[FIELDS.length + 1 + i]];
          if (typeof mean === 'number' && typeof depth === 'number') expected[`least${field}`] = mean - depth;
        }
        expect(rollUp(samples, 0, samples.length)).toEqual(expected);
      }),
      { seed: 5 },
    );
  });
  test('of roll-ups keeps the least', () => {
    const samples = [
      { t: T0, anon: 40_960, leastAnon: 8_192 },
      { t: T0 + MINUTE, anon: 40_960 },
    ];
    expect(rollUp(samples, 0, 2)).toMatchObject({ anon: 40_960, leastAnon: 8_192 });
  });
});

function withoutHoles(sample: Record<string, unknown>): Sample {
  return Object.fromEntries(Object.entries(sample).filter(([, value]) => value !== undefined)) as Sample;
}

/** The same from the beginning at each tick, as its description says. */
function heldFromScratch(samples: readonly Sample[], nowMs: number): Sample[] {
  const seen = samples.filter(({ t }) => t <= nowMs);
  const slotOf = ({ t }: Sample) => Math.floor(t / SLOT_MS);
  const firstFull = Math.floor(((seen.at(-1)?.t ?? 0) - 2 * HOUR) / SLOT_MS);
  const slots = new Map<number, Sample[]>();
  for (const sample of seen) slots.set(slotOf(sample), [...(slots.get(slotOf(sample)) ?? []), sample]);
  const rolled = [...slots].filter(([slot]) => slot < firstFull).map(([, inside]) => rollUp(inside, 0, inside.length));
  return [...rolled, ...seen.filter((sample) => slotOf(sample) >= firstFull)].filter(({ t }) => t >= nowMs - HELD_MS);
}

describe('what is held', () => {
  test('two hours at full rate, five minutes each before', () => {
    const samples = Array.from({ length: 6 * 240 }, (_, i) => ({ t: T0 + i * 15_000, anon: 2 ** 26 + i * 4_096 }));
    const held = holding(samples).at(T0 + 6 * HOUR);
    expect(held.length).toBe(4 * 12 - 1 + 20 + 2 * 240);
    expect(held.slice(0, 2)).toEqual([rollUp(samples, 0, 20), rollUp(samples, 20, 40)]);
    expect(held.slice(-480)).toEqual(samples.slice(-480));
  });
  test('nothing of the future, and what is to come next', () => {
    const store = holding([{ t: 10 }, { t: 20 }, { t: 30 }]);
    expect(store.nextMs()).toBe(10);
    expect(store.at(25)).toEqual([{ t: 10 }, { t: 20 }]);
    expect(store.nextMs()).toBe(30);
    store.at(30);
    expect(store.nextMs()).toBe(Number.POSITIVE_INFINITY);
  });
  test('14 days, and then nothing', () => {
    const store = holding([{ t: T0, anon: 1 }]);
    expect(store.at(T0 + 14 * DAY)).toHaveLength(1);
    expect(store.at(T0 + 14 * DAY + 1)).toEqual([]);
  });
  test('what has left takes nothing with it', () => {
    const samples = Array.from({ length: 16 * 144 }, (_, i) => ({ t: T0 + i * 10 * MINUTE, anon: i * 65_536 }));
    const store = holding(samples);
    for (let nowMs = T0; nowMs <= T0 + 16 * DAY; nowMs += 12 * HOUR) {
      expect(store.at(nowMs)).toEqual(heldFromScratch(samples, nowMs));
    }
  });
  test('tick by tick it is what it would be from the beginning, whatever the gaps', () => {
    const gap = fc.oneof(
      { weight: 30, arbitrary: fc.integer({ min: 1, max: 4 * MINUTE }) },
      fc.integer({ min: 1, max: 20 * DAY }),
    );
    const tick = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(MINUTE, 5 * MINUTE) }, fc.integer({ min: 0, max: 3 * DAY }));
    fc.assert(
      fc.property(fc.array(gap, { maxLength: 200 }), fc.array(tick, { maxLength: 60 }), (gaps, ticks) => {
        let t = T0;
        const samples = gaps.map((ms, i) => {
          t += ms;
          return { t, anon: ((i * 7_919) % 100) * 65_536 };
        });
        const store = holding(samples);
        let nowMs = T0;
        for (const ms of ticks) {
          nowMs += ms;
          expect(store.at(nowMs)).toEqual(heldFromScratch(samples, nowMs));
        }
      }),
      { numRuns: 100, seed: 6 },
    );
  });
});
