import type { OwnGrowth, OwnPart } from '../model/own-metrics.js';
import type { Range } from '../model/range.js';
import { duration } from './times.js';
import { bytesOf, calmRate, signedRate } from './units.js';

/** What lies outside of the heap, or is free in it, in words. */
const WORDS: readonly (readonly [OwnPart, string])[] = [
  ['kept', 'free and not given back'],
  ['stacks', 'goroutine stacks'],
  ['nonheap', 'classes and compiled code'],
  ['direct', 'direct buffers'],
  ['external', 'Buffers and add-ons'],
];
const HEAPS = { go: 'Go heap', jvm: 'JVM heap', node: 'V8 heap' } as const;
/** A part with less of the growth than this is not named. A choice. */
const LEAST_SHARE = 0.1;

/**
 * `By its own metrics, 6 h: Go heap +38 of +40 MiB/h of resident memory; outside of it +2 MiB/h`: whether it is the heap at all. Undefined
 * where nothing is told, or by what is no number.
 */
export function ownLine(own: OwnGrowth | null | undefined): string | undefined {
  if (!own || !Object.values(own.perHour).every(isRange)) return undefined;
  const which = own.among > 1 ? `, the fastest of ${own.among} processes` : '';
  return `By its own metrics${which}, ${duration(own.toMs - own.fromMs)}: ${wordsOf(own)}`;
}

function wordsOf({ runtime, perHour }: OwnGrowth): string {
  const { resident, heap } = perHour;
  const name = runtime === null ? 'heap' : HEAPS[runtime];
  if (!heap) return resident ? `resident memory ${rateOf(resident)}; of a heap it tells nothing` : '';
  if (!resident) return listed([`${name} ${rateOf(heap)}`, ...partsOf(perHour, growthOf(heap))]);
  const [all, own] = [growthOf(resident), growthOf(heap)];
  if (all <= 0) return listed([`resident memory ${rateOf(resident)}, ${name} ${rateOf(heap)}`]);
  const rest = all - own - growthOf(perHour.kept);
  const parts = partsOf(perHour, all);
  return `${name} ${own > 0 ? '+' : ''}${bytesOf(own, all).replace(' of ', ' of +')}/h of resident memory; ${listed([
    `outside of it ${Math.abs(rest) < LEAST_SHARE * all ? 'hardly any' : signed(rest)}`,
    ...parts,
  ])}`;
}

/** What is as well none counts as none. */
function growthOf(range: Range | undefined): number {
  return range && (range.low > 0 || range.high < 0) ? range.value : 0;
}

function partsOf(perHour: OwnGrowth['perHour'], all: number): string[] {
  return WORDS.flatMap(([part, words]) => {
    const grown = growthOf(perHour[part]);
    return Math.abs(grown) >= LEAST_SHARE * Math.abs(all) && grown !== 0 ? [`${words} ${signed(grown)}`] : [];
  });
}

function rateOf(range: Range): string {
  return growthOf(range) === 0 ? calmRate(range) : signed(range.value);
}

function signed(value: number): string {
  return signedRate(value);
}

function listed(words: readonly string[]): string {
  return words.join(', ');
}

function isRange({ value, low, high }: Range): boolean {
  return [value, low, high].every(Number.isFinite);
}
