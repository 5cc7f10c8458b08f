import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { CorpusError, readCorpus } from './detect/corpus.js';
import { costOfADay, costsOf, growthWithLength } from './detect/cost.js';
import { judgeAll } from './detect/judge-all.js';
import { scoreVerdicts } from './detect/score.js';
import { scoreWatch } from './detect/score-watch.js';
import * as tables from './detect/table.js';

/**
 * `npm run bench -- detect PATH`: Leakwatch's verdicts on a labelled corpus beside the rules that others have published, and what
 * each costs. Of whole weeks (families `week…`, or --replay) it is what would have been sent that is scored, not one verdict.
 */
const EXIT_BAD_INPUT = 2;

type Options = { replay?: true; families?: true; misses?: true; json?: true; cost: boolean };
type Results = Awaited<ReturnType<typeof measure>>;

const program = new Command('npm run bench -- detect')
  .argument('<path>', 'a corpus: labelled memory histories, .jsonl or .jsonl.gz')
  .option('--replay', 'watch every series over its time; without it only families whose name begins with "week"')
  .option('--families', 'a line a family')
  .option('--misses', 'every wrong answer')
  .option('--json', 'one JSON object instead of tables')
  .option('--no-cost', 'scores only')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_INPUT))
  .action(async (path: string, options: Options) => {
    const results = await measure(path, options);
    console.log(options.json ? JSON.stringify(results) : sections(results, options).join('\n\n'));
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CorpusError)) throw error;
  console.error(error.message);
  process.exitCode = EXIT_BAD_INPUT;
}

async function measure(path: string, { replay, cost }: Options) {
  // npm runs scripts in the project's folder, whatever folder its user is in.
  const file = resolve(process.env.INIT_CWD ?? '.', path);
  const judged = await judgeAll(readCorpus(file), replay === true, progress);
  return {
    corpus: basename(file),
    verdicts: mapValues(judged.answered, scoreVerdicts),
    watch: mapValues(judged.watched, scoreWatch),
    costs: costsOf(judged.ms),
    ...(cost ? { day: costOfADay(), length: growthWithLength() } : {}),
  };
}

function sections({ corpus, verdicts, watch, costs, day, length }: Results, options: Options): string[] {
  const [verdict, week] = [Object.values(verdicts)[0], Object.values(watch)[0]];
  const cases = (families: Readonly<Record<string, { cases: number }>>) =>
    Object.values(families).reduce((sum, family) => sum + family.cases, 0);
  const out: string[] = [];
  if (verdict) {
    const leaks = verdict.truePositives + verdict.falseNegatives;
    out.push(`${corpus}: ${cases(verdict.families)} series, ${leaks} of them leaks`, tables.verdictTable(verdicts, costs));
    if (options.families) out.push(tables.familyTable(verdicts));
  }
  if (week) {
    const weeks = week.healthyWeeks.toFixed(1);
    out.push(`${corpus}: ${cases(week.families)} watched, ${weeks} healthy container-weeks`, tables.watchTable(watch));
    if (options.families) out.push(tables.watchFamilyTable(watch));
  }
  if (options.misses) out.push(...missesOf(verdicts), ...missesOf(watch));
  if (day && length) out.push(tables.costTable(day), tables.growthTable(length));
  return out;
}

function missesOf(scores: Readonly<Record<string, { readonly misses: readonly string[] }>>): string[] {
  return Object.entries(scores).map(([name, { misses }]) => [`${name}: ${misses.length} wrong`, ...misses].join('\n  '));
}

/** For who waits at a terminal; nothing otherwise. */
function progress(done: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} series`);
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
