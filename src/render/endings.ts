import type { Incident } from '../model/incident.js';
import type { Moment } from '../model/news.js';

type How = NonNullable<Incident['closed']>['how'];

/** How incidents end, in a few words. */
export const ENDINGS: Readonly<Record<How, string>> = {
  recovered: 'calm again',
  fixed: 'fixed',
  resolved: 'resolved',
  'not-a-leak': 'not a leak',
  gone: 'gone',
  unwatched: 'off the watch',
};

/** Green is what was seen to be over, or said by who knows. */
export const ENDING_SIGNS: Readonly<Record<How, '✅' | '⚪'>> = {
  recovered: '✅',
  fixed: '✅',
  resolved: '✅',
  'not-a-leak': '⚪',
  gone: '⚪',
  unwatched: '⚪',
};

const ENDS: ReadonlySet<Moment['kind']> = new Set(['fixed', 'resolve', 'resolve-by', 'not-a-leak', 'gone', 'unwatched']);

/** What closed it last. */
export function lastEnding(moments: readonly Moment[]): Moment | undefined {
  return moments.findLast(({ kind }) => ENDS.has(kind));
}
