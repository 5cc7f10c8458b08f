import type { Level } from '../../src/model/watch.js';
import { type Case, quantileOf } from './score.js';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** When somebody was told, Unix ms. A line in the digest disturbs nobody and warns nobody: it counts neither way. */
export type Alert = { readonly t: number; readonly level: Level };

/** Rates per healthy container-week; shares between 0 and 1; null: there was nothing to measure it on. */
export type WatchScore = {
  readonly healthyWeeks: number;
  readonly falseAlarms: number;
  readonly falseAlarmsPerWeek: number | null;
  readonly falsePages: number;
  readonly falsePagesPerWeek: number | null;
  readonly leaks: number;
  readonly found: number;
  readonly kills: number;
  readonly beforeKill: number;
  readonly beforeKillShare: number | null;
  readonly delayMedianHours: number | null;
  readonly delayP90Hours: number | null;
  /** Of the time from the onset to the kill, how much had gone by. */
  readonly delayShareMedian: number | null;
  readonly delayShareP90: number | null;
  readonly families: Readonly<Record<string, { leak: boolean; cases: number; falseAlarms: number; found: number }>>;
  readonly misses: readonly string[];
};

export type Watched = { readonly of: Case; readonly alerts: readonly Alert[] };

/** An alert is false before the onset of a leak, and for ever where there is none; the first one after it finds the leak. */
export function scoreWatch(watched: readonly Watched[]): WatchScore {
  const all = watched.map(judge);
  const sum = (of: (one: Judged) => number) => all.reduce((total, one) => total + of(one), 0);
  const weeks = sum(({ healthyWeeks }) => healthyWeeks);
  const [falseAlarms, falsePages] = [sum(({ early }) => early.length), sum(({ early }) => early.filter(isPage).length)];
  const leaks = all.filter(({ leak }) => leak);
  const killed = leaks.filter(({ killMs }) => killMs !== null);
  const beforeKill = killed.filter((one) => inTime(one)).length;
  const delays = leaks.flatMap(({ delayMs }) => (delayMs === null ? [] : delayMs / HOUR_MS));
  const shares = killed.flatMap(({ delayMs, killMs, onsetMs }) =>
    delayMs === null || !killMs ? [] : delayMs / (killMs - onsetMs),
  );
  return {
    healthyWeeks: weeks,
    ...{ falseAlarms, falseAlarmsPerWeek: weeks > 0 ? falseAlarms / weeks : null },
    ...{ falsePages, falsePagesPerWeek: weeks > 0 ? falsePages / weeks : null },
    ...{ leaks: leaks.length, found: delays.length },
    ...{ kills: killed.length, beforeKill, beforeKillShare: killed.length > 0 ? beforeKill / killed.length : null },
    ...{ delayMedianHours: quantileOf(delays, 0.5), delayP90Hours: quantileOf(delays, 0.9) },
    ...{ delayShareMedian: quantileOf(shares, 0.5), delayShareP90: quantileOf(shares, 0.9) },
    families: familiesOf(all),
    misses: all.flatMap(missesOf),
  };
}

type Judged = ReturnType<typeof judge>;

function judge({ of, alerts }: Watched) {
  const leak = of.label === 'leak';
  const onsetMs = leak ? (of.truth.onsetMs ?? of.startMs) : Number.POSITIVE_INFINITY;
  const told = alerts.filter(({ level }) => level !== 'digest').sort((a, b) => a.t - b.t);
  const first = told.find(({ t }) => t >= onsetMs);
  return {
    of,
    leak,
    onsetMs,
    killMs: leak ? (of.truth.oomMs ?? null) : null,
    healthyWeeks: Math.max(0, Math.min(of.endMs, onsetMs) - of.startMs) / WEEK_MS,
    early: told.filter(({ t }) => t < onsetMs),
    delayMs: first ? first.t - onsetMs : null,
  };
}

function isPage({ level }: Alert): boolean {
  return level === 'page';
}

function inTime({ delayMs, killMs, onsetMs }: Judged): boolean {
  return delayMs !== null && killMs !== null && onsetMs + delayMs < killMs;
}

function familiesOf(all: readonly Judged[]): WatchScore['families'] {
  const families: Record<string, { leak: boolean; cases: number; falseAlarms: number; found: number }> = {};
  for (const { of, leak, early, delayMs } of all) {
    const family = families[of.family] ?? { leak, cases: 0, falseAlarms: 0, found: 0 };
    family.cases += 1;
    family.falseAlarms += early.length;
    family.found += delayMs === null ? 0 : 1;
    families[of.family] = family;
  }
  return families;
}

function missesOf(one: Judged): string[] {
  const { of, early, leak, killMs, delayMs, onsetMs } = one;
  const after = (ms: number) => `+${(ms / HOUR_MS).toFixed(1)} h`;
  const misses = early.map(
    ({ t, level }) => `false ${level === 'page' ? 'page ' : 'alarm'} ${of.id}: at ${after(t - of.startMs)}`,
  );
  if (leak && killMs !== null && !inTime(one))
    misses.push(`too late    ${of.id}: told ${delayMs === null ? 'never' : after(delayMs)}, killed ${after(killMs - onsetMs)}`);
  if (leak && killMs === null && delayMs === null) misses.push(`never       ${of.id}`);
  return misses;
}
