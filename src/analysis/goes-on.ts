import type { Part } from '../model/assessment.js';
import { bucketed, FLOOR } from './floor.js';
import type { Life } from './lives.js';
import { noiseOf, PHIS } from './noise.js';
import { bicOf, type Course, planeOf } from './plane.js';
import { medianOf } from './quantile.js';
import { trackOf } from './tracks.js';

const HOUR_MS = 3_600_000;
/** A point an hour, at most a week of them. */
const MAX_POINTS = 168;
/** Less tells no tide from a rise; of the present life less tells nothing. Choices. */
const LEAST_POINTS = 24;
const LEAST_PRESENT = 6;
/** The hour after a start is start-up, and the next few are what is left of it. */
const START_UP = 1;
const SETTLES_HOURS = 1.5;
/** Where growth may begin and a rise may end: so many places in the present life. A choice. */
const PLACES = 14;
/** A rise that has ended was seen to: for a fifth of the time since it began, at least two hours. Choices. */
const ENDED = { share: 0.2, leastHours: 2 };
/** What fills has nearly ended after one and a half of its time constants: three quarters of it are there. Hours, and a choice. */
const FILLS_HOURS = [1, 2, 4, 8, 16];
const NEARLY_FULL = 1.5;
const DAY_HOURS = 24;
/** How much residuals may remember: every other of those that the contest tries is enough here. */
const SOME_PHIS = PHIS.filter((_, i) => i % 2 === 0);

/**
 * How much better growth that goes on explains what is known than a rise that has ended does: ln of how many times. All lives are
 * taken together: each has a level of its own, and the day's tide is the same in all of them, so that its flood is no growth and its
 * ebb no end.
 *
 *     goes on        .-'           ended        .--.__.-
 *              .-. .'                     .-. .'
 *            .'   '                     .'   '
 *
 * Null where too little is known to tell.
 */
export function goesOn(lives: readonly Life[], part: Part): number | null {
  if (hoursOf(lives) < LEAST_POINTS + START_UP) return null;
  const points = pointsOf(lives, part);
  const first = points.findIndex(({ index }) => index === lives.length - 1);
  const present = first < 0 ? 0 : points.length - first;
  if (points.length < LEAST_POINTS || present < LEAST_PRESENT) return null;
  const hours = Float64Array.from(points, ({ ms }) => ms / HOUR_MS);
  const centre = medianOf(Float64Array.from(points, ({ bytes }) => bytes));
  const y = Float64Array.from(points, ({ bytes }) => bytes - centre);
  const known = knownOf(points, hours);
  const { going, ended } = coursesOf(hours, first);
  const distances = y.map(() => 1);
  let [bestGoing, bestEnded] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const phi of SOME_PHIS) {
    const plane = planeOf(known, y, noiseOf(phi, distances));
    for (const course of going) bestGoing = Math.min(bestGoing, bicOf(course, plane));
    for (const course of ended) bestEnded = Math.min(bestEnded, bicOf(course, plane));
  }
  const evidence = (bestEnded - bestGoing) / 2;
  return Number.isFinite(evidence) ? evidence : null;
}

/** Nearly always it is too few, and that is found out for nothing. */
function hoursOf(lives: readonly Life[]): number {
  return lives.reduce((sum, { columns: { t } }) => sum + Math.floor(((t.at(-1) ?? 0) - (t[0] ?? 0)) / HOUR_MS), 0);
}

type Point = { readonly ms: number; readonly bytes: number; readonly index: number; readonly ageHours: number };

/** The floor by the hour; lives of a few hours tell nothing of the day. */
function pointsOf(lives: readonly Life[], part: Part): Point[] {
  const all = lives.flatMap(({ columns }, index) => {
    const track = trackOf(columns, part);
    const [from, to] = [track.t[0] ?? 0, track.t.at(-1) ?? 0];
    const { t, bytes } = bucketed(track, Math.max(1, Math.floor((to - from) / HOUR_MS)), FLOOR, 1);
    const own = Array.from(t, (ms, i) => ({ ms, bytes: bytes[i] ?? 0, index, ageHours: (ms - from) / HOUR_MS }));
    return own.length < LEAST_PRESENT + START_UP && index < lives.length - 1 ? [] : own.slice(START_UP);
  });
  return all.slice(-MAX_POINTS);
}

/** What is there whether it grows or not: the level of each life, the day's tide, and what follows each start. */
function knownOf(points: readonly Point[], hours: Float64Array): Float64Array[] {
  const levels = [...new Set(points.map(({ index }) => index))].map((life) =>
    Float64Array.from(points, ({ index }) => (index === life ? 1 : 0)),
  );
  const tide = [DAY_HOURS, DAY_HOURS / 2].flatMap((period) => {
    const angles = hours.map((hour) => (2 * Math.PI * hour) / period);
    return [angles.map(Math.sin), angles.map(Math.cos)];
  });
  return [...levels, ...tide, Float64Array.from(points, ({ ageHours }) => Math.exp(-ageHours / SETTLES_HOURS))];
}

/** @param first the row that the present life begins with. */
function coursesOf(hours: Float64Array, first: number): { going: Course[]; ended: Course[] } {
  const [start, now] = [hours[first] ?? 0, hours.at(-1) ?? 0];
  const begins = placesOf(now - start).map((ago) => now - ago);
  const going: Course[] = [];
  const ended: Course[] = [];
  const course = (from: number, free: number, ...values: ((since: number) => number)[]): Course => {
    const at = hours.findIndex((hour) => hour >= from);
    const columns = values.map((value) => hours.map((hour, row) => (row < at ? 0 : value(hour - from))));
    return { columns, from: at, free };
  };
  const on = (h: number) => h;
  for (const begin of begins) {
    const since = now - begin;
    going.push(course(begin, 2, on));
    if (begin > start) going.push(course(begin, 3, on, () => 1));
    const latest = since - Math.max(ENDED.leastHours, ENDED.share * since);
    const lengths = [1, ...begins.map((end) => end - begin).filter((length) => length > 1)];
    for (const length of lengths.filter((one) => one <= latest)) ended.push(course(begin, 3, (h) => Math.min(1, h / length)));
    for (const tau of FILLS_HOURS.filter((one) => since >= NEARLY_FULL * one))
      ended.push(course(begin, 3, (h) => 1 - Math.exp(-h / tau)));
  }
  for (const tau of FILLS_HOURS) going.push(course(start, 3, on, (h) => 1 - Math.exp(-h / tau)));
  return { going, ended };
}

/** So long ago, hours: closer to each other the less it is. */
function placesOf(longest: number): number[] {
  const least = ENDED.leastHours;
  return Array.from({ length: PLACES }, (_, i) => longest * (least / longest) ** (i / (PLACES - 1)));
}
