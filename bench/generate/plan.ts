import { type Course, type LifeCourse, zero } from './courses.js';
import type { Random } from './random.js';

/** A harder case: a smaller leak, or a healthy shape that looks more like one, in more noise. */
export type Size = { readonly hard: boolean };

/** What a reading is off by, MiB. */
export type Noise = {
  /** A mood that lasts `tauH`; both are of its stationary state. */
  readonly sdMiB: number;
  readonly tauH: number;
  /** From one reading to the next, with tails. */
  readonly whiteMiB: number;
  /** Bursts of a few readings. */
  readonly spikesPerHour: number;
  readonly spikeMiB: number;
  /** Memory is taken from the kernel in pieces of this size; a page when it is small. */
  readonly grainMiB: number;
};

/** A container as such: what all families have in common. */
export type Box = {
  readonly hours: number;
  readonly intervalSec: number;
  readonly baseMiB: number;
  readonly noise: Noise;
  /** Does the window begin with the container's start? Else it had been up for long. */
  readonly startInView: boolean;
  readonly kernelMiB: number;
};

export type Leak = {
  readonly part: 'anon' | 'shmem' | 'kernel';
  readonly onsetH: number;
  /** MiB that this life has leaked by `h`. */
  readonly grown: LifeCourse;
  /** Long-run mean growth, MiB/h; of a curve, the mean from onset to the window's end. */
  readonly perHour: number;
};

/** A start that was planned: a deploy (another image) or a restart of the same one. */
export type Start = { readonly h: number; readonly image: string };

export type Load = { readonly traffic: Course; readonly bytesPerSecond: number; readonly cpuShare: number };

/** A whole series without its noise; `simulate` plays it. */
export type Plan = Box & {
  /** Anon without the leak, MiB. */
  readonly level: LifeCourse;
  readonly leak?: Leak;
  /** Page cache, MiB, and the share of it that is in use. */
  readonly cache: LifeCourse;
  readonly activeShare: number;
  /** Null: there is none. `known`: the series says it. */
  readonly limit: { readonly mib: number; readonly known: boolean } | null;
  readonly starts: readonly Start[];
  readonly image: string;
  /** Where it is given, the series carries CPU and traffic, and `runs` instead of `restarts`. */
  readonly load?: Load;
};

/** At most 9,000 readings: a long window is read less often. */
export function someBox(random: Random, size: Size, fromHours = 2, toHours = 48): Box {
  const hours = random.logUniform(fromHours, toHours);
  const intervals = [10, 15, 15, 20, 30, 60].filter((sec) => (hours * 3600) / sec <= 9_000);
  const baseMiB = random.logUniform(50, 1000);
  return {
    hours,
    intervalSec: intervals.length ? random.pick(intervals) : 60,
    baseMiB,
    noise: someNoise(random, size, baseMiB),
    startInView: random.chance(0.5),
    kernelMiB: baseMiB * random.uniform(0.012, 0.03),
  };
}

function someNoise(random: Random, size: Size, baseMiB: number): Noise {
  const sdMiB = baseMiB * (size.hard ? random.logUniform(0.005, 0.02) : random.logUniform(0.001, 0.01));
  return {
    sdMiB,
    tauH: random.logUniform(1 / 60, 2),
    whiteMiB: sdMiB * random.logUniform(0.05, 0.8),
    spikesPerHour: random.chance(0.5) ? 0 : random.logUniform(0.03, 1),
    spikeMiB: baseMiB * random.logUniform(0.01, 0.06),
    grainMiB: random.chance(0.2) ? baseMiB * random.logUniform(0.001, 0.01) : 0,
  };
}

/** How much a leak grows over the window, MiB: seen against noise, and against a regular swing (teeth, a wave) of `swingMiB`. */
export function leakSize(random: Random, size: Size, box: Box, swingMiB = 0): number {
  const share = size.hard ? random.logUniform(0.04, 0.15) : random.logUniform(0.15, 1.2);
  const least = box.noise.sdMiB * (size.hard ? 6 : 15) + swingMiB * (size.hard ? 0.35 : 0.8);
  return Math.max(share * box.baseMiB, least * random.uniform(1, 1.3));
}

type Shape = Partial<Omit<Plan, keyof Box>> & Pick<Plan, 'level'>;

/** Fills in what the family left open: page cache that settles, a limit of 2 to 5 times the base, out of reach. */
export function plan(random: Random, box: Box, shape: Shape): Plan {
  const cacheMiB = box.baseMiB * random.logUniform(0.02, 0.4);
  const cacheTauH = random.uniform(0.1, 3);
  const usual = { cache: (h: number, born: number) => cacheMiB * (1 - Math.exp(-(h - born) / cacheTauH)) };
  const limitMiB = Math.max(box.baseMiB * random.uniform(2, 5), peak(box, shape) * random.uniform(1.1, 1.6));
  return {
    ...usual,
    activeShare: random.uniform(0.1, 0.5),
    limit: random.chance(0.2) ? null : { mib: Math.ceil(limitMiB), known: true },
    starts: [],
    image: imageOf(0),
    ...box,
    ...shape,
  };
}

/** A life that the window does not show the start of began long ago. Hours. */
export const firstBorn = (box: Box) => (box.startInView ? 0 : -100);

/** The most that the noise-free curve uses in the window, MiB. */
function peak(box: Box, shape: Shape): number {
  const starts = (shape.starts ?? []).map((start) => start.h);
  const grown = shape.leak?.grown ?? zero;
  let most = 0;
  for (let i = 0; i <= 2_000; i += 1) {
    const h = (box.hours * i) / 2_000;
    const born = Math.max(firstBorn(box), ...starts.filter((start) => start <= h));
    most = Math.max(most, shape.level(h, born) + grown(h, born));
  }
  return most + box.kernelMiB + 6 * box.noise.sdMiB + (box.noise.spikesPerHour > 0 ? 2 * box.noise.spikeMiB : 0);
}

export const imageOf = (version: number) => `registry.example/app:1.${version}`;

/** Starts at these hours; each with another image when it is a deploy. */
export function startsAt(hours: readonly number[], deploys: boolean): Start[] {
  return hours.map((h, index) => ({ h, image: imageOf(deploys ? index + 1 : 0) }));
}

/** `count` hours in the window: evenly, but each a bit early or late. */
export function spread(random: Random, count: number, fromH: number, toH: number): number[] {
  const part = (toH - fromH) / count;
  return Array.from({ length: count }, (_, index) => fromH + part * (index + random.uniform(0.25, 0.75)));
}
