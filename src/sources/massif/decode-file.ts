import { personError } from '../../errors.js';
import type { Massif, MassifSnapshot, MassifTimeUnit } from '../../model/massif.js';
import { TreeChecker, type TreeText } from './check-tree.js';
import { HeadDecoder } from './decode-head.js';
import { isWholeLabel } from './decode-label.js';
import { LIMITS } from './limits.js';

/** Of a snapshot, in this order. */
const FIELDS = ['snapshot', 'time', 'mem_heap_B', 'mem_heap_extra_B', 'mem_stacks_B', 'heap_tree'] as const;
const TREE = FIELDS.length - 1;
const NUMBER = /^\d{1,16}$/;
const SPACE = 0x20;
const TAB = 0x09;
const HASH = 0x23;
const SHOWN = 60;

/** Is told of a tree when it is whole. */
export type TakeTree = (index: number, text: TreeText) => void;

/**
 * Decodes a file of Massif's line by line: every line is a part of its grammar, or a person's error names it. Empty lines and those
 * that begin with `#` say nothing; a `#` later in a line belongs to it (`ms_print` cuts C++ lambdas there).
 */
export class FileDecoder {
  private head = new HeadDecoder();
  private readonly tree = new TreeChecker();
  private readonly snapshots: MassifSnapshot[] = [];
  private readonly takeTree: TakeTree;
  private readonly appends: boolean;
  /** What the snapshots of a file that is appended are counted on by. */
  private indexFrom = 0;
  private peak: number | null = null;
  private timeUnit: MassifTimeUnit | null = null;
  private line = 0;
  private inTree = false;
  /** Which of the fields comes next, and those of this snapshot that came. */
  private field = 0;
  private readonly numbers = [0, 0, 0, 0, 0];

  /** `appends`: what Massif was asked for while it runs comes as a file of its own behind what it had by then, and is a part of it. */
  constructor(takeTree: TakeTree, appends = false) {
    [this.takeTree, this.appends] = [takeTree, appends];
  }

  take(bytes: Buffer, from: number, to: number, isWhole: boolean): void {
    this.line += 1;
    let first = from;
    while (first < to && (bytes[first] === SPACE || bytes[first] === TAB)) first += 1;
    if (first === to || bytes[first] === HASH) return;
    if (!isWhole && this.timeUnit !== null && !isLast(bytes.toString('utf8', first, to))) {
      throw personError(`line ${this.line}: is cut off: the file ends in the middle of a line.`);
    }
    if (this.inTree) this.treeLine(bytes, first, to);
    else if (this.timeUnit === null) this.timeUnit = this.head.take(bytes.toString('utf8', from, to), this.line);
    else this.fieldLine(bytes.toString('utf8', from, to).trimEnd());
  }

  /** Throws where the file ends too early. */
  end(): Massif {
    if (this.timeUnit === null) throw this.head.isEmpty ? personError('is empty.') : this.cutOff('no time_unit');
    if (this.inTree) throw this.cutOff(this.tree.missing());
    if (this.field > 0) throw this.cutOff(`the snapshot has no ${FIELDS[this.field]}`);
    const [snapshots, { description, command }] = [this.snapshots, this.head];
    if (snapshots.length === 0)
      throw personError('has no snapshot in it: the program has not run to its end, or Massif was killed.');
    return { description, command, timeUnit: this.timeUnit, snapshots, peak: this.peak };
  }

  private cutOff(what: string): Error {
    return personError(`line ${this.line + 1}: is cut off: the file ends here, but ${what}.`);
  }

  private treeLine(bytes: Buffer, from: number, to: number): void {
    if (!this.tree.take(bytes, from, to, this.line)) return;
    this.inTree = false;
    this.takeTree(this.snapshots.at(-1)?.index ?? 0, this.tree.text);
  }

  private fieldLine(text: string): void {
    const name = FIELDS[this.field] ?? FIELDS[0];
    if (!text.startsWith(`${name}=`)) {
      if (/^(desc|cmd): /.test(text) && this.field === 0) {
        if (this.appends) {
          [this.head, this.timeUnit] = [new HeadDecoder(), null];
          this.indexFrom = (this.snapshots.at(-1)?.index ?? -1) + 1;
          this.timeUnit = this.head.take(text, this.line);
          return;
        }
        throw personError(`line ${this.line}: a second file begins here: give one of them at a time.`);
      }
      throw this.damaged(`${name}= is expected, not ${JSON.stringify(text.slice(0, SHOWN))}`);
    }
    const value = text.slice(name.length + 1);
    if (this.field === TREE) {
      this.endSnapshot(value);
      return;
    }
    const number = NUMBER.test(value) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(number)) {
      throw this.damaged(`${name} must be a whole number, 0 or more, not ${JSON.stringify(value.slice(0, SHOWN))}`);
    }
    this.numbers[this.field] = number;
    this.field += 1;
  }

  private endSnapshot(detail: string): void {
    const [number = 0, time = 0, heapBytes = 0, extraBytes = 0, stackBytes = 0] = this.numbers;
    if (detail !== 'empty' && detail !== 'detailed' && detail !== 'peak') {
      throw this.damaged(`heap_tree must be empty, detailed or peak, not ${JSON.stringify(detail.slice(0, SHOWN))}`);
    }
    if (this.snapshots.length >= LIMITS.snapshots) {
      throw personError(`line ${this.line}: is refused: more than ${LIMITS.snapshots} snapshots.`);
    }
    const index = number + this.indexFrom;
    const last = this.snapshots.at(-1);
    if (last && index <= last.index) throw this.damaged(`snapshot ${index} comes after ${last.index}`);
    if (detail === 'peak') {
      if (this.peak !== null) throw this.damaged(`snapshot ${index} is a second peak, after ${this.peak}`);
      this.peak = index;
    }
    this.snapshots.push({ index, time, heapBytes, extraBytes, stackBytes, detail });
    this.field = 0;
    this.inTree = detail !== 'empty';
    if (this.inTree) this.tree.begin(heapBytes + extraBytes + stackBytes);
  }

  private damaged(what: string): Error {
    return personError(`line ${this.line}: is damaged: ${what}.`);
  }
}

/** Whether a line that has no end can still be whole. */
function isLast(text: string): boolean {
  if (text === 'heap_tree=empty') return true;
  return isWholeLabel(text.replace(/^n\d+: \d+ /, ''));
}
