import { clip, escapeText, visible } from './text.js';

/** Letters that a line of a table may have before it is escaped. */
const MAX_LINE = 200;

/** Lines of a table in monospaced letters: the first column to the left, the others to the right, cut to their widths; escaped. */
export function columns(widths: readonly number[], rows: readonly (readonly string[])[]): string[] {
  return rows.map((cells) => {
    const padded = widths.map((width, i) => {
      const cell = clip(visible(cells[i] ?? ''), width);
      return i === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return escapeText(padded.join(' ').trimEnd(), MAX_LINE);
  });
}

export function codeBlock(lines: readonly string[]): string {
  return ['```', ...lines, '```'].join('\n');
}
