import { noiseSource, readingTimes, staleness } from './noise.js';
import { firstBorn, type Plan } from './plan.js';
import type { Random } from './random.js';
import { type Truth, truthOf } from './truth.js';

export const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
const PAGE = 4096;

/** One reading, bytes; `workingSet` is usage without inactive file. Counters are of the life: a start sets them to 0. */
export type GeneratedSample = {
  t: number;
  usage: number;
  anon: number;
  file: number;
  workingSet: number;
  cpuNanos?: number;
  netRxBytes?: number;
  netTxBytes?: number;
};
export type GeneratedRun = { startedAt: number; image: string; oomKilled?: boolean };

/** A line of a corpus. A series that carries load has `runs`, any other `restarts` (Unix ms, without the first start). */
export type GeneratedSeries = {
  id: string;
  family: string;
  label: 'leak' | 'no-leak';
  intervalSec: number;
  limitBytes: number | null;
  samples: GeneratedSample[];
  restarts?: number[];
  runs?: GeneratedRun[];
  truth: Truth;
};

/** How a life begins: after a start, memory rises to its level within minutes. */
type Life = { born: number; image: string; oomKilled: boolean; share: number; tauH: number };

/** Plays the plan with noise, out-of-memory kills and a sampler's faults. */
export function simulate(random: Random, name: { id: string; family: string }, plan: Plan): GeneratedSeries {
  const t0 = Math.round(1_760_000_000_000 + random.uniform(0, 1) * 120 * 24 * HOUR_MS);
  const atMs = (h: number) => t0 + Math.round(h * HOUR_MS);
  const { samples, lives, ooms } = play(random, plan, atMs);
  const starts = lives.map((life) => ({
    startedAt: atMs(life.born),
    image: life.image,
    ...(life.oomKilled ? { oomKilled: true } : {}),
  }));
  const last = lives.at(-1)?.born ?? 0;
  return {
    ...name,
    label: plan.leak ? 'leak' : 'no-leak',
    intervalSec: plan.intervalSec,
    limitBytes: plan.limit?.known ? Math.round(plan.limit.mib * MIB) : null,
    samples,
    ...(plan.load ? { runs: starts } : { restarts: starts.slice(1).map((start) => start.startedAt) }),
    truth: truthOf(plan, last, ooms, atMs),
  };
}

function play(random: Random, plan: Plan, atMs: (h: number) => number) {
  const times = readingTimes(random, plan.intervalSec, plan.hours);
  let life = someLife(random, firstBorn(plan), plan.image, !plan.startInView);
  const lives = [life];
  const reading = readings(random, plan);
  const isStale = staleness(random);
  const samples: GeneratedSample[] = [];
  const ooms: number[] = [];
  const planned = [...plan.starts];
  const begin = (h: number, image: string) => {
    life = someLife(random, h, image, false);
    lives.push(life);
  };
  times.forEach((h, index) => {
    for (let start = planned[0]; start && start.h <= h; start = planned[0]) {
      planned.shift();
      begin(start.h, start.image);
    }
    if (h < life.born) return;
    let sample = reading(h, life, atMs(h));
    if (!sample) {
      ooms.push(h);
      life.oomKilled = true;
      begin(h + random.logUniform(2, 90) / 3600, life.image);
      return;
    }
    const before = samples.at(-1);
    if (before && before.t >= atMs(life.born) && isStale(index)) sample = { ...before, t: sample.t };
    samples.push(sample);
  });
  return { samples, lives, ooms };
}

function someLife(random: Random, born: number, image: string, settled: boolean): Life {
  const tauH = random.logUniform(0.3, 4) / 60;
  return { born, image, oomKilled: false, share: settled ? 0 : random.uniform(0.1, 0.7), tauH };
}

/** Reads the container at `h`: undefined when what cannot be taken back has reached the limit, that is when it is killed. */
function readings(random: Random, plan: Plan) {
  const noise = noiseSource(random, plan.noise);
  const cacheNoise = random.uniform(0.005, 0.06);
  const count = counters(random, plan);
  const limit = plan.limit?.mib ?? Number.POSITIVE_INFINITY;
  const grain = Math.max(1, Math.round((plan.noise.grainMiB * MIB) / PAGE)) * PAGE;
  let before = 0;
  return (h: number, life: Life, t: number): GeneratedSample | undefined => {
    const stepH = Math.max(0, h - before);
    before = h;
    const age = h - life.born;
    const leaked = plan.leak?.grown(h, life.born) ?? 0;
    const part = plan.leak?.part;
    const level = plan.level(h, life.born) - plan.baseMiB * life.share * Math.exp(-age / life.tauH);
    const anonMiB = Math.max(plan.baseMiB * 0.05, level + (part === 'anon' ? leaked : 0) + noise(stepH));
    const kernelMiB = plan.kernelMiB * (1 + 0.02 * random.normal()) + (part === 'kernel' ? leaked : 0);
    const shmemMiB = part === 'shmem' ? leaked : 0;
    const free = limit - anonMiB - kernelMiB - shmemMiB;
    if (free <= 0) return undefined;
    const wanted = Math.max(0, plan.cache(h, life.born) * (1 + cacheNoise * random.normal()));
    const cacheMiB = Math.min(free, wanted);
    const anon = Math.ceil((anonMiB * MIB) / grain) * grain;
    const file = pages(cacheMiB + shmemMiB);
    const usage = anon + file + pages(kernelMiB);
    const workingSet = usage - pages(cacheMiB * (1 - plan.activeShare));
    return { t, usage, anon, file, workingSet, ...count?.(h, stepH, life) };
  };
}

/** CPU and traffic since the life began; the traffic is what the plan's memory saw. */
function counters(random: Random, plan: Plan) {
  const { load } = plan;
  if (!load) return undefined;
  const answers = random.uniform(0.5, 8);
  let [of, cpu, net]: [Life | undefined, number, number] = [undefined, 0, 0];
  return (h: number, stepH: number, life: Life) => {
    if (of !== life) [of, cpu, net] = [life, 0, 0];
    const passed = Math.min(stepH, Math.max(0, h - life.born)) * 3600 * load.traffic(h);
    net += passed * load.bytesPerSecond * (1 + 0.03 * random.normal());
    cpu += (passed * load.cpuShare + stepH * 3600 * 0.01) * 1e9 * (1 + 0.05 * random.normal());
    return { cpuNanos: Math.max(0, Math.round(cpu)), netRxBytes: Math.round(net), netTxBytes: Math.round(net * answers) };
  };
}

const pages = (mib: number) => Math.round((mib * MIB) / PAGE) * PAGE;
