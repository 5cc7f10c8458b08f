import { personError } from '../../errors.js';
import type { Tables } from './decode-tables.js';
import { LIMITS } from './limits.js';

/** Whether the whole of a text is what an expression says. */
export type Matches = (text: string) => boolean;
export type Compile = (expression: string) => Matches;

/** What of each location stays when its producer's frames are dropped; `whole` and `part` as in pprof's Prune. */
export type Drop = {
  /** Its outermost frame is dropped, and with it all that it calls. */
  readonly whole: Uint8Array;
  /** An inlined one is: those that it was inlined into stay, from the site `from[i]` on. */
  readonly part: Uint8Array;
  readonly from: Uint32Array;
};

/** A dot in front (PowerPC), and the arguments behind: from the first parenthesis that is no part of the name. */
const ARGUMENTS = /\(anonymous namespace\)|operator\(\)|\(/g;

/**
 * A producer may name frames that nobody wants to see, as allocators do with theirs:
 *
 *     main → handle → malloc → arena_malloc → …      drop: malloc|arena_.*
 *     main → handle                                   what is left: the flat bytes are handle's
 *
 * Expressions are Go's and come from outside: `compile` has to take linear time. One that is not understood drops nothing, as in
 * pprof.
 */
export function dropFrames(tables: Tables, drop: string, keep: string, compile: Compile): Drop | null {
  const [isDropped, isKept] = [compileSafely(drop, compile), compileSafely(keep, compile)];
  if (drop === '' || !isDropped || (keep !== '' && !isKept)) return null;
  const names = tables.functions.all.map(simple);
  const work = names.reduce((sum, { length }) => sum + length, 0) * (drop.length + keep.length);
  if (work > LIMITS.patternWork) throw personError('is refused: its drop_frames are too much work for its names.');
  const unwanted = names.map((name) => isDropped(name) && !(keep !== '' && isKept?.(name)));
  const { from, to, sites } = tables;
  const left = { whole: new Uint8Array(from.length), part: new Uint8Array(from.length), from: from.slice() };
  for (let place = 0; place < from.length; place += 1) {
    const [inner = 0, outer = 0] = [from[place], to[place]];
    let site = outer - 1;
    while (site >= inner && !(isNamed(tables, site) && unwanted[sites.functions[site] ?? 0])) site -= 1;
    if (site < inner) continue;
    if (site === outer - 1) left.whole[place] = 1;
    else left.from[place] = site + 1;
    left.part[place] = 1;
  }
  return left;
}

function compileSafely(expression: string, compile: Compile): Matches | null {
  if (expression.length > LIMITS.pattern) throw personError(`is refused: drop_frames of ${expression.length} characters.`);
  if (expression === '') return null;
  try {
    return compile(expression);
  } catch {
    return null;
  }
}

/** Names that were made up for what has none, `[libc.so]`, are not matched. */
function isNamed({ unnamed }: Tables, site: number): boolean {
  return unnamed[site] !== 1;
}

function simple(name: string): string {
  const bare = name.startsWith('.') ? name.slice(1) : name;
  for (const { 0: found, index } of bare.matchAll(ARGUMENTS)) {
    if (found === '(') return bare.slice(0, index);
  }
  return bare;
}

/**
 * Of a stack (its locations, innermost first, `depth` of them) the first that stays. Frames outside of the first that is wanted
 * are left alone: some stacks are nothing but an allocator's.
 */
export function firstLeft({ whole, part }: Drop, stack: Uint32Array, depth: number): number {
  let isWanted = false;
  for (let i = depth - 1; i >= 0; i -= 1) {
    const place = stack[i] ?? 0;
    if (!part[place]) isWanted = true;
    else if (isWanted) return whole[place] ? i + 1 : i;
  }
  return 0;
}
