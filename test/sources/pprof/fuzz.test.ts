import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { heapGrowth } from '../../../src/analysis/heap-growth.js';
import { readHeaps } from '../../../src/sources/pprof/read-heap.js';
import { type Dice, diceOf } from '../../support/pprof/busy-heap.js';
import { drawProfile } from '../../support/pprof/draw.js';
import { encode } from '../../support/pprof/encode.js';
import { goTop, type TopRow } from '../../support/pprof/go-top.js';

/** Against the decoder and the sums of the Go that is installed; the same profiles every time. */
const DRAWINGS = 30;
const MUTANTS = 200;

const folder = mkdtempSync(join(tmpdir(), 'leakwatch-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function ours(now: Buffer, base: Buffer | null): Promise<TopRow[]> {
  const [heap, earlier] = await readHeaps(now, base);
  return heapGrowth(heap, earlier, 'flat', 'inuse_space').rows.map(({ flat, cum, function: name }) => `${flat} ${cum} ${name}`);
}

function file(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test.each(Array.from({ length: DRAWINGS }, (_, seed) => seed))('drawing %i: every row is that of go tool pprof', async (seed) => {
  const dice = diceOf(seed);
  const now = encode(drawProfile(dice));
  const base = seed % 2 === 0 ? null : encode(drawProfile(dice));
  const theirs = goTop(file('now', now), base && file('base', base), 'inuse_space', 'B');
  expect((await ours(now, base)).sort()).toEqual(theirs.rows.sort());
});

test('mutants: refused with a sentence, or what go tool pprof makes of them', async () => {
  let accepted = 0;
  for (let seed = 1_000; seed < 1_000 + MUTANTS; seed += 1) {
    const dice = diceOf(seed);
    const mutant = mutate(encode({ ...drawProfile(dice), dropFrames: '' }), dice);
    const rows = await ours(mutant, null).catch((error) => {
      expect(error).toMatchObject({ who: 'person' });
      return null;
    });
    if (!rows) continue;
    accepted += 1;
    expect({ seed, rows: rows.sort() }).toEqual({
      seed,
      rows: goTop(file('mutant', mutant), null, 'inuse_space', 'B').rows.sort(),
    });
  }
  expect(accepted).toBeGreaterThan(MUTANTS / 20);
}, 120_000);

function mutate(bytes: Buffer, dice: Dice): Buffer {
  const mutant = Buffer.from(bytes);
  for (let changes = 1 + dice(3); changes > 0; changes -= 1) mutant[dice(mutant.length)] = dice(256);
  return dice(6) === 0 ? mutant.subarray(0, dice(mutant.length)) : mutant;
}
