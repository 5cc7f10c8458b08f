import type { Sample } from '../../model/sample.js';
import type { Columns } from './decode-answer.js';
import { FIELDS, type Field, type Grid, windowMsOf } from './query.js';

/** What is known of one container over a grid: samples oldest first, and when it was started, oldest first. */
export type Remembered = { readonly samples: readonly Sample[]; readonly startsMs: readonly number[] };

/** cAdvisor takes what cannot be set for none. */
const NO_LIMIT = 2 ** 62;
/** A counter that falls to less than this share of itself began anew: two scrapers may differ by a little. A choice. */
const RESET = 0.5;
const SAME_START_MS = 1_500;
/** Clocks of two machines. */
const AHEAD_MS = 5 * 60_000;

/**
 * What two reads tell of one container, the later one closer. Its starts are told by both, and once here; where none is told, a read
 * begins with one of its own.
 *
 *     before   ·     ·     ·     ·
 *     close                     ·····
 */
export function joinReads(before: Remembered, close: Remembered): Remembered {
  const [first] = close.samples;
  if (!first || before.samples.length === 0) return first ? close : before;
  const news = close.startsMs.filter((ms) => ms !== first.t && !before.startsMs.some((known) => isSame(known, ms)));
  return {
    samples: [...before.samples.filter(({ t }) => t < first.t), ...close.samples],
    startsMs: [...before.startsMs, ...news].sort((a, b) => a - b),
  };
}

const isSame = (a: number, b: number) => Math.abs(a - b) <= SAME_START_MS;

type Tracks = Readonly<Record<Field, Float64Array | undefined>>;

/**
 * One container's columns as samples, in the middle of the time that each stands for; a point without anon is none.
 *
 *     kernel   usage − anon − cache        as decode-stats.ts has it for cgroup v1, where an engine names it no more than cAdvisor does
 *     shmem    cache − lists of file pages   where cAdvisor is new enough to tell them
 *     file     cache − shmem
 */
export function decodeSamples(byField: Readonly<Record<Field, Columns>>, cgroup: string, grid: Grid): Remembered {
  const tracks = Object.fromEntries(FIELDS.map((field) => [field, byField[field].get(cgroup)])) as Tracks;
  const windowMs = windowMsOf(grid);
  const samples: Sample[] = [];
  for (let i = 0; i < grid.count; i += 1) {
    const sample = sampleAt(tracks, i, grid.fromMs + i * grid.stepMs - windowMs / 2);
    if (sample) samples.push(sample);
  }
  const startsMs = startsOf(tracks.start, samples);
  const [, ...restarts] = startsMs;
  // What a restart falls into is of two lives.
  const ofOneLife = samples.filter(({ t }) => !restarts.some((at) => Math.abs(at - t) <= windowMs / 2));
  return { samples: ofOneLife, startsMs };
}

function sampleAt(tracks: Tracks, i: number, t: number): Sample | null {
  const anon = valueAt(tracks.anon, i);
  if (anon === undefined) return null;
  const [cache, usage, listed] = [valueAt(tracks.cache, i), valueAt(tracks.usage, i), valueAt(tracks.listed, i)];
  const [limit, cpu] = [valueAt(tracks.limit, i), valueAt(tracks.cpu, i)];
  const shmem = cache === undefined || listed === undefined ? undefined : Math.max(0, Math.round(cache - listed));
  const kernel = usage === undefined || cache === undefined ? undefined : Math.max(0, Math.round(usage - anon - cache));
  // One literal: hundreds of thousands of these are made at a time, and put together from parts they take V8 ten times as long.
  return {
    t,
    usage: usage === undefined ? undefined : Math.round(usage),
    anon: Math.round(anon),
    leastAnon: Math.round(Math.min(valueAt(tracks.leastAnon, i) ?? anon, anon)),
    shmem,
    kernel,
    file: cache === undefined ? undefined : Math.max(0, Math.round(cache - (shmem ?? 0))),
    limit: limit === 0 || (limit ?? 0) >= NO_LIMIT ? null : limit,
    cpuNanos: cpu === undefined ? undefined : cpu * 1e9,
    netRxBytes: valueAt(tracks.rx, i),
    netTxBytes: valueAt(tracks.tx, i),
  };
}

/** Undefined: there is none at this point. */
function valueAt(track: Float64Array | undefined, i: number): number | undefined {
  const value = track?.[i];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/**
 * Starts as they were told, and those that only the CPU counter shows: before 0.57 cAdvisor told when a container was made, which a
 * restart does not move.
 *
 *     cpu    /|  /|  /
 *           / | / | /        starts in the middle between two points
 */
function startsOf(told: Float64Array | undefined, samples: readonly Sample[]): number[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) return [];
  const starts: number[] = [];
  for (const seconds of told ?? []) {
    const ms = seconds * 1_000;
    // NaN is neither.
    if (ms > 0 && ms < last.t + AHEAD_MS && !starts.some((known) => isSame(known, ms))) starts.push(ms);
  }
  if (starts.length === 0) starts.push(first.t);
  let before: Sample | undefined;
  for (const sample of samples) {
    if (sample.cpuNanos === undefined) continue;
    const [from, to] = [before?.t ?? sample.t, sample.t];
    const fell = before?.cpuNanos !== undefined && sample.cpuNanos < RESET * before.cpuNanos;
    if (fell && !starts.some((ms) => ms > from - (to - from) && ms <= to)) starts.push((from + to) / 2);
    before = sample;
  }
  return starts.sort((a, b) => a - b);
}
