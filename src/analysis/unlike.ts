import { median } from 'simple-statistics';
import type { Assessment, Range } from '../model/assessment.js';

/** So many must grow before one of them can be unlike the others, and so many times faster or slower must it be. Choices. */
const LEAST_GROWING = 3;
const TIMES = 2;

/** The middle replica's rate: one outlier does not speak for the service. Of at least one. */
export function middle(rates: readonly Range[]): Range {
  return {
    value: median(rates.map(({ value }) => value)),
    low: median(rates.map(({ low }) => low)),
    high: median(rates.map(({ high }) => high)),
  };
}

/**
 * Growing replicas whose rate is far from that of the middle one, and whose range lies clear of its range.
 *
 *     #1  ├─·─┤
 *     #2   ├─·─┤
 *     #3    ├──·─┤               #7  ├─·──┤  unlike the others
 *     ─────────────────────────────────────── bytes per hour
 */
export function outliersOf(growing: readonly Assessment[]): Assessment[] {
  const rates = growing.flatMap(({ growthBytesPerHour }) => growthBytesPerHour ?? []);
  if (rates.length < LEAST_GROWING) return [];
  const usual = middle(rates);
  return growing.filter(({ growthBytesPerHour: rate }) => {
    if (!rate) return false;
    const faster = rate.value > TIMES * usual.value && rate.low > usual.high;
    return faster || (rate.value < usual.value / TIMES && rate.high < usual.low);
  });
}
