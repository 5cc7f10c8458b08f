import type { Random } from './random.js';

/**
 * Noise-free curves. Time is in hours since the window's start; a course is defined far beyond the window's end, because when
 * memory would run out is found by following it. Nothing here has state: any hour can be asked for, in any order.
 */
export type Course = (h: number) => number;
/** As a course; `born` is the hour at which this life of the container began. */
export type LifeCourse = (h: number, born: number) => number;

/** How far beyond the window courses are followed, hours: 15 days. */
export const BEYOND_HOURS = 360;

export const zero: Course = () => 0;
export const sum =
  (...courses: readonly LifeCourse[]): LifeCourse =>
  (h, born) => {
    let total = 0;
    for (const course of courses) total += course(h, born);
    return total;
  };

/**
 * A smooth wave between 0 and `height`, not quite a sine: its second harmonic makes mornings steeper than evenings.
 *
 *      .-''-._           .-''-._
 *     /       '-._      /       '-._
 */
export function wave(random: Random, periodH: number, height: number): Course {
  const phase = random.uniform(0, 2 * Math.PI);
  const second = random.uniform(0, 0.25);
  const lag = random.uniform(0, 2 * Math.PI);
  return (h) => {
    const angle = (2 * Math.PI * h) / periodH + phase;
    return (height * (1 + second + Math.sin(angle) + second * Math.sin(2 * angle + lag))) / (2 + 2 * second);
  };
}

/** `__/‾‾`: straight from 0 at `fromH` to `height` at `toH`. */
export function ramp(fromH: number, toH: number, height: number): Course {
  return (h) => height * Math.min(1, Math.max(0, (h - fromH) / (toH - fromH)));
}

/** `/‾‾‾`: from 0 towards `height`, counted from the start of the life. */
export function settling(tauH: number, height: number): LifeCourse {
  return (h, born) => height * (1 - Math.exp(-Math.max(0, h - born) / tauH));
}

/** `__|‾‾|__`: the height of the last step at or before `h`. */
export function steps(at: readonly { readonly h: number; readonly height: number }[], before = 0): Course {
  return (h) => {
    let height = before;
    for (const step of at) if (step.h <= h) height = step.height;
    return height;
  };
}

/**
 * A collector's teeth above the floor. Periods drift by a third, heights by a quarter, both slowly and at random.
 *
 *      /|  /|   /|  /|
 *     / | / |  / | / |
 *    /  |/  |_/  |/  |
 */
export function teeth(random: Random, periodH: number, height: number): Course {
  const [offset, drift, slow] = [random.uniform(0, 1), random.uniform(0.2, 0.9), random.uniform(7, 23)];
  const [lift, own] = [random.byIndex(), random.uniform(0.05, 0.4)];
  return (h) => {
    const phase = h / periodH + offset + drift * Math.sin((2 * Math.PI * h) / (slow * periodH));
    const index = Math.floor(phase);
    return height * (phase - index) * (1 - own + own * lift(index));
  };
}

/** `__|‾|____|‾|__`: one pulse a period, each a bit late and of its own height. */
export function pulses(random: Random, periodH: number, lengthH: number, height: number): Course {
  const offset = random.uniform(0, periodH - lengthH);
  const [late, size] = [random.byIndex(), random.byIndex()];
  return (h) => {
    const index = Math.floor(h / periodH);
    const into = h - index * periodH - offset * (1 - 0.1 * late(index));
    return into >= 0 && into < lengthH ? height * (0.7 + 0.3 * size(index)) : 0;
  };
}

/** The running sum of a rate (per hour) from hour 0, looked up on a grid of two minutes; 0 before it. */
export function integral(hours: number, rate: Course): Course {
  const stepH = 1 / 30;
  const grid = new Float64Array(Math.ceil((hours + BEYOND_HOURS + 1) / stepH));
  for (let i = 1; i < grid.length; i += 1) grid[i] = (grid[i - 1] ?? 0) + rate((i - 0.5) * stepH) * stepH;
  return (h) => {
    const at = Math.min(Math.max(0, h / stepH), grid.length - 2);
    const index = Math.floor(at);
    const [low, high] = [grid[index] ?? 0, grid[index + 1] ?? 0];
    return low + (high - low) * (at - index);
  };
}

/** A rate times noise that never goes below 0.1 and keeps its mood for `tauH`: traffic as it is. On a grid of two minutes. */
export function moody(random: Random, hours: number, rate: Course, sd: number, tauH: number): Course {
  const keep = Math.exp(-1 / (30 * tauH));
  const fresh = sd * Math.sqrt(1 - keep * keep);
  const grid = new Float64Array(Math.ceil((hours + BEYOND_HOURS + 1) * 30));
  let mood = sd * random.normal();
  for (let i = 0; i < grid.length; i += 1) {
    grid[i] = Math.max(0.1, 1 + mood);
    mood = keep * mood + fresh * random.normal();
  }
  return (h) => {
    const at = Math.min(Math.max(0, h * 30), grid.length - 2);
    const index = Math.floor(at);
    const [low, high] = [grid[index] ?? 1, grid[index + 1] ?? 1];
    return rate(h) * (low + (high - low) * (at - index));
  };
}

/** Jumps at random hours, `perHour` on average, of `mean` on average: their sum from hour 0 on. */
export function jumps(random: Random, hours: number, perHour: number, mean: number): Course {
  const at: number[] = [];
  const total: number[] = [];
  for (let h = random.exponential(1 / perHour); h < hours + BEYOND_HOURS; h += random.exponential(1 / perHour)) {
    at.push(h);
    total.push((total.at(-1) ?? 0) + mean * random.uniform(0.4, 1.6));
  }
  return (h) => {
    let [low, high] = [0, at.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((at[middle] ?? 0) <= h) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (total[low - 1] ?? 0);
  };
}

/** What a running total has grown by since the life began, or since `onsetH` where that is later. */
export function grownSince(onsetH: number, total: Course): LifeCourse {
  return (h, born) => {
    const from = Math.max(onsetH, born);
    return h <= from ? 0 : total(h) - total(from);
  };
}

/** A steady leak of every life, from `onsetH` on. */
export function steady(onsetH: number, perHour: number): LifeCourse {
  return (h, born) => perHour * Math.max(0, h - Math.max(onsetH, born));
}

/** The mean over one period. */
export function meanOf(course: Course, periodH: number): number {
  let total = 0;
  for (let i = 0; i < 480; i += 1) total += course((periodH * (i + 0.5)) / 480);
  return total / 480;
}
