import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { heapGrowth } from '../../../src/analysis/heap-growth.js';
import { readHeaps } from '../../../src/sources/pprof/read-heap.js';
import { parseTop } from '../../support/pprof/go-top.js';

/** What `go tool pprof -top` says of every profile that was kept, value by value. */
const FOLDER = 'test/golden/pprof';
const CASES = readdirSync(join(FOLDER, 'expected')).filter((name) => name.endsWith('.full.txt'));
const profile = (name: string) => readFileSync(join(FOLDER, name));

test('there are as many as there should be', () => expect(CASES).toHaveLength(91));

describe.each(CASES)('%s', (name) => {
  const [drawn = '', kind, measure] = name.split('.');
  test('every row, the totals, and the order', async () => {
    const [now, base] = await readHeaps(profile(`${drawn}.now.pb.gz`), kind === 'diff' ? profile(`${drawn}.base.pb.gz`) : null);
    const growth = heapGrowth(now, base, 'flat', measure);
    const expected = parseTop(readFileSync(join(FOLDER, 'expected', name), 'utf8'));
    const rows = growth.rows.map(({ flat, cum, function: called }) => `${flat} ${cum} ${called}`);
    expect([...rows].sort()).toEqual([...expected.rows].sort());
    expect(String(growth.baseTotal || growth.total)).toBe(expected.total);
    // Where nothing shrank, pprof's order is ours.
    if (growth.rows.every(({ flat }) => flat >= 0n)) expect(rows).toEqual(expected.rows);
    expect(growth.rows.map(({ flat }) => flat)).toEqual(
      growth.rows.map(({ flat }) => flat).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)),
    );
  });
});
