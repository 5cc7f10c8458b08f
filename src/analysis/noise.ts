/**
 * Memory wanders: a bucket that is high is followed by one that is high, so that n buckets are worth far fewer than n
 * independent ones. Residuals are taken for a first-order autoregression, AR(1), with the true distance in time between
 * neighbours, and what is compared is whitened by it (Prais & Winsten 1954):
 *
 *     e(i) = (r(i) − ρ r(i−1)) / √(1 − ρ²),   ρ = φ^(distance / usual distance)
 *
 *     φ = 0    ·. ·'.·  '·.       each point by itself
 *     φ = 0.9  __.-''-..__.-      a slow wander, which a short look takes for a trend
 */
export type Noise = {
  readonly phi: number;
  readonly rho: Float64Array;
  readonly scale: Float64Array;
  /** Σ ln(1 − ρ²): what whitening by much memory costs in likelihood. */
  readonly logDet: number;
};

/** How much residuals may remember. Beyond 0.97 a wander and a trend are one thing. A choice. */
export const PHIS = [0, 0.3, 0.5, 0.7, 0.85, 0.93, 0.97] as const;

const TINY = 1e-200;

/** @param distances from each point to the one before it, as a multiple of the usual distance; the first is not used. */
export function noiseOf(phi: number, distances: Float64Array): Noise {
  const n = distances.length;
  const rho = new Float64Array(n);
  const scale = new Float64Array(n);
  const decay = Math.log(phi);
  // Of the product one logarithm, while it is far from 0.
  let [logDet, product] = [0, 1];
  for (let i = 0; i < n; i += 1) {
    const memory = i === 0 || phi === 0 ? 0 : Math.exp(decay * (distances[i] ?? 1));
    const left = 1 - memory * memory;
    rho[i] = memory;
    scale[i] = 1 / Math.sqrt(left);
    product *= left;
    if (product < TINY) [logDet, product] = [logDet + Math.log(product), 1];
  }
  return { phi, rho, scale, logDet: logDet + Math.log(product) };
}

export function whiten(values: Float64Array, noise: Noise): Float64Array {
  const out = new Float64Array(values.length);
  whitenInto(out, 0, values, 0, noise);
  return out;
}

/** As many values as the noise has, from `values` at `from` on; to `out` at `at`. */
export function whitenInto(out: Float64Array, at: number, values: Float64Array, from: number, { rho, scale }: Noise): void {
  let before = 0;
  for (let i = 0; i < rho.length; i += 1) {
    const value = values[from + i] ?? 0;
    out[at + i] = (value - (rho[i] ?? 0) * before) * (scale[i] ?? 1);
    before = value;
  }
}
