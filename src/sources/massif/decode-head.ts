import { personError } from '../../errors.js';
import type { MassifTimeUnit } from '../../model/massif.js';
import { LIMITS } from './limits.js';

/** What is given in place of a file of Massif's, by how it begins. */
const LOOKS: readonly (readonly [RegExp, string])[] = [
  [/^-{20}/, 'is what ms_print says of one: give the file that it was made from'],
  [/^# callgrind format|^version: \d|^creator: callgrind/, 'is one of Callgrind: run --tool=massif'],
  [/^\s*<(!doctype|html|\?xml)/i, 'is a web page'],
  [/^\s*[[{]/, 'is JSON'],
];

/**
 * Decodes what stands before the snapshots. A command with line ends in its arguments goes on over as many lines as it has; so do
 * Massif's own arguments.
 */
export class HeadDecoder {
  description = '';
  command = '';
  isEmpty = true;
  private last: 'desc' | 'cmd' | null = null;
  private lines = 0;

  /** The time unit with the line that says it and ends the head; null before. */
  take(text: string, line: number): MassifTimeUnit | null {
    this.isEmpty = false;
    this.lines += 1;
    if (this.lines > LIMITS.headLines)
      throw personError(`line ${line}: is refused: more than ${LIMITS.headLines} lines before time_unit.`);
    const [, name, value = ''] = /^(desc|cmd|time_unit):\s*(.*)$/.exec(text) ?? [];
    if (name === 'time_unit' && this.last === 'cmd') return timeUnit(value.trimEnd(), line);
    if (this.last === null && name !== 'desc' && name !== 'cmd') {
      const look = LOOKS.find(([begins]) => begins.test(text))?.[1];
      throw personError(`is no file of Massif's: ${look ?? 'that begins with "desc:" and "cmd:"'}.`);
    }
    if (this.last === 'cmd' && /^(snapshot|time|mem_\w+|heap_tree)=/.test(text)) {
      throw personError(`line ${line}: is damaged: time_unit: is expected, not ${JSON.stringify(text.slice(0, 60))}.`);
    }
    if (name === 'desc' && this.last !== 'cmd') this.description = join(this.description, value);
    else if (name === 'cmd' && this.last !== 'cmd') this.command = value;
    else if (this.last === 'cmd') this.command = join(this.command, text);
    else this.description = join(this.description, text);
    if (this.last !== 'cmd') this.last = name === 'cmd' ? 'cmd' : 'desc';
    return null;
  }
}

function join(before: string, more: string): string {
  return before === '' ? more : `${before}\n${more}`;
}

function timeUnit(value: string, line: number): MassifTimeUnit {
  if (value === 'i' || value === 'ms' || value === 'B') return value;
  throw personError(`line ${line}: is damaged: time_unit must be i, ms or B, not ${JSON.stringify(value.slice(0, 60))}.`);
}
