import type { HeapGrowth, HeapRow, Rank } from '../model/heap.js';
import { sizeWords } from './heap-words.js';
import { harmless, harmlessName, inputName } from './problem.js';

/** Of what shrank, as many as explain why growth is less than what grew. */
const SHRUNK = 3;

/**
 * A heap as a person reads it, largest first; a growth with what shrank apart:
 *
 *     now.pb.gz since base.pb.gz: inuse_space +8.4 MiB (3.07 MiB → 11.5 MiB)
 *
 *           flat  share        cum  function
 *      +2.94 MiB   35 %  +4.13 MiB  encoding/json.(*decodeState).objectInterface  decode.go:764
 */
export function* heapTable(growth: HeapGrowth, by: Rank, top: number, path: string, base?: string): Generator<string> {
  const { baseTotal, rows } = growth;
  const isGrowth = baseTotal !== null;
  yield `${titleOf(growth, harmless(inputName(path)), base === undefined ? '' : harmless(inputName(base)))}\n`;
  const shown = rows.filter((row) => !isGrowth || row[by] > 0n || (row[by] === 0n && row.cum > 0n)).slice(0, top);
  const shrunk = isGrowth
    ? rows
        .filter((row) => row[by] < 0n)
        .slice(-SHRUNK)
        .reverse()
    : [];
  if (shown.length > 0) yield `\n${table(shown, growth)}`;
  else yield isGrowth ? '\nNothing grew.\n' : '\nIt is empty.\n';
  if (shrunk.length > 0) yield `\nShrank most:\n${table(shrunk, growth)}`;
  const left = rows.length - shown.length - shrunk.length;
  if (left > 0) yield `\n${left} more ${left === 1 ? 'function' : 'functions'}: --top ${rows.length}, or --json\n`;
}

function titleOf({ measure, total, baseTotal, grown }: HeapGrowth, path: string, base: string): string {
  const name = harmless(measure.name);
  if (baseTotal === null) return `${path}: ${name} ${sizeWords(grown, measure.unit)}`;
  const [before, now] = [sizeWords(baseTotal, measure.unit), sizeWords(total, measure.unit)];
  return `${path} since ${base}: ${name} ${sizeWords(grown, measure.unit, 'signed')} (${before} → ${now})`;
}

function table(rows: readonly HeapRow[], { measure, baseTotal, grown }: HeapGrowth): string {
  const sign = baseTotal === null ? 'plain' : 'signed';
  // Of nothing, or of less than there was, nobody can have a share.
  const hasShares = grown > 0n;
  const cells = (flat: string, part: string, cum: string, name: string) => [flat, ...(hasShares ? [part] : []), cum, name];
  const lines = rows.map((row) => {
    const [flat, cum] = [sizeWords(row.flat, measure.unit, sign), sizeWords(row.cum, measure.unit, sign)];
    return cells(flat, share(row.flat, grown), cum, nameOf(row));
  });
  const all = [cells('flat', 'share', 'cum', 'function'), ...lines];
  const widths = cells('', '', '', '').map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  widths[widths.length - 1] = 0;
  const padded = all.map((line) => line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '));
  return `${padded.join('\n')}\n`;
}

function nameOf({ function: name, at }: HeapRow): string {
  if (!at) return harmlessName(name);
  const file = at.file.slice(at.file.lastIndexOf('/') + 1);
  return `${harmlessName(name)}  ${harmless(file)}${at.line > 0 ? `:${at.line}` : ''}`;
}

function share(flat: bigint, of: bigint): string {
  if (flat === 0n) return '';
  const percent = (100 * Number(flat)) / Number(of);
  return Math.abs(percent) < 1 ? `${percent.toFixed(1)} %` : `${Math.round(percent)} %`;
}
