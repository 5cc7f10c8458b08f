import type { WatchRules } from '../model/rules.js';

const DAY_MINUTES = 24 * 60;
/** A worker that was away in the morning says it when it is back, up to so long after. A choice: from 09:00 that is a day's work. */
const LATE_MINUTES = 9 * 60;

/**
 * The day whose digest may be said now, by the calendar of its zone (`2026-11-24`); null outside of its hours. What is late after
 * midnight is still that of the day before.
 *
 *     00:00 ─────── 09:00 ═══════════════ 18:00 ─────── 24:00
 *                   said, or nothing to say      tomorrow's has it
 *     00:00 ═══ 05:00 ──────────────────────── 20:00 ══ 24:00
 *     yesterday's                              today's
 *
 * It goes by the clock on the wall: a time that spring leaves out is over when the clock has jumped, and one that autumn has twice
 * is the same day both times.
 */
export function digestDay(nowMs: number, { digestAt, timezone }: Pick<WatchRules, 'digestAt' | 'timezone'>): string | null {
  if (digestAt === 'off') return null;
  const { date, minute } = onTheWall(nowMs, timezone);
  const [hours = 0, minutes = 0] = digestAt.split(':').map(Number);
  const lateBy = minute - (60 * hours + minutes);
  if (lateBy >= 0) return lateBy < LATE_MINUTES ? date : null;
  return lateBy + DAY_MINUTES < LATE_MINUTES ? dayBefore(date) : null;
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - DAY_MINUTES * 60_000).toISOString().slice(0, 10);
}

/** Throws `RangeError` on a zone that there is not. */
function onTheWall(ms: number, timeZone: string): { date: string; minute: number } {
  const form = new Intl.DateTimeFormat('en', {
    ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const parts = new Map(form.formatToParts(ms).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return { date: `${of('year')}-${of('month')}-${of('day')}`, minute: 60 * Number(of('hour')) + Number(of('minute')) };
}
