import { personError } from '../../errors.js';
import { decodeNode, type Node } from './decode-node.js';
import { LIMITS } from './limits.js';

/** The lines of a tree that was found to be right, where they lay: its pieces of the file. */
export type TreeText = { readonly bytes: Buffer; readonly from: number; to: number }[];

/** Anything that would fit in one line; it came from outside. */
const SHOWN = 60;

/**
 * Takes the lines of one tree after the other and finds out where each ends: a node that announces two callers is followed by two
 * trees.
 *
 *     n2: 421 …          a node holds at least what its callers hold
 *      n1: 400 …         more: a call that ends here
 *       n0: 400 …
 *      n0: 21 in 2 places, all below massif's threshold (1.00%)
 */
export class TreeChecker {
  text: TreeText = [];
  private readonly node: Node = { callers: 0, bytes: 0, labelFrom: 0 };
  /** Of the nodes that are open, outermost first: callers still to come, what is left for them, and the line it began at. */
  private readonly toCome = new Uint32Array(LIMITS.depth + 1);
  private readonly left = new Float64Array(LIMITS.depth + 1);
  private readonly lines = new Uint32Array(LIMITS.depth + 1);
  private depth = 0;
  private nodes = 0;
  private size = 0;

  /** Begins a tree that may hold so many bytes. */
  begin(mostBytes: number): void {
    [this.text, this.depth, this.nodes, this.size] = [[], 0, 0, 0];
    [this.toCome[0], this.left[0]] = [1, mostBytes];
  }

  /** True when the tree ends with this line. Throws a person's error where it cannot be a part of one. */
  take(bytes: Buffer, from: number, to: number, line: number): boolean {
    const { node, toCome, left } = this;
    if (!decodeNode(bytes, from, to, node)) throw this.notNode(bytes.toString('utf8', from, Math.min(to, from + SHOWN)), line);
    this.nodes += 1;
    this.size += to - from;
    if (this.nodes > LIMITS.nodes || node.callers > LIMITS.nodes)
      throw refused(line, `more than ${LIMITS.nodes} nodes in a tree`);
    if (this.size > LIMITS.treeBytes) throw refused(line, `a tree of more than ${LIMITS.treeBytes / 2 ** 20} MiB`);
    const most = left[this.depth] ?? 0;
    if (node.bytes > most) {
      throw personError(`line ${line}: is damaged: ${node.bytes} bytes, of which ${most} are left by the node above it.`);
    }
    left[this.depth] = most - node.bytes;
    toCome[this.depth] = (toCome[this.depth] ?? 0) - 1;
    this.keep(bytes, from, to);
    if (node.callers > 0) {
      this.depth += 1;
      if (this.depth > LIMITS.depth) throw refused(line, `a tree deeper than ${LIMITS.depth} calls`);
      [toCome[this.depth], left[this.depth], this.lines[this.depth]] = [node.callers, node.bytes, line];
      return false;
    }
    while (this.depth > 0 && toCome[this.depth] === 0) this.depth -= 1;
    return this.depth === 0 && toCome[0] === 0;
  }

  /** What the file ends without. */
  missing(): string {
    return this.depth === 0
      ? 'a tree is announced'
      : `the node of line ${this.lines[this.depth]} has ${this.callersLeft()} to come`;
  }

  private callersLeft(): string {
    const left = this.toCome[this.depth] ?? 0;
    return `${left} ${left === 1 ? 'caller' : 'callers'}`;
  }

  private keep(bytes: Buffer, from: number, to: number): void {
    const last = this.text.at(-1);
    if (last?.bytes === bytes) last.to = to;
    else this.text.push({ bytes, from, to });
  }

  private notNode(found: string, line: number): Error {
    return personError(`line ${line}: is damaged: ${this.missing()}, but this is no node of a tree: ${JSON.stringify(found)}.`);
  }
}

function refused(line: number, what: string): Error {
  return personError(`line ${line}: is refused: ${what}.`);
}
