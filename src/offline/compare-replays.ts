import type { lineOf } from './replay-history.js';

/** A line of `leakwatch replay`, or as much of it as is compared. */
export type ReplayLine = Pick<ReturnType<typeof lineOf>, 'id' | 't' | 'event' | 'level' | 'verdict' | 'reason'>;

/** What a replay was asked of. */
export type Span = { readonly fromMs: number; readonly toMs: number };

/** A message that one of two versions says, or both with a difference. Null: not said there. */
export type Difference = { readonly here: ReplayLine; readonly there: ReplayLine | null } | OnlyThere;
type OnlyThere = { readonly here: null; readonly there: ReplayLine };

export type Comparison = {
  readonly differences: readonly Difference[];
  /** How many messages are the same, to the tick. */
  readonly same: number;
};

const DAY_MS = 24 * 3_600_000;
/** One message that is not matched costs as much as half a day or two levels: what is more than a day apart is two messages. Choices. */
const [UNMATCHED, A_DAY, OTHER_LEVEL] = [1, 2, 0.5];

/**
 * What one version says of a service beside what another said: messages of one kind are held against each other in their order, so that
 * what only moved is not one that is missing and one that is new. Edits that leave a message as loud as it was are no messages of
 * their own.
 *
 *     there   alert        page      resolve
 *     here         alert   page                 alert
 *             changed      same      only there  only here
 */
export function compareService(hereAll: readonly ReplayLine[], thereAll: readonly ReplayLine[]): Comparison {
  const [here, there] = [withoutEdits(hereAll), withoutEdits(thereAll)];
  const costs = costsOf(here, there);
  const differences: Difference[] = [];
  let [i, j, same] = [0, 0, 0];
  const at = (a: number, b: number) => costs[a]?.[b] ?? Number.POSITIVE_INFINITY;
  while (i < here.length || j < there.length) {
    const [mine, theirs] = [here[i], there[j]];
    if (mine && theirs && at(i, j) === matchCost(mine, theirs) + at(i + 1, j + 1)) {
      if (isSame(mine, theirs)) same += 1;
      else differences.push({ here: mine, there: theirs });
      [i, j] = [i + 1, j + 1];
    } else if (mine && at(i, j) === UNMATCHED + at(i + 1, j)) {
      differences.push({ here: mine, there: null });
      i += 1;
    } else if (theirs) {
      differences.push({ here: null, there: theirs });
      j += 1;
    }
  }
  return { differences, same };
}

/** The least that what is left from `i` here and `j` there can cost. */
function costsOf(here: readonly ReplayLine[], there: readonly ReplayLine[]): number[][] {
  const costs = Array.from({ length: here.length + 1 }, () => new Array<number>(there.length + 1).fill(0));
  for (let i = here.length; i >= 0; i -= 1) {
    const row = costs[i] ?? [];
    for (let j = there.length; j >= 0; j -= 1) {
      const [mine, theirs] = [here[i], there[j]];
      const below = costs[i + 1] ?? [];
      if (!mine || !theirs) row[j] = UNMATCHED * (here.length - i + there.length - j);
      else
        row[j] = Math.min(
          matchCost(mine, theirs) + (below[j + 1] ?? 0),
          UNMATCHED + (below[j] ?? 0),
          UNMATCHED + (row[j + 1] ?? 0),
        );
    }
  }
  return costs;
}

function matchCost(a: ReplayLine, b: ReplayLine): number {
  if (a.event !== b.event) return Number.POSITIVE_INFINITY;
  return (A_DAY * Math.abs(a.t - b.t)) / DAY_MS + (a.level === b.level ? 0 : OTHER_LEVEL);
}

function isSame(a: ReplayLine, b: ReplayLine): boolean {
  return a.t === b.t && a.level === b.level && a.verdict === b.verdict && a.reason === b.reason;
}

function withoutEdits(lines: readonly ReplayLine[]): ReplayLine[] {
  return lines.filter(({ event, level }, i) => event !== 'update' || level !== lines[i - 1]?.level);
}
