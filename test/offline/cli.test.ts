import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { drawn, MIB } from '../support/draw-series.js';

/** The command as it is built, in a process of its own. */
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CALM = '_'.repeat(150);
/** To just below the limit. */
const LEAK = '/'.repeat(60);

function lineOf(id: string, picture: string): string {
  const { samples, replica, runs } = drawn(picture, { intervalMs: 30_000, noiseBytes: MIB, stepBytes: 3 * MIB });
  const told = samples.map(({ t, usage = 0, anon, file, inactiveFile = 0 }) => ({
    ...{ t, usage, anon, file, workingSet: usage - inactiveFile },
  }));
  const restarts = runs.map(({ startedAtMs }) => startedAtMs);
  return JSON.stringify({ id, intervalSec: 30, limitBytes: replica.limitBytes, samples: told, restarts });
}

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ['dist/src/cli.js', ...args], { stdio: 'pipe' });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  return { child, errors: () => errors };
}

async function leakwatch(args: readonly string[], input: string | Buffer = '') {
  const { child, errors } = start(...args);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  // It may end before it has read all, when the file is not even there.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  const results = output.startsWith('{')
    ? output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  return { code, output, results, errors: errors() };
}

const FLEET = `${lineOf('calm', CALM)}\n${lineOf('leaks', `${CALM}${LEAK}`)}\n`;

