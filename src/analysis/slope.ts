import { basisOf } from './basis.js';
import type { Track } from './floor.js';
import { leastSquares } from './least-squares.js';
import { noiseOf, PHIS, whiten } from './noise.js';
import { medianOf } from './quantile.js';

/** A straight line through a floor: bytes per hour with its standard error, and its ends in bytes. */
export type Slope = { readonly perHour: number; readonly error: number; readonly startBytes: number; readonly endBytes: number };

const PAGE = 4096;

/** The line, with the memory of its residuals that is most likely. Null with fewer than 5 points. */
export function slopeOf({ t, bytes }: Track): Slope | null {
  if (t.length < 5) return null;
  const basis = basisOf(t, bytes);
  const centre = medianOf(bytes.slice());
  const y = bytes.map((value) => value - centre);
  const distances = t.map(() => 1);
  let best: { bic: number; slope: Slope } | null = null;
  for (const phi of PHIS) {
    const noise = noiseOf(phi, distances);
    const fit = leastSquares([whiten(basis.ones().values, noise), whiten(basis.x, noise)], whiten(y, noise));
    if (!fit) continue;
    const variance = fit.rss / (t.length - 2) + PAGE ** 2;
    const bic = t.length * Math.log(variance) + noise.logDet;
    const [base = 0, rise = 0] = fit.coefficients;
    const error = Math.sqrt((fit.inverse[3] ?? 0) * variance);
    const slope = {
      perHour: rise / basis.hours,
      error: error / basis.hours,
      startBytes: centre + base,
      endBytes: centre + base + rise,
    };
    if (!best || bic < best.bic) best = { bic, slope };
  }
  return best?.slope ?? null;
}
