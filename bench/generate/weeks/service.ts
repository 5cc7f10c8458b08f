import { type Course, type LifeCourse, moody, pulses, settling, steps, sum, teeth, wave, zero } from '../courses.js';
import { type Box, type Plan, type Size, someBox, spread, startsAt } from '../plan.js';
import type { Random } from '../random.js';

/** Whole weeks of one service, a reading a minute. */

export const WEEK = 168;

/** The service without its leak: what it does each day, and its deploys. */
export type Service = { box: Box; level: LifeCourse; topMiB: number; starts: Plan['starts']; weekday: Course };

/**
 * Daily load, less of it for two days in seven; a collector's teeth; a batch each night; deploys with a warm-up, each version at
 * its own level.
 *
 *      .-|  .-|  .-|  .-|  .-|
 *     /  |_/  |_/  |_/  |_/  |_.__.__
 *     Mo   Tu   We   Th   Fr  Sa Su
 */
export function someService(random: Random, size: Size, deployHours?: readonly number[]): Service {
  const box: Box = { ...someBox(random, size, WEEK, WEEK * 1.001), hours: WEEK, intervalSec: 60 };
  const { baseMiB } = box;
  const swing = random.chance(0.15) ? 0.01 : random.uniform(0.04, size.hard ? 0.45 : 0.3);
  const tooth = random.chance(0.3) ? 0 : random.uniform(0.03, size.hard ? 0.5 : 0.25);
  const batch = random.chance(0.4) ? 0 : random.uniform(0.1, 0.6);
  const weekday = weekdays(random.uniform(0, WEEK), random.uniform(0.2, 0.8));
  const daily = wave(random, 24, swing * baseMiB);
  const mood = moody(random, WEEK, (h) => daily(h) * weekday(h), random.uniform(0.02, 0.15), random.uniform(0.2, 1.5));
  const gc = tooth ? teeth(random, random.logUniform(0.15, 6), tooth * baseMiB) : zero;
  const night = batch ? pulses(random, 24, random.uniform(0.2, 1.5), batch * baseMiB) : zero;
  const starts = startsAt(deployHours ?? spread(random, random.whole(0, 4), 8, WEEK - 4), true);
  const version = steps(
    starts.map(({ h }) => ({ h, height: baseMiB * random.uniform(0.93, 1.07) })),
    baseMiB,
  );
  const [rise, tauH] = [random.uniform(0.02, 0.2), random.uniform(0.1, 1.5)];
  // Before its start is in view, the service has warmed up for long.
  const warm = settling(tauH, rise * baseMiB);
  const level = sum(version, warm, mood, gc, night);
  return { box, level, topMiB: baseMiB * (1.07 + rise + swing * 1.2 + tooth + batch), starts, weekday };
}

/** 1, and `quiet` for 48 of 168 hours; three hours from one to the other. */
function weekdays(from: number, quiet: number): Course {
  return (h) => {
    const into = (((h - from) % WEEK) + WEEK) % WEEK;
    const inside = Math.min(1, Math.max(0, Math.min(into, 51 - into) / 3));
    return 1 - (1 - quiet) * inside;
  };
}
