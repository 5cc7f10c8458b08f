import { mean, min } from 'simple-statistics';
import { OWN_PARTS, type OwnGrowth, type OwnPart, type OwnPoint, type OwnProcess } from '../model/own-metrics.js';
import type { Range } from '../model/range.js';
import { fitLine } from './theil-sen.js';

const MINUTE_MS = 60_000;
/** A rate per hour from less than this would be of a start, and of six times as much as was seen. */
const LEAST_MS = 10 * MINUTE_MS;
const LEAST_POINTS = 6;
/** All pairs of points are looked at. */
const MOST_POINTS = 60;
/** Clocks of two machines, and starts that are told in seconds. */
const SKEW_MS = 60_000;
/** A container is begun, and then its process: within so long it is that one, where it is the only one. */
const AT_ONCE_MS = 5_000;
/** A process with less than this share of a container's memory is beside what fills it: an exporter that is called as what it watches. A choice. */
const OWN_SHARE = 0.5;

/** The container that was asked for: when it was begun, and its anonymous memory now, bytes; null: nobody knows. */
export type OwnContainer = { readonly startedAtMs: number; readonly anonBytes: number | null };

/**
 * How the process of a container grows by its own count, over what is told of its present life. Of several that may be it: those begun
 * with the container, and of these the one that grows fastest, which is said (`among`). Null: there is none, or too little is told.
 */
export function ownGrowth(processes: readonly OwnProcess[], container: OwnContainer): OwnGrowth | null {
  const likely = processes.filter((process) => isLikely(process, container));
  const begun = likely.filter(({ startedAtMs }) => startedAtMs !== null && isBegunWith(startedAtMs, container));
  const those = begun.length === 1 ? begun : likely;
  const grown = those.flatMap((process) => growthOf(process, container) ?? []);
  const [fastest] = grown.sort((a, b) => speedOf(b) - speedOf(a));
  return fastest ? { ...fastest, among: those.length } : null;
}

function isBegunWith(startedAtMs: number, container: OwnContainer): boolean {
  return Math.abs(startedAtMs - container.startedAtMs) <= AT_ONCE_MS;
}

function isLikely({ isNamed, startedAtMs, parts }: OwnProcess, container: OwnContainer): boolean {
  if (startedAtMs !== null && startedAtMs < container.startedAtMs - SKEW_MS) return false;
  const resident = parts.resident?.at(-1)?.bytes;
  return isNamed || resident === undefined || resident >= OWN_SHARE * (container.anonBytes ?? 0);
}

function speedOf({ perHour }: Pick<OwnGrowth, 'perHour'>): number {
  return (perHour.resident ?? perHour.heap)?.value ?? 0;
}

function growthOf({ runtime, parts }: OwnProcess, { startedAtMs }: OwnContainer): Omit<OwnGrowth, 'among'> | null {
  const perHour: Partial<Record<OwnPart, Range>> = {};
  const seen: OwnPoint[] = [];
  for (const part of OWN_PARTS) {
    const points = (parts[part] ?? []).filter(({ t }) => t >= startedAtMs);
    const range = rateOf(points, part === 'heap' && runtime !== 'go' ? min : mean);
    if (!range) continue;
    perHour[part] = range;
    seen.push(...[points[0], points.at(-1)].flatMap((point) => point ?? []));
  }
  if (!perHour.resident && !perHour.heap) return null;
  const times = seen.map(({ t }) => t);
  return { runtime, perHour, fromMs: Math.min(...times), toMs: Math.max(...times) };
}

/**
 * Of a heap that is collected now and then, the least of each of sixty times is what is live:
 *
 *     used    /|  /|  /|
 *            / | / | / |
 *     least ‾  |/  |/  |/    this is the line
 *
 * Go's parts are counted as they are, because they are parts of one sum: what one collection frees is in `kept` after it.
 */
function rateOf(points: readonly OwnPoint[], of: (values: number[]) => number): Range | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < LEAST_POINTS || last.t - first.t < LEAST_MS) return null;
  const size = Math.ceil(points.length / MOST_POINTS);
  const some = Array.from({ length: Math.ceil(points.length / size) }, (_, i) => {
    const own = points.slice(i * size, (i + 1) * size);
    return { t: mean(own.map(({ t }) => t)), bytes: of(own.map(({ bytes }) => bytes)) };
  });
  return fitLine(some)?.bytesPerHour ?? null;
}
