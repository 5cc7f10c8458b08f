/** Cycles in what was seen that are looked at: as slow as one, as fast as the points can carry. */
const [SLOWEST, FASTEST] = [1, 8];
/** A peak is two cycles wide (one over the time seen, to each side): it is met in quarters, and then looked at closely. */
const [FAR, NEAR] = [0.25, 0.05];

/**
 * How many cycles of one wave there are in a floor (1 to 8, in twentieths), by the highest peak of its periodogram once the straight line is
 * taken off (Goertzel 1958). Points are taken for evenly spaced, which they nearly are: it is a place to look, not an answer.
 *
 *     .-.   .-.  |        ^ power
 *    '   '-'   '-'        |__.·|·.___ cycles
 */
export function rhythmOf(bytes: Float64Array): number {
  const rest = withoutLine(bytes);
  const met = highest(rest, SLOWEST, FASTEST, FAR);
  return highest(rest, Math.max(SLOWEST, met - FAR + NEAR), Math.min(FASTEST, met + FAR - NEAR), NEAR);
}

function highest(rest: Float64Array, from: number, to: number, every: number): number {
  let [best, most] = [from, -1];
  for (let cycles = from; cycles <= to + every / 2; cycles += every) {
    const power = powerOf(rest, cycles);
    if (power > most) [best, most] = [cycles, power];
  }
  return best;
}

function powerOf(rest: Float64Array, cycles: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * cycles) / (rest.length - 1));
  let [last, before] = [0, 0];
  for (let i = 0; i < rest.length; i += 1) {
    const now = (rest[i] ?? 0) + turn * last - before;
    before = last;
    last = now;
  }
  return last * last + before * before - turn * last * before;
}

function withoutLine(bytes: Float64Array): Float64Array {
  const middle = (bytes.length - 1) / 2;
  let [mean, rise, spread] = [0, 0, 0];
  for (let i = 0; i < bytes.length; i += 1) {
    mean += (bytes[i] ?? 0) / bytes.length;
    rise += (i - middle) * (bytes[i] ?? 0);
    spread += (i - middle) ** 2;
  }
  return bytes.map((value, i) => value - mean - (rise / spread) * (i - middle));
}