describe('assess', () => {
  test('a verdict for each line, in order, in the form that is promised; plain, zipped, from standard input', async () => {
    const path = join(folder, 'fleet.jsonl.gz');
    writeFileSync(path, gzipSync(FLEET));
    const fromFile = await leakwatch(['assess', path]);
    expect(fromFile).toMatchObject({ code: 0, errors: '' });
    expect(fromFile.results.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['calm', 'stable'],
      ['leaks', 'leaking'],
    ]);
    expect(Object.keys(fromFile.results[0])).toEqual([
      ...['id', 'verdict', 'reason', 'explanation', 'growthBytesPerHour', 'growthLow', 'growthHigh'],
      ...['onsetMs', 'limitAtMs', 'limitAtLowMs', 'limitAtHighMs'],
    ]);
    expect(fromFile.results[0].limitAtMs).toBeNull();
    for (const input of [FLEET, gzipSync(FLEET)]) {
      expect((await leakwatch(['assess', '-'], input)).output).toBe(fromFile.output);
    }
  });

  test('bad lines are named, with line and field, and the others are answered', async () => {
    const lines = [
      `\ufeff${lineOf('calm', CALM)}`,
      '',
      '{"id": "half", "samples": [',
      '{"id":"wrong","samples":[{"t":1},{"t":"two"}]}',
      lineOf('calm', CALM),
      '{"id":"partly","samples":[{"t":1,"anon":-1},{"t":2,"anon":"NaN"}]}',
      '{"id":"nothing","samples":[]}',
    ];
    const { code, results, errors } = await leakwatch(['assess', '-'], lines.join('\r\n'));
    expect(code).toBe(2);
    expect(results.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['calm', 'stable'],
      ['partly', 'unknown'],
      ['nothing', 'unknown'],
    ]);
    expect(errors.trim().split('\n')).toEqual([
      expect.stringMatching(/^standard input:3: is not JSON: /),
      'standard input:4: samples[1].t: must be a number (Unix ms)',
      'standard input:5: id: "calm" is on line 1 already',
      'standard input:6: samples[0].anon: -1 is not possible: left out here and in 1 more; the rest is answered',
    ]);
  });

  test.each([
    ['a file that is not there', ['assess', 'nowhere.jsonl'], '', 'leakwatch: nowhere.jsonl: there is no such file.\n'],
    ['nothing', ['replay', '-'], '\n \n', 'leakwatch: standard input: is empty; a JSON object in each line is expected.\n'],
    ['no file named', ['assess'], '', "error: missing required argument 'file'\nMore: leakwatch assess --help\n"],
    [
      'nothing to replay',
      ['replay'],
      '',
      'leakwatch: replay: a file, or --prometheus and its URL. More: leakwatch replay --help\n',
    ],
    ['no such command', ['aces'], '', "error: unknown command 'aces'\n(Did you mean assess?)\nMore: leakwatch --help\n"],
    ['no such option', ['worker', '--al'], '', "error: unknown option '--al'\nMore: leakwatch worker --help\n"],
    ['a name that is none', ['assess', ''], '', 'leakwatch: "": there is no such file.\n'],
    [
      'a name in an address',
      ['replay', '--prometheus', 'http://ana:secret@127.0.0.1:9'],
      '',
      'leakwatch: --prometheus: has a name in it; PROMETHEUS_USER and PROMETHEUS_PASSWORD in the environment are for that.\n',
    ],
    [
      'an age of a file',
      ['replay', 'fleet.jsonl', '--since', '2h'],
      '',
      'leakwatch: replay: --since is of a --prometheus; a file is replayed whole. leakwatch export SERVICE --since AGE writes less.\n',
    ],
  ])('%s: one sentence, exit 2', async (_, args, input, sentence) => {
    expect(await leakwatch(args, input)).toMatchObject({ code: 2, output: '', errors: sentence });
  });

  test('times in seconds: judged as they are told, and it is said what they look like', async () => {
    const told = JSON.parse(lineOf('calm', CALM));
    const firstMs = told.samples[0].t;
    for (const sample of told.samples) sample.t = 1_795_000_000 + (sample.t - firstMs) / 1_000;
    const { code, results, errors } = await leakwatch(['assess', '-'], JSON.stringify({ ...told, restarts: [] }));
    expect([code, results.map(({ verdict }) => verdict)]).toEqual([0, ['unknown']]);
    expect(errors).toBe(
      'standard input:1: samples: as Unix ms their times are of January 1970. Where they are seconds, they have to be multiplied by 1000.\n',
    );
  });

  test('JSON over several lines: what is wrong with each, and what to do', async () => {
    const { code, output, errors } = await leakwatch(['assess', '-'], JSON.stringify(JSON.parse(lineOf('calm', '__')), null, 2));
    expect({ code, output }).toEqual({ code: 2, output: '' });
    expect(errors).toMatch(/^standard input:1: is not JSON: /);
    expect(errors.trim().split('\n').at(-1)).toBe(
      'leakwatch: standard input: no line of it is a history. Of JSON over several lines, jq -c . makes one each.',
    );
  });

  test('what stands before the cut of a file that is not whole is answered', async () => {
    const path = join(folder, 'cut.jsonl.gz');
    const others = Array.from({ length: 10 }, (_, i) => lineOf(`x-${i}`, CALM)).join('\n');
    writeFileSync(path, gzipSync(`${FLEET}${others}`).subarray(0, -2_000));
    const { code, results, errors } = await leakwatch(['assess', path]);
    expect(code).toBe(2);
    expect(results.slice(0, 2).map(({ id }) => id)).toEqual(['calm', 'leaks']);
    expect(errors).toBe(`leakwatch: ${path}: its gzip data ends in the middle: the file is not whole.\n`);
  });

  test('a reader that goes away ends it quietly', async () => {
    const { child, errors } = start('assess', '-');
    child.stdin.on('error', () => {});
    child.stdin.write(Array.from({ length: 20_000 }, (_, i) => `{"id":"${i}","samples":[]}\n`).join(''));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    // Standard input stays open: nothing but the reader's going ends it.
    const [code] = await once(child, 'close');
    expect({ code, errors: errors() }).toEqual({ code: 0, errors: '' });
  });
});

