import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile } from 'simple-statistics';
import { writeBigFile } from './massif/big-file.js';

/**
 * `leakwatch massif FILE` beside `ms_print FILE`, on a file of 39 MB: whole commands, the start of Node included, one after the other
 * in pairs. Target: twice as fast, in less than 100 MB.
 */
const PAIRS = 5;
const TIME = '/usr/bin/time';
const FIGURES = [
  ['ms', 'ms', 'time'],
  ['cpuMs', 'ms', 'processor time'],
  ['rssMb', 'MB', 'most memory'],
] as const;

type Cost = { readonly ms: number; readonly cpuMs: number; readonly rssMb: number };

if (!existsSync(TIME)) throw new Error('GNU time is not installed (package time)');
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-bench-massif-'));
try {
  const path = join(folder, 'massif.out.big');
  const { bytes, lines } = writeBigFile(path);
  const [ours, theirs]: [Cost[], Cost[]] = [[], []];
  for (let i = 0; i < PAIRS; i += 1) {
    ours.push(cost(process.execPath, ['dist/src/cli.js', 'massif', path]));
    theirs.push(cost('ms_print', [path]));
  }
  console.log(`${(bytes / 1e6).toFixed(1)} MB, ${lines} lines, ${PAIRS} pairs, Node ${process.version}`);
  for (const [figure, unit, name] of FIGURES) {
    const [a, b] = [median(ours, figure), median(theirs, figure)];
    console.log(`  ${name}: ${a.toFixed(0)} ${unit}, ms_print ${b.toFixed(0)} ${unit} → ratio ${(a / b).toFixed(2)} (medians)`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function median(costs: readonly Cost[], figure: keyof Cost): number {
  return quantile(
    costs.map((cost) => cost[figure]),
    0.5,
  );
}

/** Of one run of a command: time on the clock, time on processors, most memory. Throws where it did not answer. */
function cost(command: string, args: readonly string[]): Cost {
  const from = performance.now();
  const options = { encoding: 'utf8', maxBuffer: 2 ** 28 } as const;
  const { status, stdout, stderr } = spawnSync(TIME, ['-f', '%U %S %M', command, ...args], options);
  const ms = performance.now() - from;
  if (status !== 0 || stdout.length < 100) throw new Error(`${command} ${args.join(' ')}: ${status}\n${stderr}`);
  const [user = 0, system = 0, rssKb = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { ms, cpuMs: 1_000 * (user + system), rssMb: rssKb / 1_024 };
}
