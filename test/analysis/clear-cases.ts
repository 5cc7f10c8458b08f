import { seriesOf } from '../../bench/detect/series.js';
import { families, makeSeries } from '../../bench/generate/families.js';
import type { Series } from '../../src/model/assessment.js';
import { holding } from '../../src/offline/held.js';
import { type Drawing, drawn, MIB, MINUTE } from '../support/draw-series.js';

/** A case whose verdict nobody doubts. */
export type Clear = { readonly name: string; readonly verdict: 'leaking' | 'stable'; readonly series: Series };

const HOUR = 60 * MINUTE;
/** Enough to be clear, few enough to be judged some hundred times. */
const MOST = 700;

const NOISY: Drawing = { noiseBytes: 2 * MIB, baseBytes: 100 * MIB };
const HOURS: Drawing = { ...NOISY, charMs: HOUR, intervalMs: 3 * MINUTE, ageMs: 30 * 24 * HOUR };
const DRAWN: readonly (readonly [Clear['verdict'], string, Drawing])[] = [
  ['leaking', '/'.repeat(40), { ...NOISY, stepBytes: 2 * MIB }],
  ['leaking', `${'_'.repeat(40)}${'/'.repeat(40)}`, { ...NOISY, stepBytes: 2 * MIB }],
  ['leaking', '//\\'.repeat(16), { ...NOISY, charMs: 5 * MINUTE, stepBytes: 6 * MIB }],
  ['leaking', '/////////!/////////!/////////!////', { ...NOISY, charMs: 10 * MINUTE, stepBytes: 16 * MIB }],
  ['stable', '_'.repeat(80), NOISY],
  ['stable', `//////////${'_'.repeat(80)}`, NOISY],
  ['stable', '//\\\\'.repeat(20), { ...NOISY, charMs: 5 * MINUTE }],
  ['stable', '\\\\\\\\____________________', HOURS],
];

const LEAKING = [
  'leak-linear-slow',
  'leak-linear-fast',
  'leak-cache-noise',
  'leak-short-teeth',
  'leak-after-deploy',
  'leak-kernel',
];
const LOADED = ['loaded-leak-leaks-at-flat-traffic'];
const HEALTHY = ['healthy-white-noise', 'healthy-decline', 'healthy-cache-growth', 'healthy-daily-wave', 'healthy-cache-fill'];
const LOADED_HEALTHY = ['loaded-healthy-follows-days', 'loaded-healthy-traffic-step'];

export const CLEAR: readonly Clear[] = [
  ...DRAWN.map(([verdict, picture, drawing], i) => ({
    name: picture,
    verdict,
    series: drawn(picture, { ...drawing, seed: i + 1 }),
  })),
  { name: 'a leak of the last day after six days of roll-ups', verdict: 'leaking', series: rolled('/'.repeat(24)) },
  { name: 'seven calm days, of which all but the last hours are roll-ups', verdict: 'stable', series: rolled('_'.repeat(24)) },
  ...[...LEAKING, ...LOADED].map((name) => ({ name, verdict: 'leaking' as const, series: generated(name) })),
  ...[...HEALTHY, ...LOADED_HEALTHY].map((name) => ({ name, verdict: 'stable' as const, series: generated(name) })),
];

/** One of the generator's, thinned. */
function generated(name: string): Series {
  const family = families.find((one) => one.name === name);
  if (!family) throw new Error(name);
  const series = seriesOf(makeSeries(family, 31, 0, { hard: false }));
  const every = Math.ceil(series.samples.length / MOST);
  return { ...series, samples: [...series.samples].filter((_, i) => (series.samples.length - 1 - i) % every === 0) };
}

/** Six calm days and one more, as the live store holds them: slots of five minutes, and the last two hours as they were seen. */
function rolled(lastDay: string): Series {
  const series = drawn(`${'_'.repeat(6 * 24)}${lastDay}`, { ...HOURS, intervalMs: 150_000, limitBytes: 512 * MIB });
  return { ...series, samples: holding(series.samples).at(series.toMs) };
}
