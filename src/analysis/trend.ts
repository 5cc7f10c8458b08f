import { median } from 'simple-statistics';
import type { Series } from '../model/assessment.js';
import { isBytes, usedOf } from '../model/sample.js';
import type { ReplicaTrend, ServiceTrend } from '../model/trend.js';
import { fitLine } from './theil-sen.js';
import { middle } from './unlike.js';

/** As many points has the line: all their pairs are looked at. */
const POINTS = 60;
/** Of the time, at either end: long enough that no single sample is an end. */
const END = 1 / 30;
/** Samples further apart leave a hole between them: three roll-ups. */
const HOLE_MS = 15 * 60_000;
/** Who came later than this share of the time was not there for all of it. */
const LATE = 0.1;

type Point = { readonly t: number; readonly bytes: number };

/**
 * What one replica did over a window, from its first sample in it; null with fewer than two. The line goes through all lives: what
 * restarts give back is part of what memory did.
 *
 *     ┌from              ┌to
 *     |      /|  /|   /  |
 *     |_ _.-/ | / |_ /_ _|   ← the line, by the middle of all slopes (Theil–Sen)
 *     | /     |/  | /    |
 */
export function trendOf({ samples, replica }: Pick<Series, 'samples' | 'replica'>, nowMs: number): ReplicaTrend | null {
  const points = [...samples]
    .flatMap((sample): Point[] => {
      const bytes = usedOf(sample);
      return isBytes(bytes) && Number.isFinite(sample.t) ? [{ t: sample.t, bytes }] : [];
    })
    .sort((a, b) => a.t - b.t);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || last.t <= first.t) return null;
  const [fromMs, toMs] = [first.t, last.t];
  const endMs = (toMs - fromMs) * END;
  const growth = fitLine(inSteps(points, fromMs, toMs))?.bytesPerHour;
  const peak = points.reduce((most, one) => (one.bytes > most.bytes ? one : most));
  return {
    replica,
    fromMs,
    toMs,
    fromBytes: median(points.filter(({ t }) => t <= fromMs + endMs).map(({ bytes }) => bytes)),
    toBytes: median(points.filter(({ t }) => t >= toMs - endMs).map(({ bytes }) => bytes)),
    peak: { bytes: peak.bytes, atMs: peak.t },
    holesMs: holesIn(points, replica.running ? nowMs : toMs),
    ...(growth ? { growthBytesPerHour: growth } : {}),
  };
}

/** The mean of each of equal steps of time; steps without samples are left out. */
function inSteps(points: readonly Point[], fromMs: number, toMs: number): Point[] {
  const steps = Array.from({ length: POINTS }, () => ({ t: 0, bytes: 0, count: 0 }));
  for (const { t, bytes } of points) {
    const step = steps[Math.min(POINTS - 1, Math.floor(((t - fromMs) / (toMs - fromMs)) * POINTS))];
    if (!step) continue;
    step.count += 1;
    step.t += (t - step.t) / step.count;
    step.bytes += (bytes - step.bytes) / step.count;
  }
  return steps.filter(({ count }) => count > 0);
}

function holesIn(points: readonly Point[], endMs: number): number {
  let holesMs = 0;
  points.forEach(({ t }, i) => {
    const gapMs = (points[i + 1]?.t ?? endMs) - t;
    if (gapMs > HOLE_MS) holesMs += gapMs;
  });
  return holesMs;
}

/** The service's, over those replicas that were there nearly all the time; null when none has anything to show. */
export function serviceTrend(trends: readonly ReplicaTrend[]): ServiceTrend | null {
  const [first] = trends;
  if (!first) return null;
  const fromMs = Math.min(...trends.map((one) => one.fromMs));
  const toMs = Math.max(...trends.map((one) => one.toMs));
  const whole = trends.filter((one) => one.fromMs - fromMs <= LATE * (toMs - fromMs));
  const rates = whole.flatMap(({ growthBytesPerHour }) => growthBytesPerHour ?? []);
  const highest = trends.reduce((most, one) => (one.peak.bytes > most.peak.bytes ? one : most), first);
  return {
    fromMs,
    toMs,
    fromBytes: median(whole.map(({ fromBytes }) => fromBytes)),
    toBytes: median(whole.map(({ toBytes }) => toBytes)),
    peak: { ...highest.peak, replica: highest.replica },
    holesMs: Math.max(...whole.map(({ holesMs }) => holesMs)),
    whole: whole.length,
    ...(rates.length > 0 ? { growthBytesPerHour: middle(rates) } : {}),
  };
}
