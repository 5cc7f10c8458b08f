import { personError } from '../../errors.js';
import type { Measure } from '../../model/heap.js';
import { LIMITS } from './limits.js';
import { Strings } from './strings.js';
import { BYTES, damaged, VARINT, Wire } from './wire.js';

/** Fields of a profile: https://github.com/google/pprof/blob/main/proto/profile.proto */
const MEASURE = 1;
export const STACK = 2;
export const MAPPING = 3;
export const LOCATION = 4;
export const FUNCTION = 5;
const STRING = 6;
const DROP_FRAMES = 7;
const KEEP_FRAMES = 8;
const TIME_NANOS = 9;
const PERIOD_MEASURE = 11;
const PERIOD = 12;
const USUAL_MEASURE = 14;
/** With comments (13) and what else is not needed, which are stepped over. */
const MESSAGES = new Set([MEASURE, STACK, MAPPING, LOCATION, FUNCTION, STRING, PERIOD_MEASURE]);
const NUMBERS = new Set([DROP_FRAMES, KEEP_FRAMES, TIME_NANOS, PERIOD, USUAL_MEASURE]);
const MOST: Readonly<Record<number, { readonly count: number; readonly what: string }>> = {
  [MEASURE]: { count: LIMITS.measures, what: 'sample types' },
  [STACK]: { count: LIMITS.stacks, what: 'stacks' },
  [MAPPING]: { count: LIMITS.table, what: 'mappings' },
  [LOCATION]: { count: LIMITS.table, what: 'locations' },
  [FUNCTION]: { count: LIMITS.table, what: 'functions' },
  [STRING]: { count: LIMITS.strings, what: 'texts' },
};

export type Outline = {
  readonly bytes: Buffer;
  readonly strings: Strings;
  readonly measures: readonly Measure[];
  readonly usualMeasure: number;
  readonly takenAtMs: number | null;
  readonly period: (Measure & { readonly every: number }) | null;
  /** Of the frames that its producer does not want to be seen, and of those among them that it does: expressions, or empty. */
  readonly dropFrames: string;
  readonly keepFrames: string;
  /** How many of field n there are, and how many bytes they take. */
  readonly counts: Readonly<Uint32Array>;
  readonly sizes: Readonly<Uint32Array>;
};

type Numbers = Record<number, number>;
type Pair = { readonly start: number; readonly stop: number };

/** Looks over a profile (unpacked) from end to end, once: what is in it, how much, and whether it may be so much. */
export function decodeOutline(bytes: Buffer): Outline {
  const [counts, sizes] = [new Uint32Array(16), new Uint32Array(16)];
  const numbers: Numbers = {};
  const measures: Pair[] = [];
  let periodMeasure: Pair | null = null;
  const wire = new Wire(bytes);
  while (wire.next()) {
    const { field, at, stop } = wire;
    if (MESSAGES.has(field)) {
      wire.expect(BYTES);
      counts[field] = (counts[field] ?? 0) + 1;
      sizes[field] = (sizes[field] ?? 0) + stop - at;
      const most = MOST[field];
      if (most && (counts[field] ?? 0) > most.count) throw personError(`is refused: more than ${most.count} ${most.what}.`);
      if (field === MEASURE) measures.push({ start: at, stop });
      if (field === PERIOD_MEASURE) periodMeasure = { start: at, stop };
    } else if (NUMBERS.has(field)) {
      wire.expect(VARINT);
      const number = wire.varint();
      if (field === TIME_NANOS && numbers[field]) throw damaged('two profiles, one behind the other', at);
      numbers[field] = Number(wire.signed(number));
      continue;
    }
    wire.skip();
  }
  const strings = decodeStrings(bytes, counts[STRING] ?? 0);
  return { bytes, strings, counts, sizes, ...decodeHeader(bytes, strings, numbers, measures, periodMeasure) };
}

function decodeStrings(bytes: Buffer, count: number): Strings {
  if (count === 0) throw personError('is no profile: no text in it.');
  const strings = new Strings(bytes, count);
  for (const { start, stop } of messages(bytes, STRING)) strings.add(start, stop);
  return strings;
}

function decodeHeader(bytes: Buffer, strings: Strings, numbers: Numbers, pairs: readonly Pair[], periodPair: Pair | null) {
  const text = (field: number) => strings.text(numbers[field] ?? 0, bytes.length);
  if (pairs.length === 0) throw personError('is no profile: it does not say what it counts.');
  const measures = pairs.map((pair) => decodeMeasure(bytes, strings, pair));
  const usual = text(USUAL_MEASURE);
  const named = measures.findIndex(({ name }) => usual !== '' && name === usual);
  const period = periodPair && decodeMeasure(bytes, strings, periodPair);
  return {
    measures,
    usualMeasure: named < 0 ? measures.length - 1 : named,
    takenAtMs: numbers[TIME_NANOS] ? numbers[TIME_NANOS] / 1e6 : null,
    period: period?.name ? { ...period, every: numbers[PERIOD] ?? 0 } : null,
    dropFrames: text(DROP_FRAMES),
    keepFrames: text(KEEP_FRAMES),
  };
}

function decodeMeasure(bytes: Buffer, strings: Strings, { start, stop }: Pair): Measure {
  const wire = new Wire(bytes, start, stop);
  let [name, unit] = [0, 0];
  while (wire.next()) {
    if (wire.field > 2) wire.skip();
    else {
      wire.expect(VARINT);
      if (wire.field === 1) name = wire.varint();
      else unit = wire.varint();
    }
  }
  return { name: strings.text(name, start), unit: strings.text(unit, start) };
}

/** Where the messages of a field are, one after the other. The same object each time. Only of bytes that were looked over. */
export function* messages(bytes: Buffer, field: number): Generator<Pair> {
  const wire = new Wire(bytes);
  const pair = { start: 0, stop: 0 };
  while (wire.next()) {
    if (wire.field === field) {
      [pair.start, pair.stop] = [wire.at, wire.stop];
      yield pair;
    }
    wire.skip();
  }
}
