import type { Assessment, Part, Series } from '../model/assessment.js';
import { isBytes, limitOf, type Sample } from '../model/sample.js';
import { SampleTable } from '../model/sample-table.js';
import { aboveTrend, bentLimitAt, limitAt, wasAtLimit } from './ahead.js';
import { type Columns, columnsOf, mostOf, rowAt, rows, type Whole } from './columns.js';
import { contextAt } from './context.js';
import { type Climb, climbingOf, climbOf } from './cycle.js';
import { even } from './even.js';
import { changeOf } from './exclusions.js';
import { goesOn } from './goes-on.js';
import type { Growth } from './growth.js';
import { normalBefore } from './history.js';
import { joinedGrowth } from './joined.js';
import { judge } from './judge.js';
import { type Life, livesOf } from './lives.js';
import { medianOf } from './quantile.js';
import { storyOf } from './story.js';
import { trackOf } from './tracks.js';
import { warmUpOf } from './warm-up.js';
import { growthNow, type Past } from './windows.js';

/** Samples older than this are the past: at least 90 s, or four times the usual distance between them. */
const STALE_MS = 90_000;
const STALE_INTERVALS = 4;
/** A part that did not grow by this share of all that is used is not looked at closely. */
const WORTH_A_LOOK = 0.03;
/** The kernel keeps books on cached pages: so much of what the page cache grew by is no leak of its own. A choice. */
const BOOKS = 0.05;
/** Shared memory and the kernel's own grow for many harmless reasons; cache that is in use for even more. Choices. */
const HARDER = { kernel: 2, shmem: 2 } as const;

/**
 * What one replica's memory does: verdict, reason, growth, time to the limit, and what else was seen. Pure; `nowMs` is the
 * time of judgement (Unix ms). Never throws on odd data: what cannot be judged is `unknown`, and no number is NaN or infinite.
 */
export function assess(series: Series, nowMs: number): Assessment {
  const samples = SampleTable.of(series.samples);
  const all = columnsOf(samples);
  const lives = livesOf(all, series);
  const life = lives.at(-1);
  if (!life) throw new Error('there is always a present life');
  const { columns } = life;
  const latest = latestOf(samples, columns);
  const { replica } = series;
  const limitBytes = limitOf(latest, replica.limitBytes);
  const [firstMs, lastMs] = [columns.t[0], columns.t.at(-1)];
  const window = { fromMs: firstMs ?? series.toMs, toMs: lastMs ?? series.toMs, samples: columns.t.length };
  const stale = lastMs !== undefined && nowMs - lastMs > Math.max(STALE_MS, STALE_INTERVALS * usualDistance(columns.t));
  const deltas = deltasOf(columns);
  const past = pastOf(series, all, lives);
  const found = worstOf(columns, deltas, past);
  const told = (series.ledger ?? []).filter((line) => line.replica === replica.key);
  const climb = lives.length > 1 || told.length > 0 ? climbOf(lives, limitBytes, told) : null;
  const warmUp = warmUpOf(replica.run, lives, series.ledger ?? []);
  const { growth, part } = found;
  const { not, ...onset } = storyOf({ series, seenFromMs: all.t[0], lives, growth, part, climb, warmUp, nowMs });
  const loadOf = growth ? contextAt(growth.floor.t, columns).load?.of : undefined;
  const track = trackOf(growth ? rows(columns, rowAt(columns, growth.fromMs), columns.t.length) : columns, part);
  const judged = judge({
    replica,
    limitBytes,
    window,
    latest,
    stale,
    deltas,
    growth,
    part,
    climb,
    warmUp,
    nowMs,
    not,
    loadOf,
    track,
  });
  const growing = judged.verdict === 'leaking' || judged.verdict === 'suspicious';
  return {
    replica,
    window,
    deltas,
    part: found.part,
    ...historyOf(lives),
    ...(latest ? { latest, peakBytes: mostOf(columns.used) } : {}),
    ...(growth ? numbersFor(judged.verdict, growth, columns, limitBytes, nowMs) : {}),
    ...(climb && judged.reason === 'restart-cycle' ? numbersOf(climb, growth, columns, limitBytes, nowMs) : {}),
    ...(growing ? onset : {}),
    ...(growing && not.length > 0 ? { not } : {}),
    ...(growing && wasAtLimit(columns, limitBytes) ? { atLimitBefore: true as const } : {}),
    ...(judged.verdict === 'leaking' && judged.reason === 'steady-growth' ? goingOn(past.goesOn(part)) : {}),
    ...judged,
  };
}

function goingOn(evidence: number | null): Pick<Assessment, 'goesOn'> {
  return evidence === null ? {} : { goesOn: evidence };
}

function historyOf(lives: readonly Life[]): Pick<Assessment, 'historyFromMs'> {
  const firstMs = lives.find(({ columns }) => columns.t.length > 0)?.columns.t[0];
  return firstMs === undefined ? {} : { historyFromMs: firstMs };
}

