import type { FileKind } from '../model/dropped-file.js';
import type { HeapCourse, HeapEvidenceRow } from '../model/heap-evidence.js';
import type { SlackMessage } from '../model/message.js';
import { context, section } from './blocks.js';
import { codeBlock } from './columns.js';
import { placeName, shortName } from './function-names.js';
import { amount, difference } from './heap-amounts.js';
import { heapTable } from './heap-table.js';
import { fitLines, MAX_LINES } from './limits.js';
import { escapeCode, escapeText, shellWord } from './text.js';
import { duration, slackClock } from './times.js';
import { bytes } from './units.js';

const MAX_ROWS = 6;
/** Of the largest: less is not worth a line. A choice. */
const LEAST_SHARE = 0.01;
const NAME_WIDTH = 40;

/** What each is called: one of them, several. */
const NAMES: Readonly<Record<FileKind, readonly [string, string]>> = {
  massif: ['A file of Massif’s', 'Files of Massif’s'],
  go: ['A profile of pprof’s', 'Profiles of pprof’s'],
  jvm: ['A class histogram of a JVM', 'Class histograms of a JVM'],
  v8: ['A sampling profile of V8', 'Sampling profiles of V8'],
  tcmalloc: ['A heap profile of tcmalloc', 'Heap profiles of tcmalloc'],
  jemalloc: ['A heap dump of jemalloc', 'Heap dumps of jemalloc'],
  python: ['A histogram of Python’s', 'Histograms of Python’s'],
};

export type SentHeaps = {
  readonly kind: FileKind;
  /** As they were sent, in the order of the course: the earliest first. Untrusted. */
  readonly names: readonly string[];
  readonly course: HeapCourse;
  /** What they say themselves; null: they do not, and their names gave the order. */
  readonly takenAtMs: readonly number[] | null;
  readonly nowMs: number;
};

/** Heaps that somebody sent: what grew from the first to the last of them; of one, what it holds. As `leakwatch heap FILE` says it. */
export function sentHeapsMessage(sent: SentHeaps): SlackMessage {
  const rows = rowsOf(sent.course);
  const before = [headline(sent, rows, 'code'), sourceLine(sent)];
  const after = commandLine(sent);
  const times = sent.names.map((_, i) => i);
  const room = MAX_LINES - before.length - 1;
  const table = heapTable(rows, { measure: sent.course.measure, takenAtMs: times }, room);
  const text = fitLines([...before, ...(table.length > 0 ? [codeBlock(table)] : []), after]);
  const notes = notesOf(sent);
  return {
    text: headline(sent, rows, 'plain'),
    blocks: [section(text), ...(notes === '' ? [] : [context(notes)])],
  };
}

function rowsOf({ rows }: HeapCourse): HeapEvidenceRow[] {
  const grown = rows.map((row): HeapEvidenceRow => {
    const first = row.held.length > 1 ? (row.held[0] ?? 0) : 0;
    return { ...row, grown: (row.held.at(-1) ?? 0) - first, perHour: null, link: null };
  });
  const most = Math.max(0, ...grown.map((row) => row.grown));
  return grown.filter((row) => row.grown > 0 && row.grown >= LEAST_SHARE * most).slice(0, MAX_ROWS);
}

/** `base.pb.gz → now.pb.gz: +98 MiB in orders.(*Cache).Put cache.go:88`. */
function headline({ names, course }: SentHeaps, [first]: readonly HeapEvidenceRow[], form: 'code' | 'plain'): string {
  const bold = (words: string) => (form === 'code' ? `*${words}*` : words);
  const [from = '', to = ''] = [names[0], names.at(-1)].map((name) => escapeText(name ?? '', 60));
  const isOne = names.length < 2;
  const subject = isOne ? from : `${from} → ${to}`;
  if (!first) return bold(`${subject}: ${isOne ? 'it holds nothing' : 'nothing grew'}`);
  const { unit } = course.measure;
  const size = isOne ? `${amount(first.grown, unit)} of ${amount(course.totals[0] ?? 0, unit)}` : difference(first.grown, unit);
  const name = shortName(first.function, NAME_WIDTH);
  const place = first.via ? '' : placeName(first.file, first.line);
  const where = place === '' ? '' : ` ${form === 'code' ? escapeCode(place) : escapeText(place)}`;
  return `${bold(`${subject}: ${size} in`)} ${form === 'code' ? `\`${escapeCode(name)}\`` : escapeText(name)}${where}`;
}

/** `Profiles of pprof’s, 21:45 → 03:12 (5 h 27): inuse_space 12 MiB → 110 MiB`. */
function sourceLine({ kind, names, course, takenAtMs, nowMs }: SentHeaps): string {
  const { measure, totals } = course;
  const [one, several] = NAMES[kind];
  const [first, last] = [takenAtMs?.[0], takenAtMs?.at(-1)];
  const what = escapeText(measure.name, 40);
  const all = [totals[0] ?? 0, ...(names.length > 1 ? [totals.at(-1) ?? 0] : [])].map((value) => amount(value, measure.unit));
  const figures = `${what} ${all.join(' → ')}`;
  if (names.length < 2) return `${one}${first === undefined ? '' : `, taken ${slackClock(first, nowMs)}`}: ${figures}`;
  const when =
    first === undefined || last === undefined
      ? ', in the order of their names'
      : `, ${slackClock(first, nowMs)} → ${slackClock(last, nowMs)} (${duration(last - first)})`;
  return `${several}${names.length > 2 ? ` (${names.length})` : ''}${when}: ${figures}`;
}

/** What says all of it, beside the files. */
function commandLine({ names }: SentHeaps): string {
  const [base = '', now = ''] = [names[0], names.at(-1)].map((name) => shellWord(name ?? ''));
  const words = names.length < 2 ? base : `${now} --base ${base}`;
  return `\`${escapeCode(`leakwatch heap ${words}`, 300)}\` has all of it`;
}

function notesOf({ kind, course: { sampledEvery } }: SentHeaps): string {
  return [
    ...(sampledEvery === null ? [] : [`Sampled: one allocation in ${bytes(sampledEvery)} is seen`]),
    ...(kind === 'v8' ? ['What was allocated while V8 sampled, and was still alive at its end'] : []),
  ].join(' · ');
}
