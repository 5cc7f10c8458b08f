import { type Columns, type OfRow, rowAt } from './columns.js';
import type { Context } from './shapes/shape.js';

/** Less traffic than this is health checks, and the CPU tells more. Bytes per second. A choice. */
export const HARDLY_ANY = 200;

/** What is known beside the floor at its points. */
export function contextAt(t: Float64Array, columns: Columns): Context {
  const load = loadAt(t, columns);
  return load ? { load } : {};
}

/** Traffic where there is any to speak of, else CPU: a leaking process collects more, so that its CPU grows because it leaks. */
function loadAt(t: Float64Array, columns: Columns): Context['load'] {
  const net = countedAt(t, columns.t, columns.net);
  const seconds = ((t.at(-1) ?? 0) - (t[0] ?? 0)) / 1000;
  if (net && net.sum > HARDLY_ANY * seconds) return { of: 'net', rate: net.rate, total: net.total };
  const cpu = countedAt(t, columns.t, columns.cpu);
  return cpu ? { of: 'cpu', rate: cpu.rate, total: cpu.total } : undefined;
}

/** A counter as its rate around each point, and as its total since the first; null when it was not measured throughout. */
function countedAt(
  t: Float64Array,
  times: Float64Array,
  counter: OfRow | null,
): { rate: Float64Array; total: Float64Array; sum: number } | null {
  if (!counter || times.length === 0) return null;
  const [first, last] = [counter(0), counter(times.length - 1)];
  if (!(last > first)) return null;
  const at = (ms: number) => valueAt(times, counter, ms) - first;
  const total = t.map(at);
  const half = ((t.at(-1) ?? 0) - (t[0] ?? 0)) / Math.max(1, t.length - 1) / 2;
  const rate = t.map((ms) => {
    const [from, to] = [Math.max(ms - half, times[0] ?? ms), Math.min(ms + half, times.at(-1) ?? ms)];
    return to > from ? (at(to) - at(from)) / (to - from) : 0;
  });
  if (total.some(Number.isNaN) || rate.some(Number.isNaN)) return null;
  // Of the size of 1, so that the columns of a fit are alike.
  const most = rate.reduce((a, b) => Math.max(a, b), 0) || 1;
  const all = total.at(-1) || 1;
  const sum = (total.at(-1) ?? 0) - (total[0] ?? 0);
  return { rate: rate.map((value) => value / most), total: total.map((value) => value / all), sum };
}

/** Between two rows, by a straight line; at the ends, the end. */
function valueAt(t: Float64Array, of: OfRow, ms: number): number {
  const right = Math.min(t.length - 1, Math.max(1, rowAt({ t }, ms)));
  const [a, b] = [t[right - 1] ?? 0, t[right] ?? 1];
  const share = Math.min(1, Math.max(0, (ms - a) / (b - a || 1)));
  const [low, high] = [of(right - 1), of(right)];
  return low + share * (high - low);
}
