import { mean } from 'simple-statistics';
import type { CorpusLine } from './corpus.js';
import type { Answer } from './rule.js';

/** What is scored against: a line without its samples. Unix ms. */
export type Case = Pick<CorpusLine, 'id' | 'family' | 'label' | 'truth'> & { readonly startMs: number; readonly endMs: number };

export type Family = { readonly leak: boolean; readonly cases: number; readonly leaking: number; readonly suspicious: number };

/** Shares between 0 and 1; null: there was nothing to measure it on. */
export type VerdictScore = {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Found of the leaking family that is found least, flagged of the healthy one that is flagged most. */
  readonly worstLeakFamily: number;
  readonly worstHealthyFamily: number;
  /** |said − true| ÷ true: of the time left until the next kill, and of the rate, over leaks that were found. */
  readonly limitErrorMedian: number | null;
  readonly limitErrorP90: number | null;
  readonly limitErrors: number;
  readonly growthErrorMedian: number | null;
  /** How often the 95 % range of the rate holds the true one. */
  readonly cover: number | null;
  readonly ranges: number;
  readonly families: Readonly<Record<string, Family>>;
  readonly misses: readonly string[];
};

export type Answered = { readonly of: Case; readonly answer: Answer };

/** A verdict counts as an alarm when it is `leaking`; `suspicious` and `unknown` are not. */
export function scoreVerdicts(answered: readonly Answered[]): VerdictScore {
  const said = answered.map(({ of, answer }) => ({ of, answer, leak: of.label === 'leak', alarm: answer.verdict === 'leaking' }));
  const count = (leak: boolean, alarm: boolean) => said.filter((one) => one.leak === leak && one.alarm === alarm).length;
  const [found, flagged, missed, calm] = [count(true, true), count(false, true), count(true, false), count(false, false)];
  const precision = share(found, found + flagged);
  const recall = share(found, found + missed);
  const hits = said.filter((one) => one.leak && one.alarm);
  const limitErrors = hits.flatMap(({ of, answer }) => limitError(of, answer));
  const covers = hits.flatMap(({ of, answer }) => covered(of, answer));
  const families = familiesOf(said);
  const rates = (leak: boolean) => Object.values(families).flatMap((one) => (one.leak === leak ? one.leaking / one.cases : []));
  return {
    ...{ truePositives: found, falsePositives: flagged, falseNegatives: missed, trueNegatives: calm },
    ...{ precision, recall, f1: share(2 * precision * recall, precision + recall) },
    worstLeakFamily: Math.min(1, ...rates(true)),
    worstHealthyFamily: Math.max(0, ...rates(false)),
    limitErrorMedian: quantileOf(limitErrors, 0.5),
    limitErrorP90: quantileOf(limitErrors, 0.9),
    limitErrors: limitErrors.length,
    growthErrorMedian: quantileOf(
      hits.flatMap(({ of, answer }) => growthError(of, answer)),
      0.5,
    ),
    cover: covers.length > 0 ? mean(covers) : null,
    ranges: covers.length,
    families,
    misses: said.flatMap(({ of, answer, leak, alarm }) =>
      leak === alarm ? [] : `${leak ? `missed      ${of.id}: ${answer.verdict}` : `false alarm ${of.id}`}`,
    ),
  };
}

/** Nought when there is nothing to divide by: a detector that says nothing has no precision. */
function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/**
 * The value at or just above the share `q` of the sorted ones; no interpolation, so that it is always one that was measured (the
 * two middle ones of an even number: the upper). Null for none.
 */
export function quantileOf(values: readonly number[], q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
}

function limitError({ truth, endMs }: Case, { limitAtMs }: Answer): number[] {
  const left = (truth.nextOomMs ?? 0) - endMs;
  return left > 0 && limitAtMs !== null ? [Math.abs(limitAtMs - endMs - left) / left] : [];
}

function growthError({ truth }: Case, { growthBytesPerHour }: Answer): number[] {
  const rate = truth.slopeBytesPerHour ?? 0;
  return rate > 0 && growthBytesPerHour !== null ? [Math.abs(growthBytesPerHour - rate) / rate] : [];
}

/** 1 when the range holds the true rate, 0 when it does not, nothing where there is no range. */
function covered({ truth }: Case, { growthBytesPerHour, growthLow, growthHigh }: Answer): number[] {
  const rate = truth.slopeBytesPerHour ?? 0;
  if (rate <= 0 || growthBytesPerHour === null || growthLow === null || growthHigh === null) return [];
  return [growthLow <= rate && rate <= growthHigh ? 1 : 0];
}

function familiesOf(said: readonly { of: Case; answer: Answer; leak: boolean; alarm: boolean }[]): Record<string, Family> {
  const families: Record<string, Family> = {};
  for (const { of, answer, leak, alarm } of said) {
    const { cases, leaking, suspicious } = families[of.family] ?? { cases: 0, leaking: 0, suspicious: 0 };
    families[of.family] = {
      leak,
      cases: cases + 1,
      leaking: leaking + (alarm ? 1 : 0),
      suspicious: suspicious + (answer.verdict === 'suspicious' ? 1 : 0),
    };
  }
  return families;
}
