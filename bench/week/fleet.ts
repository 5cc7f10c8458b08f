import type { CorpusLine } from '../detect/corpus.js';
import { firstBorn, type Plan } from '../generate/plan.js';
import { type Random, randomFrom } from '../generate/random.js';
import { type GeneratedSeries, simulate } from '../generate/simulate.js';
import { fromDeploy, fromNowhere, killedAgain, onWeekdays } from '../generate/weeks/leaking.js';
import { KINDS, someLoad } from './mix.js';

const HOUR_MS = 3_600_000;
/** A Monday. */
export const WEEK_FROM_MS = Date.UTC(2026, 0, 5);
export const WEEK_TO_MS = WEEK_FROM_MS + 168 * HOUR_MS;
/** How many replicas services have. A choice; more of one service say the same thing more often. */
const SIZES = [1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 12];
const A_HOST = 60;
/** The first, the second … leak of a fleet is of this kind. */
const LEAKS = { fromDeploy, fromNowhere, killedAgain, onWeekdays };
/** A leak counts as *before the kill* only where there is one: plans that are not killed in the week are drawn again. */
const DRAWS = 200;

/** What is made before anything is simulated; the same seed gives the same fleet. */
export type ServiceSpec = {
  readonly id: string;
  readonly kind: string;
  readonly leak: boolean;
  readonly hosts: readonly string[];
  readonly seed: string;
};

export function fleetOf(seed: number, containers: number, leaks: number): ServiceSpec[] {
  const random = randomFrom(`fleet/${seed}`);
  const specs: ServiceSpec[] = [];
  for (let made = 0; made < containers; ) {
    const index = specs.length;
    const leak = index < leaks;
    const kind = leak ? (Object.keys(LEAKS)[index % 4] ?? '') : kindBy(random);
    const count = Math.min(random.pick(SIZES), containers - made);
    const hosts = Array.from({ length: count }, (_, i) => hostOf((made + i) % Math.ceil(containers / A_HOST)));
    specs.push({ id: `${kind}-${index}`, kind, leak, hosts, seed: `${seed}/${index}` });
    made += count;
  }
  return specs;
}

function kindBy(random: Random): string {
  let at = random.uniform(0, 100);
  for (const { name, share } of KINDS) {
    at -= share;
    if (at < 0) return name;
  }
  return KINDS[0]?.name ?? '';
}

function hostOf(index: number): string {
  return `hv-${String(index + 1).padStart(2, '0')}`;
}

/** The weeks of a service's replicas: one plan, noise and faults of the sampler of their own. All begin on the same Monday. */
export function weeksOf(spec: ServiceSpec): CorpusLine[] {
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const plan = planOf(spec, randomFrom(`plan/${spec.seed}/${draw}`));
    const weeks = spec.hosts.map((_, i) => aligned(simulate(randomFrom(`${spec.seed}/${draw}/${i}`), named(spec), plan), plan));
    if (!spec.leak || weeks.some(({ truth }) => killIn(truth) !== null)) return weeks;
  }
  throw new Error(`${spec.id}: no plan of ${DRAWS} is killed in its week`);
}

/** The first kill in the week, Unix ms. */
export function killIn({ oomMs }: CorpusLine['truth']): number | null {
  return oomMs !== null && oomMs !== undefined && oomMs <= WEEK_TO_MS ? oomMs : null;
}

function named({ id, kind }: ServiceSpec) {
  return { id, family: `week-${kind}` };
}

/** Leaks have their limit, and their CPU and network measured, as all others have. */
function planOf({ kind, leak }: ServiceSpec, random: Random): Plan {
  const healthy = KINDS.find(({ name }) => name === kind);
  if (!leak && healthy) return healthy.plan(random);
  const drawn = LEAKS[kind as keyof typeof LEAKS](random, { hard: false });
  return { ...drawn, startInView: false, limit: drawn.limit && { ...drawn.limit, known: true }, load: someLoad(random) };
}

function aligned(series: GeneratedSeries, plan: Plan): CorpusLine {
  const firstMs = series.runs?.[0]?.startedAt ?? Number.NaN;
  const by = WEEK_FROM_MS - (firstMs - firstBorn(plan) * HOUR_MS);
  const moved = (ms: number | null) => (ms === null ? null : ms + by);
  const { truth } = series;
  return {
    ...series,
    samples: series.samples.map((sample) => ({ ...sample, t: sample.t + by })),
    runs: (series.runs ?? []).map((run) => ({ ...run, startedAt: run.startedAt + by })),
    truth: { ...truth, onsetMs: moved(truth.onsetMs), oomMs: moved(truth.oomMs), nextOomMs: moved(truth.nextOomMs) },
  };
}
