import type { Track } from './floor.js';
import { SINGULAR } from './least-squares.js';
import { PHIS } from './noise.js';

/** A straight line through a floor: bytes per hour with its standard error, and its ends in bytes. */
export type Slope = { readonly perHour: number; readonly error: number; readonly startBytes: number; readonly endBytes: number };

const PAGE = 4096;
const HOUR_MS = 3_600_000;

/**
 * The line, with the memory of its residuals that is most likely (`noise.ts`, with all points as far apart as any two). Null with
 * fewer than 5 points. Every life of a replica is asked for one, at every look: two unknowns are solved for by hand.
 */
export function slopeOf({ t, bytes }: Track): Slope | null {
  if (t.length < 5) return null;
  const firstMs = t[0] ?? 0;
  const span = (t.at(-1) ?? 1) - firstMs;
  const centre = bytes[t.length >> 1] ?? 0;
  const x = t.map((at) => (at - firstMs) / span);
  const y = bytes.map((value) => value - centre);
  let best: (Line & { bic: number; variance: number }) | null = null;
  for (const phi of PHIS) {
    const line = lineOf(x, y, phi);
    if (!line) continue;
    const variance = line.rss / (t.length - 2) + PAGE ** 2;
    const bic = t.length * Math.log(variance) + (t.length - 1) * Math.log(1 - phi ** 2);
    if (!best || bic < best.bic) best = { ...line, bic, variance };
  }
  if (!best) return null;
  const hours = span / HOUR_MS;
  return {
    perHour: best.rise / hours,
    error: Math.sqrt(best.riseInverse * best.variance) / hours,
    startBytes: centre + best.base,
    endBytes: centre + best.base + best.rise,
  };
}

/** `y = base + rise x`; `riseInverse`: what the variance of the residuals is multiplied by to be that of `rise`. */
type Line = { readonly base: number; readonly rise: number; readonly riseInverse: number; readonly rss: number };

/** Least squares of what is whitened by φ: each value less φ times the one before it. Null when all x are one. */
function lineOf(x: Float64Array, y: Float64Array, phi: number): Line | null {
  const scale = 1 / (1 - phi ** 2);
  let [oneOne, oneX, xx, oneY, xY, yy] = [0, 0, 0, 0, 0, 0];
  let [lastX, lastY] = [0, 0];
  for (let i = 0; i < x.length; i += 1) {
    const [memory, weight] = i === 0 ? [0, 1] : [phi, scale];
    const [atX, atY] = [x[i] ?? 0, y[i] ?? 0];
    const [one, u, v] = [1 - memory, atX - memory * lastX, atY - memory * lastY];
    oneOne += weight * one * one;
    oneX += weight * one * u;
    xx += weight * u * u;
    oneY += weight * one * v;
    xY += weight * u * v;
    yy += weight * v * v;
    [lastX, lastY] = [atX, atY];
  }
  const pivot = xx - (oneX * oneX) / oneOne;
  if (!(pivot > SINGULAR * xx)) return null;
  const rise = (xY - (oneX * oneY) / oneOne) / pivot;
  const base = (oneY - rise * oneX) / oneOne;
  return { base, rise, riseInverse: 1 / pivot, rss: Math.max(0, yy - base * oneY - rise * xY) };
}
