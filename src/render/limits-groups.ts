import type { LimitAdvice, SuggestedLimit } from '../model/limits.js';
import type { ServiceRef } from '../model/replica.js';
import { limitSize } from './docker-figures.js';

/** Containers of one service with one limit, as one row: what fits the largest of them fits all. */
export type LimitGroup = {
  readonly service: ServiceRef;
  readonly limitBytes: number | null;
  readonly mostBytes?: number;
  readonly members: readonly LimitAdvice[];
  readonly suggested: SuggestedLimit;
};

/** Those that need a word: without a limit first, then those near theirs, the largest first in each. */
export function groupsOf(advice: readonly LimitAdvice[]): LimitGroup[] {
  const byKey = new Map<string, LimitAdvice[]>();
  for (const one of advice) {
    if (one.standing !== 'no-limit' && one.standing !== 'near') continue;
    const key = JSON.stringify([one.replica.service.id, one.limitBytes]);
    byKey.set(key, [...(byKey.get(key) ?? []), one]);
  }
  const groups = [...byKey.values()].flatMap((members) => groupOf(members));
  const rank = ({ limitBytes }: LimitGroup) => (limitBytes === null ? 0 : 1);
  return groups.sort((a, b) => rank(a) - rank(b) || (b.mostBytes ?? 0) - (a.mostBytes ?? 0));
}

function groupOf(members: readonly LimitAdvice[]): LimitGroup[] {
  const [first] = members;
  if (!first) return [];
  const sizes = members.flatMap(({ mostBytes }) => (mostBytes === undefined ? [] : [mostBytes]));
  return [
    {
      service: first.replica.service,
      limitBytes: first.limitBytes,
      members,
      suggested: together(members.map(({ suggested }) => suggested)),
      ...(sizes.length > 0 ? { mostBytes: Math.max(...sizes) } : {}),
    },
  ];
}

/** One leaking replica is enough for no limit; one with history is enough for the young ones beside it. */
function together(all: readonly SuggestedLimit[]): SuggestedLimit {
  if (all.some(({ kind }) => kind === 'leaking')) return { kind: 'leaking' };
  const sizes = all.flatMap((one) => (one.kind === 'size' ? [one] : []));
  if (sizes.length > 0) {
    const bytes = Math.max(...sizes.map((one) => one.bytes));
    return { kind: 'size', bytes, atLeast: sizes.some(({ atLeast }) => atLeast) };
  }
  return all.find(({ kind }) => kind === 'too-short') ?? { kind: 'no-data' };
}

/** `640m`, `≥640m`, `leaks`, `young`, `?`. */
export function suggestionOf({ suggested }: LimitGroup): string {
  if (suggested.kind === 'size') return `${suggested.atLeast ? '≥' : ''}${limitSize(suggested.bytes)}`;
  return { leaking: 'leaks', 'too-short': 'young', 'no-data': '?' }[suggested.kind];
}
