import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** `npm run bench -- …`, as far as it does not set anything up. */
const bench = (...args: readonly string[]) => spawnSync('bash', ['bench/run.sh', ...args], { encoding: 'utf8' });

test('--help names every bench there is, and starts none', () => {
  const { status, stdout } = bench('--help');
  const named = [...stdout.matchAll(/^ {2}([a-z-]+) {2}/gm)].map(([, name]) => name);
  // One of them has only a folder, one is what all of them print with.
  const files = readdirSync('bench').flatMap((file) => (file.endsWith('.ts') && file !== 'report.ts' ? [file.slice(0, -3)] : []));
  expect([status, named]).toEqual([0, [...files, 'generate'].sort()]);
  expect(bench('heap', '--help')).toMatchObject({ status: 0, stdout });
});

test.each([['nonsense'], ['ack', 'nope'], ['report']])(
  'what there is not is refused before anything is measured: %j',
  (...args) => {
    const { status, stdout, stderr } = bench(...args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^npm run bench [\\s\\S]+✗ there is no bench ${args.at(-1)}\\n$`));
  },
);
