import type { Massif, MassifSnapshot } from '../model/massif.js';
import { sizeWords } from './heap-words.js';
import { highest, totalBytes } from './massif-growth.js';
import { timeWords } from './massif-words.js';

const COLUMNS = 72;
const ROWS = 10;
const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/**
 * Memory over time, for a terminal: all of a snapshot (heap, what the allocator adds, stacks), the highest of each column, and
 * where there is no snapshot what the last one said.
 *
 *     4.12 MiB ┤                ▃▆█
 *              │         ▁▃▅▇█████
 *              │   ▂▄▆████████████
 *            0 ┼──────────────────
 *              0            997 ms
 *              peak 4.11 MiB: … ▲
 */
export function massifChart(massif: Massif): string {
  const { snapshots, timeUnit } = massif;
  const high = highest(massif);
  if (!high || snapshots.length < 2) return '';
  const most = Math.max(1, ...snapshots.map(totalBytes));
  const lastTime = Math.max(1, ...snapshots.map(({ time }) => time));
  const heights = columns(snapshots, lastTime).map((bytes) => (bytes / most) * ROWS);
  const label = sizeWords(BigInt(most), 'bytes');
  const margin = ' '.repeat(label.length);
  const lines = Array.from({ length: ROWS }, (_, row) => {
    const cells = heights.map((height) => EIGHTHS[Math.round(8 * Math.min(1, Math.max(0, height - (ROWS - 1 - row))))]);
    return `${row === 0 ? `${label} ┤` : `${margin} │`}${cells.join('').trimEnd()}`;
  });
  const end = timeWords(lastTime, timeUnit);
  const marked = columnOf(high, lastTime);
  const name = massif.peak === null ? 'highest' : 'peak';
  const note = `${name} ${sizeWords(BigInt(totalBytes(high)), 'bytes')}: snapshot ${high.index}, at ${timeWords(high.time, timeUnit)}`;
  const aside = marked < COLUMNS / 2 ? `${' '.repeat(marked)}▲ ${note}` : `${`${note} ▲`.padStart(marked + 1)}`;
  lines.push(
    `${'0'.padStart(label.length)} ┼${'─'.repeat(COLUMNS)}`,
    `${margin}  0${end.padStart(COLUMNS - 1)}`,
    `${margin}  ${aside}`,
  );
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

function columns(snapshots: readonly MassifSnapshot[], lastTime: number): number[] {
  const found = Array.from({ length: COLUMNS }, () => -1);
  for (const snapshot of snapshots) {
    const column = columnOf(snapshot, lastTime);
    found[column] = Math.max(found[column] ?? -1, totalBytes(snapshot));
  }
  let last = 0;
  return found.map((bytes) => {
    if (bytes >= 0) last = bytes;
    return last;
  });
}

function columnOf({ time }: MassifSnapshot, lastTime: number): number {
  return Math.min(COLUMNS - 1, Math.floor((time / lastTime) * COLUMNS));
}
