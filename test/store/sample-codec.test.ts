import { deflateRawSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { packRows, type Row, toRow, toTable, unpackColumns, unpackRows } from '../../src/store/sample-codec.js';

/** Differences are exact as long as they are below 2^53: figures up to 2 PiB. */
const whole = fc.integer({ min: -(2 ** 51), max: 2 ** 51 }).map((value) => value + 0);
const cell = fc.option(whole, { nil: null });
const rowsOf = fc
  .integer({ min: 1, max: 17 })
  .chain((width) => fc.array(fc.tuple(whole, ...Array.from({ length: width }, () => cell)), { minLength: 1, maxLength: 40 }));

test('rows come back as they were, absent cells and whole columns of them too', () => {
  fc.assert(
    fc.property(rowsOf, fc.boolean(), (rows, withoutLast) => {
      const given = rows.map(([t, ...cells]): Row => [t, ...(withoutLast ? [...cells.slice(0, -1), null] : cells)]);
      expect(unpackRows(packRows(given))).toEqual(given);
    }),
  );
});

test('columns that nobody measured take no room when they are read: one stands for all', () => {
  const rows = Array.from({ length: 240 }, (_, i) => toRow({ t: 1_700_000_000_000 + i * 15_000, anon: 2 ** 28 + 4096 * i }));
  const [t, ...figures] = unpackColumns(packRows(rows));
  expect(new Set(figures).size).toBe(2);
  const table = toTable([t ?? new Float64Array(0), ...figures]);
  expect(table.column('anon')).toEqual(Float64Array.from(rows, (_, i) => 2 ** 28 + 4096 * i));
  expect(table.column('file')).toBeUndefined();
});

test('what was kept before columns had heads is read', () => {
  const rows: Row[] = [
    [1_700_000_000_000, 4096, null, -1],
    [1_700_000_015_000, 2 ** 33, null, -1],
    [1_700_000_030_000, null, null, 5],
  ];
  expect(unpackRows(withoutHeads(rows))).toEqual(rows);
});

/** As it was: nine planes a column, the first of them signs, and every column begins at 0. */
function withoutHeads(rows: readonly Row[]): Buffer {
  const [length, width] = [rows.length, rows[0]?.length ?? 0];
  const bytes = Buffer.alloc(3 + length * width * 9);
  bytes.writeUInt16BE(length, 0);
  bytes.writeUInt8(width, 2);
  for (let column = 0; column < width; column += 1) {
    let last = 0;
    for (const [i, row] of rows.entries()) {
      const value = row[column] ?? null;
      if (value === null) continue;
      const at = 3 + column * length * 9 + i;
      bytes[at] = value < last ? 2 : 1;
      const size = Buffer.alloc(8);
      size.writeBigUInt64LE(BigInt(Math.abs(value - last)));
      for (const [plane, byte] of size.entries()) bytes[at + (plane + 1) * length] = byte;
      last = value;
    }
  }
  return deflateRawSync(bytes);
}