/** The series at one resolution, and what was normal in it: found out once, and only when it is asked for. */
function pastOf(series: Series, all: Whole, lives: readonly Life[]): Past {
  const columns = even(all);
  const evened = columns === all ? lives : livesOf(columns, series);
  let climbing: ReadonlySet<Life> | null = null;
  return {
    columns: evened.at(-1)?.columns ?? columnsOf([]),
    joined: () => joinedGrowth(evened),
    goesOn: (part) => goesOn(evened, part),
    normalBefore: (beforeMs, widthMs) => {
      climbing ??= climbingOf(evened);
      return normalBefore(beforeMs, widthMs, evened, climbing);
    },
  };
}

/** The part that leaks; anon when none does. */
function worstOf(columns: Columns, deltas: Assessment['deltas'], past: Past): { part: Part; growth: Growth | null } {
  const anon = { part: 'anon' as const, growth: growthNow('anon', columns, past, 1) };
  if (anon.growth?.says === 'leaks') return anon;
  const grown = (['kernel', 'shmem'] as const).filter((part) => (deltas[part] ?? 0) > 0);
  if (grown.length === 0) return anon;
  const level = medianOf(columns.used.slice());
  const others = grown
    .filter(
      (part) => (deltas[part] ?? 0) > WORTH_A_LOOK * level + (part === 'kernel' ? BOOKS * Math.max(0, deltas.file ?? 0) : 0),
    )
    .map((part) => ({ part, growth: growthNow(part, columns, past, HARDER[part]) }));
  return others.find(({ growth }) => growth?.says === 'leaks') ?? anon;
}

/** What is not decided yet has no time to a limit; only growth that is sure already is said. */
function numbersFor(
  verdict: Assessment['verdict'],
  growth: Growth,
  columns: Columns,
  limitBytes: number | null,
  nowMs: number,
): Partial<Assessment> {
  if (verdict === 'unknown') return growth.grows ? { growthBytesPerHour: growth.perHour } : {};
  return {
    growthBytesPerHour: growth.perHour,
    presentSinceMs: Math.min(growth.sinceMs, growth.toMs),
    shape: growth.shape,
    curve: growth.curve,
    evidence: growth.evidence,
    ...(growth.grows || growth.says === 'leaks' ? aheadOf(growth, columns, limitBytes, nowMs) : {}),
  };
}

/** Of lives that climb alike: their own rate, unless the present one can tell by itself. */
function numbersOf(
  { perHour, cycle }: Climb,
  growth: Growth | null,
  columns: Columns,
  limitBytes: number | null,
  nowMs: number,
): Partial<Assessment> {
  const own = growth?.says === 'leaks' ? growth : null;
  const ahead = own ? aheadOf(own, columns, limitBytes, nowMs) : limitAt(perHour, columns.used.at(-1) ?? 0, 0, limitBytes, nowMs);
  return { growthBytesPerHour: own?.perHour ?? perHour, cycle, ...ahead };
}

function aheadOf(growth: Growth, columns: Columns, limitBytes: number | null, nowMs: number): Partial<Assessment> {
  const { winner, contest, floor, levelBytes, perHour } = growth;
  const above = aboveTrend(winner, contest, floor, columns);
  const straight = limitAt(perHour, levelBytes, above, limitBytes, nowMs);
  const bent = limitBytes === null ? null : bentLimitAt(winner, contest, floor, limitBytes - above);
  const { limitAtMs } = straight;
  if (bent === null || !limitAtMs) return straight;
  const value = Math.max(nowMs, bent);
  const high = limitAtMs.high === undefined ? {} : { high: Math.max(limitAtMs.high, value) };
  return { limitAtMs: { value, low: Math.min(limitAtMs.low, value), ...high } };
}

/** Change over the window. */
function deltasOf(columns: Columns): Assessment['deltas'] {
  const deltas: { -readonly [P in Part]?: number } = {};
  for (const part of ['anon', 'file', 'shmem', 'kernel'] as const) {
    const change = changeOf(trackOf(columns, part).bytes);
    if (!Number.isNaN(change)) deltas[part] = Math.round(change);
  }
  return deltas;
}

/** The sample that the last row was made of; with the shared memory that it was found to have. */
function latestOf(samples: SampleTable, { t, shmem, file }: Columns): (Sample & { anon: number }) | undefined {
  const at = t.at(-1);
  if (at === undefined) return undefined;
  const anon = samples.column('anon');
  const row = samples.t.findLastIndex((ms, i) => ms === at && isBytes(anon?.[i]));
  const latest = samples.at(row);
  if (latest?.anon === undefined) return undefined;
  const found = latest.shmem === undefined && isBytes(shmem.at(-1));
  return { ...latest, anon: latest.anon, ...(found ? { shmem: shmem.at(-1), file: file.at(-1) } : {}) };
}

function usualDistance(t: Float64Array): number {
  const recent = t.slice(-20);
  return recent.length < 2 ? 0 : medianOf(recent.map((at, i) => at - (recent[i - 1] ?? at)).slice(1));
}
