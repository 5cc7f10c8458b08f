import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytes } from '../../src/render/units.js';
import { parseRate, parseSize } from '../../src/slack/size.js';

const MIB = 2 ** 20;

test.each([
  ['400 MiB', 400 * MIB],
  ['400MB', 400 * MIB],
  ['512m', 512 * MIB],
  ['1.5 GiB', 1536 * MIB],
  ['1,5 GiB', 1536 * MIB],
  ['1,023 MiB', 1023 * MIB],
  ['  2 gib ', 2048 * MIB],
  ['400', null],
  ['MiB', null],
  ['-3 MiB', null],
  ['0 MiB', null],
  ['1e9 MiB', null],
  ['999999 TiB', null],
  ['<!channel>', null],
])('%j', (text, value) => expect(parseSize(text)).toBe(value));

test.each([
  ['60 MiB/h', 60 * MIB],
  ['60 MiB per hour', 60 * MIB],
  ['60 MiB', 60 * MIB],
  ['60 MiB/s', null],
])('%j an hour', (text, value) => expect(parseRate(text)).toBe(value));

test('what is written as a size is read as one, to the digits that are shown', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2 ** 10, max: 2 ** 45 }), (size) => {
      const read = parseSize(bytes(size)) ?? Number.NaN;
      expect(Math.abs(read - size) / size).toBeLessThan(0.06);
    }),
  );
});
