import type { GrownStacks, Place } from '../model/heap-evidence.js';

/** The address is what tells speedscope the format; nothing is fetched from it. */
const SCHEMA = 'https://www.speedscope.app/file-format-schema.json';
/** Units that speedscope knows; all others are bare numbers there. */
const UNITS = new Set(['bytes', 'nanoseconds', 'microseconds', 'milliseconds', 'seconds']);
const REST = 'smaller growth, left out';

/**
 * Growth as a file for speedscope.app (its "Left Heavy" view is the flame graph). It draws widths: what shrank has none, and a profile with
 * negative values is refused there, so that `go tool pprof`'s own difference cannot be opened. Null: nothing grew.
 *
 * One frame for each function and file: by line, as stacks have it, a loop over three calls would be three boxes.
 */
export function speedscopeFile({ measure, frames, stacks, left }: GrownStacks, name: string): string | null {
  const grown = stacks.filter((stack) => stack.grown > 0);
  if (grown.length === 0) return null;
  const shared: Record<string, string | number>[] = [];
  const known = new Map<string, number>();
  const frameOf = (place: Place): number => {
    const key = `${place.function}\n${place.file}`;
    const index =
      known.get(key) ?? shared.push(place.file ? { name: place.function, file: place.file } : { name: place.function }) - 1;
    known.set(key, index);
    return index;
  };
  const samples = grown.map((stack) => stack.frames.map((frame) => frameOf(frames[frame] ?? NOWHERE)));
  const weights = grown.map((stack) => stack.grown);
  if (left > 0) {
    samples.push([frameOf({ ...NOWHERE, function: REST })]);
    weights.push(left);
  }
  const unit = UNITS.has(measure.unit) ? measure.unit : 'none';
  const endValue = weights.reduce((sum, weight) => sum + weight, 0);
  const profile = {
    type: 'sampled',
    name: `${name}: ${measure.name}, growth only`,
    unit,
    startValue: 0,
    endValue,
    samples,
    weights,
  };
  return `${JSON.stringify({ $schema: SCHEMA, name, exporter: 'leakwatch', activeProfileIndex: 0, shared: { frames: shared }, profiles: [profile] })}\n`;
}

const NOWHERE: Place = { function: '(unknown)', file: null, line: null };
