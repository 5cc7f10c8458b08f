import { heapCourse } from '../analysis/heap-course.js';
import { type Held, heldByFunction } from '../analysis/heap-held.js';
import { heapRate } from '../analysis/heap-rate.js';
import { LeakwatchError, personError } from '../errors.js';
import type { Heap } from '../model/heap.js';
import type { HeapCourse } from '../model/heap-evidence.js';
import type { Range } from '../model/range.js';
import type { Streams } from './answer.js';
import type { HeapQuestion, HeapReader } from './heap-question.js';
import { sizeWords } from './heap-words.js';
import { harmless, harmlessName, inputName } from './problem.js';
import { makeResults } from './results.js';
import { readWhole } from './whole.js';

type Row = HeapCourse['rows'][number] & { readonly perHour: Range | null };
/** Times are null where one of the profiles does not say: then there are no rates. */
type Rates = Omit<HeapCourse, 'rows'> & { readonly takenAtMs: readonly number[] | null; readonly rows: readonly Row[] };

const USUAL_TOP = 20;
const ALL = Number.MAX_SAFE_INTEGER;

/**
 * Three heaps and more: what each function holds in each of them and how fast it grows, with the range that holds the rate 95 times in
 * 100. In the order of their own times, else as they are given.
 */
export async function answerHeaps(
  question: HeapQuestion,
  paths: readonly string[],
  { read, nameOf }: HeapReader,
  mostBytes: number,
  streams: Streams,
): Promise<void> {
  if (question.base !== undefined)
    throw personError('--base is for one file: of several, the first is what the others are compared with.');
  if (question.speedscope !== undefined) throw personError('--speedscope is for one file or two: growth is between them.');
  if (question.by === 'cum') throw personError('--by cum is for one file or two: rates are of what a function holds itself.');
  if (paths.filter((path) => path === '-').length > 1) throw personError('standard input can be only one of them.');
  const taken: { readonly held: Held; readonly atMs: number | null }[] = [];
  let kind: string | undefined;
  for (const path of paths) {
    const bytes = await readWhole(path, streams.stdin, mostBytes);
    const name = nameOf(bytes);
    kind ??= name;
    if (name !== kind) throw personError(`${inputName(path)}: is not ${kind}, as the first one is: they cannot be compared.`);
    taken.push(await named(path, async () => heldOf(await read(bytes, null, () => {}), question)));
  }
  const isTimed = taken.every(({ atMs }) => atMs !== null);
  if (isTimed) taken.sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
  const course = heapCourse(
    taken.map(({ held }) => held),
    question.json ? (question.top ?? ALL) : (question.top ?? USUAL_TOP),
  );
  const takenAtMs = isTimed ? taken.map(({ atMs }) => atMs ?? 0) : null;
  const rows = course.rows.map((row) => ({ ...row, perHour: takenAtMs && heapRate(takenAtMs, row.held, course.sampledEvery) }));
  const results = makeResults(streams.stdout);
  await results.print(question.json ? json({ ...course, takenAtMs, rows }) : table({ ...course, takenAtMs, rows }));
  await results.end();
}

function heldOf([heap]: readonly [Heap, Heap | null], { sample }: HeapQuestion) {
  const isGoroutine = heap.measures[heap.usualMeasure]?.name === 'goroutine';
  return { held: heldByFunction(heap, isGoroutine ? 'own' : 'innermost', sample), atMs: heap.takenAtMs };
}

async function named<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof LeakwatchError ? personError(`${inputName(path)}: ${error.message}`) : error;
  }
}

function json({ measure, takenAtMs, totals, rows }: Rates): string {
  const lines = rows.map(({ function: name, held, perHour }) => `\n${JSON.stringify({ function: name, held, perHour })}`);
  const head = JSON.stringify({ sampleType: measure.name, unit: measure.unit, takenAtMs, totals }).slice(0, -1);
  return `${head},"rows":[${lines.join(',')}${lines.length > 0 ? '\n' : ''}]}\n`;
}

/**
 *     3 heaps over 5.5 h: inuse_space 53 MiB → 161 MiB
 *
 *        grown          per hour  function
 *      +98 MiB    +18 MiB ± 3.1  orders.(*Cache).Put  cache.go:88
 */
function table({ measure, takenAtMs, totals, rows, others }: Rates): string {
  const size = (value: number, sign: 'plain' | 'signed' = 'plain') => sizeWords(BigInt(Math.round(value)), measure.unit, sign);
  const span = takenAtMs
    ? ` over ${spanWords((takenAtMs.at(-1) ?? 0) - (takenAtMs[0] ?? 0))}`
    : ', which do not say when they were taken: no rates';
  const cells = rows.map(({ function: name, held, perHour, file, line, via }) => {
    const at = via ?? { function: '', file, line };
    const place =
      at.file === null ? '' : `  ${harmless(at.file.slice(at.file.lastIndexOf('/') + 1))}${at.line ? `:${at.line}` : ''}`;
    const by = via ? `  by ${harmlessName(via.function)}` : '';
    const rate = perHour ? `${size(perHour.value, 'signed')} ± ${size(perHour.high - perHour.value)}` : '';
    return [size((held.at(-1) ?? 0) - (held[0] ?? 0), 'signed'), rate, `${harmlessName(name)}${by}${place}`];
  });
  const all = [['grown', takenAtMs ? 'per hour' : '', 'function'], ...cells];
  const widths = [0, 1].map((column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  const lines = all.map(([grown = '', rate = '', name = '']) =>
    [grown.padStart(widths[0] ?? 0), rate.padStart(widths[1] ?? 0), name].join('  '),
  );
  const title = `${totals.length} heaps${span}: ${harmless(measure.name)} ${totals.map((one) => size(one)).join(' → ')}`;
  const more =
    others > 0 ? `\n${others} more ${others === 1 ? 'function' : 'functions'}: --top ${rows.length + others}, or --json\n` : '';
  return `${title}\n\n${rows.length > 0 ? lines.join('\n') : 'Nothing grew.'}\n${more}`;
}

function spanWords(ms: number): string {
  const [size, unit] = ms < 60_000 ? [1_000, 's'] : ms < 3_600_000 ? [60_000, 'min'] : [3_600_000, 'h'];
  return `${Number((ms / size).toPrecision(2))} ${unit}`;
}
