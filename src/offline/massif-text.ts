import type { Massif, MassifSnapshot, SiteRow } from '../model/massif.js';
import { sizeWords } from './heap-words.js';
import { massifChart } from './massif-chart.js';
import { highest, type MassifGrowth, totalBytes } from './massif-growth.js';
import { RATES, rateWords, timeWords } from './massif-words.js';
import { harmless, harmlessName, inputName } from './problem.js';

/** As many snapshots as show the course; `--json` has all of them. */
const SNAPSHOTS = 12;
const MAX_NAME = 160;
const SHRUNK = 3;

/**
 * A file of Massif's as a person reads it: what ran, its memory over time, the figures of some snapshots, and who it was:
 *
 *     What grew from snapshot 17 to 65, 122 ms: +2.87 MiB
 *
 *           grown     per hour        now  share  place
 *       +2.87 MiB  +82.8 GiB    3.94 MiB  96.2 %  cache_put  leak.c:5
 */
export function* massifText(massif: Massif, growth: MassifGrowth | null, top: number, path: string): Generator<string> {
  yield `${titleOf(massif, path)}\n`;
  const chart = massifChart(massif);
  if (chart !== '') yield `\n${chart}`;
  yield `\n${snapshotTable(massif, growth)}`;
  if (!growth) {
    yield '\nNo snapshot has a tree that would say who holds it: run it longer, or with --detailed-freq=1.\n';
    return;
  }
  yield* growthText(massif, growth, top);
}

function titleOf(massif: Massif, path: string): string {
  const { command, snapshots, timeUnit } = massif;
  const trees = snapshots.filter(({ detail }) => detail !== 'empty').length;
  const course = `${snapshots.length} ${snapshots.length === 1 ? 'snapshot' : 'snapshots'}, ${trees} with a tree`;
  const last = snapshots.at(-1);
  return `${harmless(inputName(path))}: ${harmless(command, MAX_NAME)}, ${course}${last ? `, ends at ${timeWords(last.time, timeUnit)}` : ''}`;
}

function snapshotTable(massif: Massif, growth: MassifGrowth | null): string {
  const { snapshots, timeUnit } = massif;
  const shown = pick(snapshots, [highest(massif), growth?.from ?? null, growth?.to ?? null]);
  const lines = shown.map((snapshot) => [
    String(snapshot.index),
    timeWords(snapshot.time, timeUnit),
    ...[totalBytes(snapshot), snapshot.heapBytes, snapshot.extraBytes, snapshot.stackBytes].map((n) => n.toLocaleString('en-US')),
    snapshot.detail === 'empty' ? '' : snapshot.detail,
  ]);
  const table = columns([['n', 'time', 'total (B)', 'heap (B)', 'extra (B)', 'stacks (B)', ''], ...lines], 6);
  const left = snapshots.length - shown.length;
  return left > 0 ? `${table}${left} more: --json\n` : table;
}

/** The first, the last, those that are named elsewhere, and others evenly between them. */
function pick(snapshots: readonly MassifSnapshot[], named: readonly (MassifSnapshot | null)[]): readonly MassifSnapshot[] {
  if (snapshots.length <= SNAPSHOTS) return snapshots;
  const chosen = new Set(named.filter((snapshot) => snapshot !== null));
  const even = SNAPSHOTS - chosen.size;
  for (let i = 0; i < even; i += 1) {
    const snapshot = snapshots[Math.round((i * (snapshots.length - 1)) / (even - 1))];
    if (snapshot) chosen.add(snapshot);
  }
  return snapshots.filter((snapshot) => chosen.has(snapshot));
}

function* growthText({ timeUnit }: Massif, growth: MassifGrowth, top: number): Generator<string> {
  const { from, to, rows, below, hiddenBefore, bytes } = growth;
  const time = from ? to.time - from.time : 0;
  const total = totalBytes(to);
  const cells = (row: SiteRow) => [
    sizeWords(row.bytes, 'bytes', from ? 'signed' : 'plain'),
    ...(from ? [rateWords(row.bytes, time, timeUnit), sizeWords(row.now, 'bytes')] : []),
    total > 0 ? `${((100 * Number(row.now)) / total).toFixed(2)} %` : '',
    placeOf(row),
  ];
  const head = from ? ['grown', RATES[timeUnit], 'now', 'share', 'place'] : ['held', 'share', 'place'];
  yield from
    ? `\nWhat grew from snapshot ${from.index} to ${to.index}, in ${timeWords(Math.abs(time), timeUnit)}: ${sizeWords(bytes, 'bytes', 'signed')}\n`
    : `\nWhat is held at snapshot ${to.index} (no earlier one has a tree): ${sizeWords(bytes, 'bytes')}\n`;
  const grown = rows.filter((row) => row.bytes > 0n).slice(0, top);
  const shrunk = rows
    .filter((row) => row.bytes < 0n)
    .slice(-SHRUNK)
    .reverse();
  if (grown.length === 0) yield 'Nothing grew.\n';
  const last = below ? [{ ...below, function: 'callers below the threshold of Massif' }] : [];
  if (grown.length + last.length > 0) yield `\n${columns([head, ...[...grown, ...last].map(cells)], head.length - 1)}`;
  if (shrunk.length > 0) yield `\nShrank most:\n${columns(shrunk.map(cells), head.length - 1)}`;
  const left = rows.length - grown.length - shrunk.length;
  if (left > 0) yield `\n${left} more ${left === 1 ? 'place' : 'places'}: --top ${rows.length}, or --json\n`;
  if (grown.some((row) => row.before === 0n) && hiddenBefore > 0n) {
    yield `\nPlaces that were below the threshold before count from 0: together up to ${sizeWords(hiddenBefore, 'bytes')} less than it looks.\n`;
  }
}

function placeOf({ function: name, file, line }: SiteRow): string {
  if (file === null) return harmlessName(name);
  return `${harmlessName(name)}  ${harmless(file.slice(file.lastIndexOf('/') + 1))}${line === null ? '' : `:${line}`}`;
}

/** Columns up to `right` lean to the right; what comes after them ends the line. */
function columns(lines: readonly (readonly string[])[], right: number): string {
  const widths = Array.from({ length: right }, (_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = lines.map((line) => line.map((cell, column) => (column < right ? cell.padStart(widths[column] ?? 0) : cell)));
  return `${padded.map((line) => line.join('  ').trimEnd()).join('\n')}\n`;
}
