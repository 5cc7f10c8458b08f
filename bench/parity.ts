import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { startRedis } from '../test/support/parts/redis.js';
import { compare } from '../test/support/whole-bot/compare.js';
import { onGrid } from '../test/support/whole-bot/grid.js';
import { readCorpus } from './detect/corpus.js';
import { generated } from './detect/generated.js';

/**
 * `npm run bench -- parity [PATH]`: whole weeks run through the whole bot (fake clock, fake engine behind the real API, real Redis,
 * local Slack), and beside it what `leakwatch replay` says of the same lines. Ends with 1 when they differ.
 */
type Options = { seed: number; every: number; atOnce: number };
const FROM_MS = Date.UTC(2026, 0, 5);

const natural = (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('A whole number from 1 on, for example 7.');
  return value;
};

await new Command('npm run bench -- parity')
  .argument('[path]', 'weeks, .jsonl or .jsonl.gz; without it they are generated')
  .option('--seed <n>', 'generated: the same seed gives the same weeks', natural, 1)
  .option('--every <seconds>', 'between two sweeps', natural, 60)
  .option('--at-once <n>', 'services on one engine', natural, 8)
  .action(measure)
  .parseAsync();

async function measure(path: string | undefined, { seed, every, atOnce }: Options): Promise<void> {
  const lines = path
    ? readCorpus(resolve(process.env.INIT_CWD ?? '.', path))
    : generated({ kind: 'weeks', seed, perFamily: 1, hard: false });
  let fleet: ReturnType<typeof onGrid>[] = [];
  for await (const { samples, ...line } of lines) {
    const told = samples.map((sample) => withoutNulls(sample));
    fleet.push(onGrid({ ...line, samples: told } as Parameters<typeof onGrid>[0], FROM_MS, 1_000 * every));
    if (fleet.length === atOnce) fleet = await one(fleet, every);
  }
  if (fleet.length > 0) await one(fleet, every);
}

/** One fleet, on a Redis of its own. */
async function one(fleet: ReturnType<typeof onGrid>[], every: number): Promise<[]> {
  const redis = await startRedis();
  try {
    const begunMs = performance.now();
    const { live, replayed, roots } = await compare(redis.url, fleet, 1_000 * every);
    const missing = replayed.filter((line) => !live.includes(line)).map((line) => `  replay alone: ${line}`);
    const more = live.filter((line) => !replayed.includes(line)).map((line) => `  live alone:   ${line}`);
    const same = missing.length + more.length === 0;
    const took = `${((performance.now() - begunMs) / 1_000).toFixed(0)} s`;
    console.log(
      `${fleet.length} services: ${live.length} sayings, ${roots} roots, ${same ? 'the same as replay' : 'NOT the same'}; ${took}`,
    );
    for (const line of [...missing, ...more].sort()) console.log(line);
    if (!same) process.exitCode = 1;
    return [];
  } finally {
    await redis.stop();
  }
}

function withoutNulls<T extends object>(sample: T): T {
  return Object.fromEntries(Object.entries(sample).filter(([, value]) => value !== null)) as T;
}