test('replay: what the watch would have said, and when', async () => {
  const { code, results, errors } = await leakwatch(['replay', '-'], FLEET);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(new Set(results.map(({ id }) => id))).toEqual(new Set(['leaks']));
  expect(Object.keys(results[0])).toEqual([
    ...['id', 't', 'event', 'level', 'verdict', 'reason', 'growthBytesPerHour', 'limitAtMs'],
  ]);
});

test('replay of what is quiet: nothing is printed, and that it was heard is said beside it', async () => {
  const { code, output, errors } = await leakwatch(['replay', '-'], `${lineOf('calm', CALM)}\n${lineOf('too', CALM)}\n`);
  expect({ code, output }).toEqual({ code: 0, output: '' });
  expect(errors).toBe('leakwatch: nothing would have been posted of 2 histories; assess says how each ended.\n');
});

describe('replay --compare', () => {
  const saved = (lines: readonly object[]) => {
    const path = join(folder, 'before.jsonl');
    writeFileSync(path, lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
    return path;
  };

  test('says what moved, what is only here and what is only there; of the same version nothing', async () => {
    const { results, output } = await leakwatch(['replay', '-'], FLEET);
    const same = await leakwatch(['replay', '-', '--compare', saved(results)], FLEET);
    expect(same).toMatchObject({ code: 0, errors: '' });
    expect(same.output).toMatch(
      /^here: leakwatch \d\S+; there: \S+before\.jsonl\n\n\d+ messages? as there; 0 changed, 0 only here, 0 only there\.\nThere → here: 1 → 1 leaks said, (\d) → \1 times/,
    );
    const [first, ...rest] = results;
    const other = [{ ...first, t: first.t - 12 * 60_000, level: 'digest' }, ...rest, { ...first, id: 'cart\u001b[31m' }];
    const differs = await leakwatch(['replay', '-', '--compare', saved(other)], FLEET);
    expect(differs).toMatchObject({ code: 0, errors: '' });
    expect(differs.output).toMatch(
      /^cart\?\[31m\n {2}only there {2}1970-01-01 0\d:\d\d UTC {2}alert {4}\w+: leaking \(steady-growth\)$/m,
    );
    expect(differs.output).toMatch(/^leaks\n {2}changed {5}1970-01-01 0\d:\d\d UTC {2}alert {4}digest → page; 12 min later$/m);
    expect(differs.output).toMatch(
      /; 1 changed, 0 only here, 2 only there\.\nThere → here: 1 → 1 leaks said, 2 → 1 times somebody woken, 1 → 0 digest lines\.\n$/,
    );
    const json = await leakwatch(['replay', '-', '--compare', saved(other), '--json'], FLEET);
    expect(json.results.map(({ id, here, there }) => [id, here?.t ?? null, there?.t])).toEqual([
      [other.at(-1)?.id, null, first.t],
      ['leaks', first.t, first.t - 12 * 60_000],
      // There it was no page yet, and became one with the next word that was said.
      ['leaks', null, rest[0].t],
    ]);
    expect(output.split('\n')[0]).toBe(JSON.stringify(first));
  });

  test.each([
    [
      'what is no replay',
      ['--compare', 'package.json'],
      /package\.json:1: is no JSON\. What leakwatch replay printed as JSON is expected/,
    ],
    ['another file that is not there', ['--compare', 'nowhere.jsonl'], /nowhere\.jsonl: there is no such file/],
    ['both of standard input', ['--compare', '-'], /standard input is either/],
  ])('%s: one sentence, exit 2', async (_, args, sentence) => {
    const answer = await leakwatch(['replay', '-', ...args], FLEET);
    expect(answer).toMatchObject({ code: 2, output: '' });
    expect(answer.errors).toMatch(sentence);
  });
});

test('help says the form of a line', async () => {
  const { code, output } = await leakwatch(['assess', '--help']);
  expect(code).toBe(0);
  for (const word of ['"samples": [{"t"', 'workingSet', 'restarts', 'runs', 'Exit code: 0']) expect(output).toContain(word);
});
