import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { suggestCeiling } from '../../src/render/not-a-leak.js';

const size = fc.integer({ min: 1, max: 2 ** 45 });

test('a ceiling that is proposed is above what is held and below the limit', () => {
  fc.assert(
    fc.property(size, fc.option(size, { nil: undefined }), (used, limit) => {
      const ceiling = suggestCeiling(used, limit) ?? Number.NaN;
      expect(ceiling).toBeGreaterThan(used);
      if (limit !== undefined && limit > used) expect(ceiling).toBeLessThan(limit);
    }),
  );
});
test('of nothing known there is no proposal; of a limit alone, 90 % of it', () => {
  expect([suggestCeiling(undefined, undefined), suggestCeiling(undefined, 100)]).toEqual([undefined, 90]);
});
