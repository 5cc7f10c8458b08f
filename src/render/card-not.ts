import type { Assessment, Exclusion } from '../model/assessment.js';
import { duration } from './times.js';
import { change, changeOf } from './units.js';

/** `Not cache (flat), not load (net −30 %, CPU +2 %), not warm-up (usually 12 min)`: what was measured and is not the cause. */
export function notLine({ not = [] }: Pick<Assessment, 'not'>): string | undefined {
  const causes = (['cache', 'load', 'warm-up'] as const).flatMap((cause) => {
    const words = not.filter((one) => one.cause === cause).map(measured);
    return words.length > 0 ? [`not ${cause} (${[...new Set(words)].join(', ')})`] : [];
  });
  const line = causes.join(', ');
  return line ? `N${line.slice(1)}` : undefined;
}

function measured(one: Exclusion): string {
  if (one.cause === 'cache') return change(one.changeBytes) === '0' ? 'flat' : change(one.changeBytes);
  if (one.cause === 'load') return `${one.of === 'cpu' ? 'CPU' : 'net'} ${changeOf(one.change)}`;
  return one.usualMs === undefined ? `up ${duration(one.upMs)}` : `usually ${duration(one.usualMs)}`;
}
