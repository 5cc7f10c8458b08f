import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CorpusError, type CorpusLine, readCorpus } from '../../bench/detect/corpus.js';
import { costOfADay, growthWithLength, memoryOf } from '../../bench/detect/cost.js';
import { seriesOf } from '../../bench/detect/series.js';
import { costTable, growthTable } from '../../bench/detect/table.js';
import { bundle } from '../support/bundle.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';
import { lineOf } from './line-of.js';

const folder = mkdtempSync(join(tmpdir(), 'leakwatch-detect-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const SLOW = { charMs: 10 * MINUTE, stepBytes: 10 * MIB, noiseBytes: MIB };
const leak = lineOf(drawn('/////////', SLOW), {
  id: 'leak-1',
  family: 'leak',
  label: 'leak',
  truth: { slopeBytesPerHour: 60 * MIB },
});
const calm = lineOf(drawn('_________', SLOW), { id: 'calm-1', family: 'calm' });
const jsonl = (...lines: unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

async function all(path: string): Promise<CorpusLine[]> {
  const lines: CorpusLine[] = [];
  for await (const line of readCorpus(path)) lines.push(line);
  return lines;
}

describe('a corpus', () => {
  test('is read as it is, gzipped by any name, with blank lines and without a last end of line', async () => {
    const expected = [leak, calm];
    expect(await all(write('a.jsonl', jsonl(leak, calm)))).toEqual(expected);
    expect(await all(write('b.jsonl', gzipSync(jsonl(leak, calm))))).toEqual(expected);
    expect(await all(write('c.jsonl', `\n${jsonl(leak)}\r\n\n${JSON.stringify(calm)}`))).toEqual(expected);
  });
  test.each([
    ['nowhere', null, /nowhere: no such file/],
    ['empty', '', /empty: has no series/],
    ['blank', '\n\n', /blank: has no series/],
    ['text', 'api leaks\n', /text:1: not JSON/],
    ['half.gz', gzipSync(jsonl(leak)).subarray(0, 60), /half.gz: cannot be read: unexpected end of file/],
    ['bare', jsonl(leak, { id: 'x' }), /bare:2: family: /],
    ['odd', jsonl({ ...leak, samples: [{ t: 'noon' }] }), /odd:1: samples.0.t: .*number/],
  ])('%s: says what is wrong, and where', async (name, content, problem) => {
    const path = content === null ? join(folder, name) : write(name, content);
    await expect(all(path)).rejects.toThrow(problem);
    await expect(all(path)).rejects.toThrow(CorpusError);
  });
});

describe('a line as a series', () => {
  test('what is not measured is derived where the others tell it, and absent where they do not', () => {
    const line = {
      ...calm,
      samples: [
        { t: 1, usage: 100, anon: 60, file: 30, workingSet: 80 },
        { t: 2, anon: 60, file: null },
      ],
    };
    expect([...seriesOf(line).samples]).toEqual([
      { t: 1, usage: 100, anon: 60, file: 30, inactiveFile: 20, kernel: 10 },
      { t: 2, anon: 60 },
    ]);
    const whole = { t: 1, usage: 100, anon: 60, file: 30, workingSet: 80, inactiveFile: 1, kernel: 2, limit: null, cpuNanos: 5 };
    const { workingSet: _, ...kept } = whole;
    expect([...seriesOf({ ...calm, samples: [whole] }).samples]).toEqual([kept]);
  });
  test('a life begins at each start; one that began before it was seen, with its samples', () => {
    const lives = (over: Partial<CorpusLine>) =>
      seriesOf({ ...calm, ...over }).runs.map(({ startedAtMs, endedAtMs, image }) => [startedAtMs, endedAtMs, image]);
    expect(lives({ restarts: [] })).toEqual([[0, undefined, '']]);
    expect(lives({ restarts: [50, 20] })).toEqual([
      [0, 20, ''],
      [20, 50, ''],
      [50, undefined, ''],
    ]);
    const runs = [
      { startedAt: -9, image: 'api:1', oomKilled: true },
      { startedAt: 20, image: 'api:2' },
    ];
    expect(lives({ restarts: undefined, runs })).toEqual([
      [-9, 20, 'api:1'],
      [20, undefined, 'api:2'],
    ]);
    expect(seriesOf({ ...calm, runs }).replica.run.image).toBe('api:2');
  });
});

const tooWide = (text: string) => text.split('\n').filter((row) => [...row].length > 100);

describe('cost', () => {
  test('memory: what is kept in buffers, and what is garbage at once', () => {
    const { allocated, peak } = memoryOf(() => new Float64Array(1_000_000));
    for (const bytes of [allocated, peak]) expect(Math.abs(bytes / 8_000_000 - 1)).toBeLessThan(0.2);
    const garbage = memoryOf(() => {
      let made = 0;
      for (let i = 0; i < 1_000; i += 1) made += Array.from({ length: 10_000 }, (_, n) => ({ n })).length;
      return made;
    });
    // Each of the objects is 16 bytes at the least; they are not all there at once.
    expect(garbage.allocated).toBeGreaterThan(1_000 * 10_000 * 16);
    expect(garbage.peak).toBeLessThan(garbage.allocated / 2);
  });
  test('milliseconds and their ratio to the peer; figures of different lengths; what failed is said', () => {
    const day = costOfADay(2);
    expect(day['Mann-Kendall, Sen']?.ratio).toBe(1);
    for (const { meanMs, p99Ms } of Object.values(day)) expect(p99Ms).toBeGreaterThanOrEqual(meanMs);
    const [short, long] = growthWithLength([500, 20_000]);
    expect(short).toMatchObject({ samples: 500, ms: expect.any(Number) });
    if (!short || !long || 'failed' in short || 'failed' in long) throw new Error('no figures');
    const text = growthTable([short, long, { samples: 576_000, failed: 'RangeError: too deep' }]);
    expect(text).toMatch(/^20,000 .*×.*×.*×/m);
    expect(text).toContain('failed at 576000: RangeError: too deep');
    expect(tooWide(`${text}\n${costTable(day)}`)).toEqual([]);
  });
});

describe('bench detect', () => {
  let bench: Awaited<ReturnType<typeof bundle>> | undefined;
  beforeAll(async () => {
    bench = await bundle(new URL('../../bench/detect.ts', import.meta.url));
  });
  afterAll(() => bench?.remove());
  const run = async (...args: string[]) => {
    const command = ['--no-warnings', bench?.file ?? '', ...args];
    return promisify(execFile)(process.execPath, command, { env: { ...process.env, INIT_CWD: folder } }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
    );
  };
  test('scores everybody; a path is from where npm was called', async () => {
    write('both.jsonl', jsonl(leak, calm, { ...leak, id: 'w', family: 'week-leak' }));
    const { stdout, code } = await run('both.jsonl', '--json', '--no-cost');
    expect(code).toBe(0);
    const { verdicts, watch, costs } = JSON.parse(stdout);
    const names = ['Leakwatch', 'Coroot, RSS', 'Coroot, working set', 'predict_linear', 'R² > 0.8', 'Mann-Kendall, Sen'];
    for (const scores of [verdicts, watch, costs]) expect(Object.keys(scores)).toEqual(names);
    expect(verdicts.Leakwatch).toMatchObject({ truePositives: 1, falsePositives: 0, trueNegatives: 1, f1: 1 });
    expect(watch['R² > 0.8']).toMatchObject({ leaks: 1, found: 1 });
    expect(costs['Mann-Kendall, Sen'].ratio).toBe(1);
  }, 60_000);
  test('its tables fit into 100 columns', async () => {
    const long = { ...leak, id: 'l', family: 'leak-with-a-name-of-thirty-char' };
    write('tables.jsonl', jsonl(leak, calm, long, { ...calm, id: 'w', family: 'week-healthy' }));
    const { stdout } = await run('tables.jsonl', '--families', '--misses', '--no-cost');
    expect(stdout).toContain('3 series, 2 of them leaks');
    expect(stdout).toContain('1 watched, 0.0 healthy container-weeks');
    expect(tooWide(stdout)).toEqual([]);
  }, 60_000);
  test('without a path: generated cases, the same for the same seed', async () => {
    const args = ['--json', '--no-cost', '--per-family', '1', '--seed', '7'];
    const [one, two] = (await Promise.all([run(...args), run(...args)])).map(({ stdout }) => JSON.parse(stdout));
    expect(one.corpus).toBe('generated hours, seed 7');
    expect(Object.keys(one.verdicts.Leakwatch.families).length).toBeGreaterThan(50);
    expect(one.verdicts).toEqual(two.verdicts);
  }, 120_000);
  test.each([[['nowhere.jsonl']], [['--bogus']], [['--seed', 'x']], [['tables.jsonl', '--hard']]])(
    'bad arguments %j: one line, exit 2',
    async (args) => {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
    },
    60_000,
  );
});
