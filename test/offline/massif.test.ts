import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';

/** The command as it is built, in a process of its own. */
const GOLDEN = 'test/golden/massif';
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-massif-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function massif(args: readonly string[], input: string | Buffer = '') {
  const child = spawn(process.execPath, ['dist/src/cli.js', 'massif', ...args], { stdio: 'pipe' });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, output, errors };
}

describe('what grew', () => {
  test('as JSON, in the form that is promised: from a file, zipped, from standard input', async () => {
    const path = `${GOLDEN}/massif.out.leak_ms`;
    const plain = await massif([path, '--json']);
    expect(plain).toMatchObject({ code: 0, errors: '' });
    const { snapshots, ...answer } = JSON.parse(plain.output);
    expect(answer).toEqual({
      command: './leak',
      timeUnit: 'ms',
      peak: 64,
      growth: {
        from: 17,
        to: 64,
        rows: [
          { function: 'cache_put', file: 'leak.c', line: 5, bytes: 3_016_000 },
          { function: "(below massif's threshold)", file: null, line: null, bytes: 2_376 },
        ],
      },
    });
    expect(snapshots).toHaveLength(66);
    expect(snapshots[64]).toEqual({
      index: 64,
      time: 996,
      heapBytes: 4_144_693,
      extraBytes: 160_547,
      stackBytes: 0,
      detail: 'peak',
    });
    const zipped = join(folder, 'massif.out.gz');
    writeFileSync(zipped, gzipSync(readFileSync(path)));
    expect(await massif([zipped, '--json'])).toEqual(plain);
    expect(await massif(['-', '--json'], readFileSync(path))).toEqual(plain);
  });

  test('as text: the course with its peak, the place that leaks first, per hour; what was not in the tree, said', async () => {
    const { code, output, errors } = await massif([`${GOLDEN}/massif.out.leak_ms`]);
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/peak 4\.11 MiB: snapshot 64, at 996 ms ▲/);
    expect(output).toMatch(/^64 +996 ms +4,305,240 +4,144,693 +160,547 +0 +peak$/m);
    expect(output).toMatch(
      /grown +per hour +now +share +place\n\+2\.88 MiB +\+79\.6 GiB +3\.95 MiB +96\.18 % +cache_put +leak\.c:5\n/,
    );
    expect(output).toMatch(/\+2\.32 KiB .* callers below the threshold of Massif$/m);
    const few = await massif([`${GOLDEN}/massif.out.sites`, '--top', '2', '--from', '29', '--to', '79']);
    expect(few.output).toMatch(/What grew from snapshot 29 to 79, in .* used/);
    expect(few.output).toMatch(/more places: --top \d+, or --json/);
  });

  test('one tree: what is held; none: said', async () => {
    const alone = JSON.parse((await massif([`${GOLDEN}/massif.out.vgdb_live`, '--json'])).output);
    expect(alone.growth).toMatchObject({ from: null, to: 0, rows: [{ function: 'session_new', bytes: 78_713_809 }, {}] });
    const none = await massif([`${GOLDEN}/massif.out.tiny`, '--json']);
    expect(JSON.parse(none.output)).toMatchObject({ peak: null, growth: { from: null, to: null, rows: [] } });
    expect((await massif([`${GOLDEN}/massif.out.tiny`])).output).toContain('No snapshot has a tree');
  });
});

describe('what is bad is named, and where: exit code 2, nothing on standard output', () => {
  const cut = join(folder, 'cut');
  writeFileSync(cut, readFileSync(`${GOLDEN}/massif.out.leak`).subarray(0, 1_000));
  const picture = join(folder, 'picture');
  writeFileSync(picture, Buffer.from([0x89, 0x50, 0, 0, 1]));
  test.each([
    [[cut], `leakwatch: ${cut}:44: is cut off: the file ends in the middle of a line.\n`],
    [[picture], `leakwatch: ${picture}: is binary; what Massif writes is expected, in UTF-8.\n`],
    [['/no/such/file'], 'leakwatch: /no/such/file: there is no such file.\n'],
    [[`${GOLDEN}/massif.out.leak`, '--from', '1'], 'massif.out.leak: snapshot 1 has no tree. These have one: 2, 3,'],
    [[`${GOLDEN}/massif.out.leak`, '--from', '5', '--to', '2'], 'leakwatch: --from 5 comes after --to 2: growth is from the'],
    [
      [`${GOLDEN}/massif.out.leak`, '--from', 'x'],
      "error: option '--from <n>' argument 'x' is invalid. the number of a snapshot is expected.",
    ],
    [[], "error: missing required argument 'file'"],
  ])('%j', async (args, sentence) => {
    const { code, output, errors } = await massif(args);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toContain(sentence);
  });
});

test('what came from outside does not reach the terminal as it is', async () => {
  const text = readFileSync(`${GOLDEN}/massif.out.leak_ms`, 'latin1');
  const { code, output } = await massif(
    ['-'],
    text.replaceAll('cache_put', 'a\u001b[31mred').replace('cmd: ./leak', 'cmd: ./l\u0007k'),
  );
  expect(code).toBe(0);
  expect(output).not.toMatch(/[\u001b\u0007]/);
});

describe('a command that is run under Massif, with the real Valgrind', () => {
  const run = (args: readonly string[]) => {
    const child = spawn(process.execPath, [join(process.cwd(), 'dist/src/cli.js'), 'massif', '--json', '--', ...args], {
      cwd: folder,
    });
    let [output, errors] = ['', ''];
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    const ready = new Promise<void>((resolve) => child.stderr.on('data', () => errors.includes('ready') && resolve()));
    return { child, ready, ended: once(child, 'close').then(([code]) => ({ code, output, errors })) };
  };

  test('is answered at its end; what it prints is not in the answer; its file stays', async () => {
    const { code, output, errors } = await run(['/bin/sh', '-c', 'echo ready; exit 3']).ended;
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ command: '/bin/sh -c echo ready; exit 3', timeUnit: 'ms' });
    expect(errors).toMatch(/^ready\nleakwatch: \/bin\/sh ended with 3\nleakwatch: massif\.out\.\d+ stays here\n$/);
    const [, file = ''] = /(massif\.out\.\d+)/.exec(errors) ?? [];
    expect((await massif([join(folder, file), '--json'])).output).toBe(output);
  });

  test('Ctrl-C ends it, and it is answered all the same', async () => {
    const { child, ready, ended } = run(['/bin/sh', '-c', 'echo ready; while :; do :; done']);
    await ready;
    child.kill('SIGINT');
    const { code, output, errors } = await ended;
    expect(code).toBe(0);
    expect(JSON.parse(output).snapshots.length).toBeGreaterThan(0);
    expect(errors).toContain('ended with SIGINT');
  });

  test('one that is not there: said, exit code 2', async () => {
    const { code, output, errors } = await run(['/no/such/command']).ended;
    expect([code, output]).toEqual([2, '']);
    expect(errors).toMatch(/leakwatch: \/no\/such\/command: ended \(127\) without a massif\.out\.\d+/);
  });
});
