import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { Redis } from 'ioredis';
import { makeStorms } from '../src/store/storms.js';
import { startRedis } from '../test/support/parts/redis.js';
import { fleetOf } from './week/fleet.js';
import { scoreFleet } from './week/score.js';
import { foldStorms } from './week/storms.js';
import { watchAll } from './week/threads.js';

/**
 * `npm run bench -- week`: a fleet for a week. Real: the watch's own processor (`jobs/watch.ts`: assess, step, follow, words, chart),
 * storms on Redis. Not in it: engines and agents over HTTP, samples and incidents in Redis (a copy in memory, which
 * `test/end-to-end/parity.test.ts` compares with the whole bot), Slack. A sample a minute, where agents take four; a service that is
 * calm is looked at every 30 minutes (`--calm`), where the watch has five, and any other at most every 5 (`--least`), where it has one.
 * Target: at most 2 false messages, no false page, every leak before its first kill.
 */
type Options = { containers: number; leaks: number; seed: number; calm: number; least: number; threads: number };

const natural = (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('A whole number from 0 on, for example 7.');
  return value;
};

await new Command('npm run bench -- week')
  .option('--containers <n>', 'how many', natural, 900)
  .option('--leaks <n>', 'how many services leak', natural, 5)
  .option('--seed <n>', 'the same seed gives the same fleet', natural, 1)
  .option('--calm <minutes>', 'between two looks at a calm service', natural, 30)
  .option('--least <minutes>', 'between two looks at any other', natural, 5)
  .option('--threads <n>', 'how many threads', natural, availableParallelism())
  .action(measure)
  .parseAsync();

async function measure({ containers, leaks, seed, calm, least, threads }: Options): Promise<void> {
  const begunMs = performance.now();
  const specs = fleetOf(seed, containers, leaks);
  const weeks = await watchAll(specs, { calmMs: calm * 60_000, leastMs: least * 60_000 }, threads, (week, left) => {
    clear();
    for (const line of scoreFleet([week]).lines) console.log(line);
    if (process.stderr.isTTY) process.stderr.write(`${left} services left (${week.spec.id} done)`);
  });
  clear();
  const score = scoreFleet(weeks);
  const incidents = weeks.flatMap((week) => week.incidents);
  const folded = await withStorms((storms) => foldStorms(incidents, storms));
  const sum = (of: (week: (typeof weeks)[number]) => number) => weeks.reduce((total, week) => total + of(week), 0);
  console.log(
    [
      `${containers} containers of ${specs.length} services for a week, seed ${seed}, calm looks every ${calm} min`,
      `  false messages ${score.falseMessages}, false pages ${score.falsePages}, leaks before the kill ${score.beforeKill} of ${score.leaks}`,
      `  ${incidents.length} incidents: ${folded.roots} roots, ${folded.storms} storms; ${sum(({ digests }) => digests)} lines for the digest`,
      `  ${sum(({ looks }) => looks)} looks at services, ${sum(({ looks, spec }) => looks * spec.hosts.length)} at containers`,
      `  ${((performance.now() - begunMs) / 60_000).toFixed(1)} min on ${threads} threads, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB at most`,
    ].join('\n'),
  );
  if (score.falseMessages > 2 || score.falsePages > 0 || score.beforeKill < score.leaks) process.exitCode = 1;
}

function clear(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

async function withStorms<T>(work: (storms: ReturnType<typeof makeStorms>) => Promise<T>): Promise<T> {
  const redis = await startRedis();
  const client = new Redis(redis.url);
  try {
    return await work(makeStorms(client));
  } finally {
    client.disconnect();
    await redis.stop();
  }
}
