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
const FIELDS = 16;
/** With comments (13) and what else is not needed, which are stepped over. */
const MESSAGES = [MEASURE, STACK, MAPPING, LOCATION, FUNCTION, STRING, PERIOD_MEASURE];
const NUMBERS = [DROP_FRAMES, KEEP_FRAMES, TIME_NANOS, PERIOD, USUAL_MEASURE];
const MOST: Readonly<Record<number, { readonly count: number; readonly what: string }>> = {
  [MEASURE]: { count: LIMITS.measures, what: 'sample types' },
  [STACK]: { count: LIMITS.stacks, what: 'stacks' },
  [MAPPING]: { count: LIMITS.table, what: 'mappings' },
  [LOCATION]: { count: LIMITS.table, what: 'locations' },
  [FUNCTION]: { count: LIMITS.table, what: 'functions' },
  [STRING]: { count: LIMITS.table, what: 'texts' },
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
  readonly spans: Spans;
};

/** Of each field that is a message: how many there are, how many bytes they take, where the first begins and the last ends. */
export type Spans = readonly Span[];
export type Span = {
  readonly field: number;
  readonly count: number;
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
};

type Numbers = Record<number, number>;
type Pair = { readonly start: number; readonly stop: number };

/** Looks over a profile (unpacked) from end to end, once: what is in it, how much, and whether it may be so much. */
export function decodeOutline(bytes: Buffer): Outline {
  const spans = Array.from({ length: FIELDS }, (_, field) => ({ field, count: 0, bytes: 0, from: 0, to: 0 }));
  const numbers: Numbers = {};
  const measures: Pair[] = [];
  let periodMeasure: Pair | null = null;
  const wire = new Wire(bytes);
  for (let begin = 0; wire.next(); begin = wire.at) {
    const { field, at, stop } = wire;
    const span = spans[field];
    if (span && MESSAGES.includes(field)) {
      wire.expect(BYTES);
      // What has to have an id or values cannot be empty: two bytes each, they would be the cheapest bomb.
      if (stop === at && field >= STACK && field <= FUNCTION) throw damaged(`field ${field} is empty`, at);
      if (span.count === 0) span.from = begin;
      span.count += 1;
      span.bytes += stop - at;
      span.to = stop;
      const most = MOST[field];
      if (most && span.count > most.count) throw personError(`is refused: more than ${most.count} ${most.what}.`);
      if (field === MEASURE) measures.push({ start: at, stop });
      if (field === PERIOD_MEASURE) periodMeasure = { start: at, stop };
    } else if (NUMBERS.includes(field)) {
      wire.expect(VARINT);
      const number = wire.varint();
      if (field === TIME_NANOS && numbers[field]) throw damaged('two profiles, one behind the other', at);
      numbers[field] = Number(wire.signed(number));
      continue;
    }
    wire.skip();
  }
  const strings = decodeStrings(bytes, spanOf({ spans }, STRING));
  return { bytes, strings, spans, ...decodeHeader(bytes, strings, numbers, measures, periodMeasure) };
}

/** Where a field's messages lie in the bytes; a field that is not there is an empty span. */
export function spanOf({ spans }: { readonly spans: Spans }, field: number): Span {
  return spans[field] ?? { field, count: 0, bytes: 0, from: 0, to: 0 };
}

function decodeStrings(bytes: Buffer, span: Span): Strings {
  if (span.count === 0) throw personError('is no profile: no text in it.');
  const strings = new Strings(bytes, span.count);
  for (const { start, stop } of messages(bytes, span)) strings.add(start, stop);
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

/**
 * Where the messages of a field are, one after the other, in bytes that were looked over. The same object each time. Writers put
 * those of a field together, so that only its own are passed.
 */
export function* messages(bytes: Buffer, { field, from, to }: Span): Generator<Pair> {
  const wire = new Wire(bytes, from, to);
  const pair = { start: 0, stop: 0 };
  while (wire.next()) {
    if (wire.field === field) {
      pair.start = wire.at;
      pair.stop = wire.stop;
      yield pair;
    }
    wire.skip();
  }
}
