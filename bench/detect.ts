import { basename, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { CorpusError, readCorpus } from './detect/corpus.js';
import { costOfADay, costsOf, growthWithLength } from './detect/cost.js';
import { generated } from './detect/generated.js';
import { judgeAll } from './detect/judge-all.js';
import { scoreVerdicts } from './detect/score.js';
import { scoreWatch } from './detect/score-watch.js';
import * as tables from './detect/table.js';

/**
 * `npm run bench -- detect [PATH]`: Leakwatch's verdicts on a labelled corpus, or on generated cases, beside the rules that others
 * have published, and what each costs. Of whole weeks (families `week…`, or --replay) it is what would have been sent that is
 * scored, not one verdict.
 */
const EXIT_BAD_INPUT = 2;

type Options = { replay?: true; families?: true; misses?: true; json?: true; cost: boolean } & Made;
/** For generated cases only. */
type Made = { weeks?: boolean; hard?: boolean; seed?: number; perFamily?: number };
type Results = Awaited<ReturnType<typeof measure>>;

const program = new Command('npm run bench -- detect')
  .argument('[path]', 'a corpus: labelled memory histories, .jsonl or .jsonl.gz; without it cases are generated')
  .option('--replay', 'watch every series over its time; without it only families whose name begins with "week"')
  .option('--families', 'a line a family')
  .option('--misses', 'every wrong answer')
  .option('--json', 'one JSON object instead of tables')
  .option('--no-cost', 'scores only')
  .option('--weeks', 'generated: whole weeks, watched, instead of windows of hours')
  .option('--seed <n>', 'generated: the same seed gives the same cases (default: 1)', natural)
  .option('--per-family <n>', 'generated: cases of each family (default: 4; weeks: 2)', natural)
  .option('--hard', 'generated: smaller leaks, more noise')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_BAD_INPUT))
  .action(async (path: string | undefined, options: Options) => {
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

async function measure(path: string | undefined, options: Options) {
  const { name, lines } = path === undefined ? casesOf(options) : corpusOf(path, options);
  const judged = await judgeAll(lines, options.replay === true, (done) => progress(`${done} series`));
  progress('');
  return {
    corpus: name,
    verdicts: mapValues(judged.answered, scoreVerdicts),
    watch: mapValues(judged.watched, scoreWatch),
    costs: costsOf(judged.ms),
    ...(options.cost ? { day: costOfADay(), length: growthWithLength() } : {}),
  };
}

function corpusOf(path: string, { weeks, hard, seed, perFamily }: Made) {
  if (weeks || hard || seed !== undefined || perFamily !== undefined)
    throw new CorpusError('--weeks, --hard, --seed and --per-family are for generated cases: leave the path out');
  // npm runs scripts in the project's folder, whatever folder its user is in.
  const file = resolve(process.env.INIT_CWD ?? '.', path);
  return { name: basename(file), lines: readCorpus(file) };
}

function casesOf({ weeks = false, hard = false, seed = 1, perFamily = weeks ? 2 : 4 }: Made) {
  const kind = weeks ? 'weeks' : 'hours';
  return { name: `generated ${kind}, ${hard ? 'hard, ' : ''}seed ${seed}`, lines: generated({ kind, seed, perFamily, hard }) };
}

function natural(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('A whole number from 1 on, for example 7.');
  return value;
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

/** For who waits at a terminal, in place of what was said before; nothing otherwise. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
