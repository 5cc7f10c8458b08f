import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Command, InvalidArgumentError, Option } from 'commander';
import { families, makeSeries } from './families.js';

/** Writes a labelled corpus: a line a series, gzipped. A series is in memory one at a time. */
type Options = { kind: 'hours' | 'weeks'; seed: number; perFamily: number; family: RegExp; hard: boolean };

const natural = (text: string) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number from 0 on, for example 7');
  return value;
};

await new Command('npm run bench -- generate')
  .description('labelled memory series, made by chance from a seed')
  .argument('<out>', 'where the lines go, gzipped: OUT.jsonl.gz')
  .addOption(new Option('--kind <kind>', 'windows of hours, or whole weeks').choices(['hours', 'weeks']).default('hours'))
  .option('--seed <n>', 'the same seed gives the same corpus', natural, 1)
  .option('--per-family <n>', 'series of each family', natural, 4)
  .option('--family <regex>', 'only families with such a name', (text) => new RegExp(text), /./)
  .option('--hard', 'smaller leaks, more noise', false)
  .action(write)
  .parseAsync();

async function write(out: string, options: Options): Promise<void> {
  await pipeline(Readable.from(lines(options)), createGzip({ level: 3 }), createWriteStream(out));
}

function* lines({ kind, seed, perFamily, family: wanted, hard }: Options): Generator<string> {
  for (const family of families) {
    if (family.kind !== kind || !wanted.test(family.name)) continue;
    for (let index = 0; index < perFamily; index += 1) yield `${JSON.stringify(makeSeries(family, seed, index, { hard }))}\n`;
  }
}
