/** Cycles in what was seen that are looked at: as slow as one, as fast as the points can carry, closely. */
const [SLOWEST, FASTEST, EVERY] = [1, 8, 0.05];

/**
 * How many cycles of one wave there are in a floor (1 to 8, in twentieths), by the highest peak of its periodogram once the straight line is
 * taken off (Goertzel 1958). Points are taken for evenly spaced, which they nearly are: it is a place to look, not an answer.
 *
 *     .-.   .-.  |        ^ power
 *    '   '-'   '-'        |__.·|·.___ cycles
 */
export function rhythmOf(bytes: Float64Array): number {
  const rest = withoutLine(bytes);
  let [best, most] = [SLOWEST, -1];
  for (let cycles = SLOWEST; cycles <= FASTEST + EVERY / 2; cycles += EVERY) {
    const turn = 2 * Math.cos((2 * Math.PI * cycles) / (rest.length - 1));
    let [last, before] = [0, 0];
    for (let i = 0; i < rest.length; i += 1) {
      const now = (rest[i] ?? 0) + turn * last - before;
      before = last;
      last = now;
    }
    const power = last * last + before * before - turn * last * before;
    if (power > most) [best, most] = [cycles, power];
  }
  return best;
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
