import type { Noise } from './plan.js';
import type { Random } from './random.js';

/** Reads the noise on, `stepH` hours after the last reading; MiB, mean near 0. */
export type NoiseSource = (stepH: number) => number;

export function noiseSource(random: Random, noise: Noise): NoiseSource {
  let mood = noise.sdMiB * random.normal();
  let spike = 0;
  return (stepH) => {
    const keep = Math.exp(-stepH / noise.tauH);
    mood = keep * mood + noise.sdMiB * Math.sqrt(1 - keep * keep) * random.normal();
    // Tails: one reading in thirty is off by up to several times more than the others.
    const tail = random.chance(1 / 30) ? 1 + random.exponential(2) : 1;
    spike = random.chance(Math.min(0.5, noise.spikesPerHour * stepH))
      ? noise.spikeMiB * (0.3 + random.exponential(0.6))
      : 0.4 * spike;
    return mood + noise.whiteMiB * tail * random.normal() + spike;
  };
}

/** The clock of a sampler: jitter of a few hundredths, readings left out, now and then a gap of up to half an hour. */
export function readingTimes(random: Random, intervalSec: number, hours: number): Float64Array {
  const jitter = random.uniform(0.002, 0.03);
  const gapsPerHour = random.chance(0.4) ? 0 : random.logUniform(0.01, 0.15);
  const lost = random.chance(0.5) ? 0 : random.logUniform(0.0005, 0.01);
  const times: number[] = [];
  for (let i = 0, late = 0; ; i += 1) {
    const stepSec = intervalSec * (1 + jitter * Math.max(-3, Math.min(3, random.normal())));
    const gap = random.chance((gapsPerHour * intervalSec) / 3600) ? random.logUniform(60, 1800) / 3600 : 0;
    if (i > 0) late += (stepSec - intervalSec) / 3600 + gap;
    const h = (i * intervalSec) / 3600 + late;
    if (h > hours) return Float64Array.from(times);
    if (times.length === 0 || !random.chance(lost)) times.push(h);
  }
}

/** Engines repeat a reading that they have not renewed: never, at times, or every other time (asked too often). */
export function staleness(random: Random): (index: number) => boolean {
  const kind = random.uniform(0, 1);
  if (kind < 0.25) return (index) => index % 2 === 1;
  if (kind < 0.4) return () => random.chance(0.04);
  return () => false;
}
