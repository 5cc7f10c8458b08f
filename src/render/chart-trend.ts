import type { Assessment } from '../model/assessment.js';
import type { Curve, Scene } from './chart-curves.js';
import { timeAt } from './chart-grid.js';
import { COLOUR } from './chart-style.js';

type Point = { readonly t: number; readonly bytes: number };
const HOUR_MS = 3_600_000;

/**
 * The shape that won, over the time that it was fitted to; for what leaks, straight on by the rate from its end, as far as the
 * picture or to the limit (bytes that this part may reach).
 *
 *                           · ·      and no further than the limit
 *          __/‾‾\__/‾‾\__·           a wave on a line goes on as its line
 *     ____/
 *     |   curve          | rate
 */
export function trendOf({ assessment, subject, grid }: Scene, limit: number | null): Curve[] {
  const points = courseOf(subject);
  const end = points.at(-1);
  if (assessment.verdict === 'unknown' || points.length < 2 || !end) return [];
  const perMs = assessment.verdict === 'leaking' ? (subject.growthBytesPerHour?.value ?? Number.NaN) / HOUR_MS : Number.NaN;
  const beyond = (t: number) => end.bytes + perMs * (t - end.t);
  const highest = limit === null ? Number.POSITIVE_INFINITY : Math.max(limit, end.bytes);
  let next = 0;
  const values = Array.from({ length: grid.size }, (_, i) => {
    const t = timeAt(grid, i);
    while (next < points.length && (points[next]?.t ?? t) < t) next += 1;
    const ahead = beyond(t);
    const bytes = next < points.length ? between(points[next - 1], points[next], t, grid.stepMs) : ahead > highest ? null : ahead;
    return bytes === null || !Number.isFinite(bytes) ? null : Math.max(0, bytes);
  });
  if (!values.some((value) => value !== null)) return [];
  const label = assessment.verdict === 'stable' ? 'fit' : 'trend';
  return [{ label, colour: COLOUR.fit, values, style: { borderDash: [12, 8], pointRadius: 0 } }];
}

/** Points that can be drawn: numbers, and each later than the one before. */
function courseOf({ curve = [] }: Assessment): Point[] {
  const course: Point[] = [];
  for (const point of curve) {
    const last = course.at(-1);
    if (Number.isFinite(point.t) && Number.isFinite(point.bytes) && (!last || point.t > last.t)) course.push(point);
  }
  return course;
}

/** On the straight line from `a` to `b`; before the first point nothing, but for half a step of the grid. */
function between(a: Point | undefined, b: Point | undefined, t: number, stepMs: number): number | null {
  if (!b) return null;
  if (!a) return b.t - t <= stepMs / 2 ? b.bytes : null;
  return a.bytes + ((b.bytes - a.bytes) * (t - a.t)) / (b.t - a.t);
}
