import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { quantile } from 'simple-statistics';
import { goBinary } from '../test/support/parts/go.js';
import { busyHeap } from '../test/support/pprof/busy-heap.js';
import { encode } from '../test/support/pprof/encode.js';

/**
 * `leakwatch heap NOW --base BASE` beside `go tool pprof -top -diff_base BASE NOW` of the Go that is installed: whole commands, the
 * start of Node included, one after the other in pairs. Target: at most 0.4 of its time on 0.6 MB (unpacked), 0.15 of its time and
 * 0.25 of its memory on 7 MB. The smaller profiles are there to show where it is slower.
 */
/** A real one, and drawn ones. */
const GOLDEN = 'test/golden/pprof/stdlib';
const SIZES = [
  { stacks: 300, pairs: 9 },
  { stacks: 3_000, pairs: 9 },
  { stacks: 13_000, pairs: 9 },
  { stacks: 140_000, pairs: 5 },
];
const TIME = '/usr/bin/time';
const FIGURES = [
  ['ms', 'ms', 'time'],
  ['cpuMs', 'ms', 'processor time'],
  ['rssMb', 'MB', 'most memory'],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'leakwatch-bench-heap-'));
const go = goBinary();
console.log(spawnSync(go, ['version'], { encoding: 'utf8' }).stdout.trim(), '· Node', process.version);
if (!existsSync(TIME)) throw new Error('GNU time is not installed (package time)');
try {
  compare(
    'a Go program that uses much of the standard library, 0.62 MB unpacked',
    `${GOLDEN}.now.pb.gz`,
    `${GOLDEN}.base.pb.gz`,
    9,
  );
  for (const { stacks, pairs } of SIZES) {
    const now = write('now', stacks, 1, 1.3);
    const base = write('base', Math.ceil(stacks / 2), 2, 1);
    compare(`${stacks} stacks, ${(now.bytes / 1e6).toFixed(2)} MB unpacked`, now.path, base.path, pairs);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function compare(what: string, now: string, base: string, pairs: number): void {
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  for (let i = 0; i < pairs; i += 1) {
    ours.push(cost(process.execPath, ['dist/src/cli.js', 'heap', now, '--base', base]));
    theirs.push(cost(go, ['tool', 'pprof', '-symbolize=none', '-top', `-diff_base=${base}`, now]));
  }
  say(`${what}, ${pairs} pairs`, ours, theirs);
}

type Cost = { readonly ms: number; readonly cpuMs: number; readonly rssMb: number };

function write(name: string, stacks: number, seed: number, growth: number): { path: string; bytes: number } {
  const profile = encode(busyHeap(stacks, { seed, growth }));
  const path = join(folder, `${name}.pb.gz`);
  writeFileSync(path, gzipSync(profile));
  return { path, bytes: profile.length };
}

/** Of one run of a command: time on the clock, time on processors, most memory. Throws where it did not answer. */
function cost(command: string, args: readonly string[]): Cost {
  const from = performance.now();
  const { status, stdout, stderr } = spawnSync(TIME, ['-f', '%U %S %M', command, ...args], { encoding: 'utf8', cwd: '.' });
  const ms = performance.now() - from;
  if (status !== 0 || stdout.length < 100) throw new Error(`${command} ${args.join(' ')}: ${status}\n${stderr}`);
  const [user = 0, system = 0, rssKb = 0] = (stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { ms, cpuMs: 1_000 * (user + system), rssMb: rssKb / 1_024 };
}

function say(what: string, ours: readonly Cost[], theirs: readonly Cost[]): void {
  console.log(what);
  for (const [figure, unit, name] of FIGURES) {
    const [a, b] = [ours, theirs].map((costs) =>
      quantile(
        costs.map((cost) => cost[figure]),
        0.5,
      ),
    );
    if (a === undefined || b === undefined) continue;
    console.log(
      `  ${name}: ${a.toFixed(0)} ${unit}, go tool pprof ${b.toFixed(0)} ${unit} → ratio ${(a / b).toFixed(2)} (medians)`,
    );
  }
}
