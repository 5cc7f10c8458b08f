import type { Entry } from './contest.js';

/** What a shape says of now. Per x, which is 1 over the whole time seen; bytes. */
export type Present = { readonly slope: number; readonly error: number; readonly since: number };

/** The present is at most the last part of what was seen, from where the shape bent last. A choice. */
const PRESENT = 0.6;

/**
 * The slope over the present, by the secant of the shape's trend, with its standard error.
 *
 *          bend      now
 *            |  __--'
 *     _______|-'
 *            <------->  present: since the bend, at most the last 40 %
 */
export function presentOf({ candidate, fit, variance }: Entry, x: Float64Array): Present {
  const { columns, trend = columns.length } = candidate;
  const since = Math.min(Math.max(candidate.since, PRESENT), x.at(-3) ?? 0);
  const from = Math.max(
    0,
    x.findIndex((at) => at >= since),
  );
  const length = 1 - (x[from] ?? 0);
  const rises = columns.slice(0, trend).map(({ values }) => ((values.at(-1) ?? 0) - (values[from] ?? 0)) / length);
  const k = columns.length;
  let slope = 0;
  let spread = 0;
  rises.forEach((rise, a) => {
    slope += rise * (fit.coefficients[a] ?? 0);
    rises.forEach((other, b) => {
      spread += rise * other * (fit.inverse[a * k + b] ?? 0);
    });
  });
  const freedom = x.length / Math.max(1, x.length - k - candidate.searched);
  const leaning = (candidate.leans ?? 0) * (fit.coefficients[k - 1] ?? 0);
  return { slope, error: Math.sqrt(Math.max(0, spread) * variance * freedom + leaning ** 2), since: candidate.since };
}
