import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { basisOf } from '../../src/analysis/basis.js';
import { candidatesOf, contest, courseOf } from '../../src/analysis/contest.js';
import { bucketed, toothMs } from '../../src/analysis/floor.js';
import { groundOf } from '../../src/analysis/ground.js';
import { leastSquares } from '../../src/analysis/least-squares.js';
import { PHIS, whiten } from '../../src/analysis/noise.js';
import type { Context } from '../../src/analysis/shapes/shape.js';
import { MIB, MINUTE } from '../support/draw-series.js';

const PAGE = 4096;

const LENGTHS = { minLength: 9, maxLength: 48 };
/** A floor of a leak, a step and a wave of any size, under noise; after times apart like these. */
const floorsAfter = (gaps: fc.Arbitrary<number[]>) =>
  fc
    .record({
      gaps,
      noise: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 48, maxLength: 48 }),
      leak: fc.integer({ min: 0, max: 80 }),
      step: fc.integer({ min: 0, max: 40 }),
      wave: fc.integer({ min: 0, max: 40 }),
    })
    .map(({ gaps, noise, leak, step, wave }) => {
      let at = 0;
      const t = Float64Array.from(gaps, (gap) => (at += gap * 30 * MINUTE));
      const bytes = t.map((ms, i) => {
        const x = ms / at;
        return MIB * (100 + leak * x + (x > 0.6 ? step : 0) + wave * Math.sin(9 * x) + (noise[i] ?? 0));
      });
      return { t, bytes };
    });

const floors = floorsAfter(fc.array(fc.double({ min: 0.3, max: 3, noNaN: true }), LENGTHS));
const evenFloors = floorsAfter(fc.array(fc.constant(1), LENGTHS));

/** Traffic by day and night, for the shapes that look at it. */
const traffic = (t: Float64Array): Context => ({
  load: { of: 'net', rate: t.map((_, i) => 0.5 + 0.5 * Math.sin(i / 5)), total: t.map((_, i) => (i / t.length) ** 1.1) },
});

describe('the search', () => {
  test('finds for every candidate what least squares finds, whatever was looked at before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(floors, evenFloors), { minLength: 2, maxLength: 3 }),
        fc.nat(PHIS.length - 1),
        (several, which) => {
          for (const { t, bytes } of several) {
            const { layout, tried, views } = groundOf(t);
            const view = views[which];
            if (!view) throw new Error('there is one for each φ');
            const basis = basisOf(layout, t, bytes);
            const floor = bytes.map((value) => value - 100 * MIB);
            view.look(floor);
            const candidates = tried.flatMap((one) => candidatesOf(one, basis, traffic(t))).flat();
            for (const { columns } of candidates) {
              const found = view.rss(columns);
              const plain = leastSquares(
                columns.map(({ values }) => whiten(values, view.noise)),
                whiten(floor, view.noise),
              );
              // Beside the page that memory is counted in, nothing smaller counts.
              if (plain) expect(Math.abs(found - plain.rss)).toBeLessThan(1e-6 * (plain.rss + floor.length * PAGE ** 2));
              expect(Number.isNaN(found)).toBe(plain === null);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });
  test('what is kept from one floor to the next changes nothing in what was found', () => {
    fc.assert(
      fc.property(evenFloors, evenFloors, (floor, other) => {
        const first = contest(floor, traffic(floor.t));
        const courses = () => first && [first.harmless, ...first.rivals].map((entry) => courseOf(entry, first.centre));
        const before = courses();
        contest(other, traffic(other.t));
        expect(courses()).toEqual(before);
        expect(contest(floor, traffic(floor.t))?.rivals.map(({ bic }) => bic)).toEqual(first?.rivals.map(({ bic }) => bic));
      }),
      { numRuns: 40 },
    );
  });
  test('columns that do not tell each other apart have no residual, and no fit', () => {
    const t = Float64Array.from({ length: 20 }, (_, i) => i * MINUTE);
    const { layout, views } = groundOf(t);
    const columns = [layout.ones(), layout.line(), layout.curve((x) => 2 * x + 1)];
    for (const view of views) {
      view.look(t);
      expect(view.rss(columns)).toBeNaN();
      expect(view.fit(columns)).toBeNull();
    }
  });
  test('each shape is told by one noise throughout: fit, variance and criterion belong together', () => {
    fc.assert(
      fc.property(floors, (floor) => {
        const found = contest(floor, traffic(floor.t));
        if (!found) return;
        const { harmless, leaking, rivals } = found;
        for (const rival of rivals) expect(rival.bic).toBeGreaterThanOrEqual(leaking.bic);
        expect(rivals).toContain(leaking);
        for (const { fit, noise, candidate, bic, variance } of [harmless, ...rivals]) {
          const [n, parameters] = [floor.t.length, candidate.columns.length + candidate.searched + 2];
          expect(bic).toBeCloseTo(n * Math.log(variance) + noise.logDet + parameters * Math.log(n), 6);
          expect([...fit.coefficients].every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('the floor is found without a change to what it is found in', () => {
  const t = Float64Array.from({ length: 600 }, (_, i) => i * MINUTE);
  const bytes = t.map((_, i) => ((i * 7919) % 100) * MIB);
  const before = bytes.slice();
  bucketed({ t, bytes }, 48, 0.2);
  toothMs({ t, bytes });
  expect(bytes).toEqual(before);
});
