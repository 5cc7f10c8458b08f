/**
 * Chance that can be played again: the same seed gives the same numbers on every machine. Statistics libraries here sample, but
 * take no seed. 128 bits of state, three shifts (Marsaglia, "Xorshift RNGs", J. Stat. Software 8/14, 2003, section 4).
 */
export type Random = {
  uniform(low: number, high: number): number;
  /** Every factor of two between the ends is equally likely: for sizes and times. Both ends above 0. */
  logUniform(low: number, high: number): number;
  /** Whole numbers, both ends included. */
  whole(low: number, high: number): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  exponential(mean: number): number;
  chance(probability: number): boolean;
  /** Throws RangeError when there is nothing to pick from. */
  pick<T>(from: readonly T[]): T;
  /** 0 to 1 for each whole number, always the same one: chance that can be asked in any order. */
  byIndex(): (index: number) => number;
};

export function randomFrom(seed: string): Random {
  const next = xorshift(seed);
  let spare: number | undefined;
  const uniform = (low: number, high: number) => low + (high - low) * next();
  const whole = (low: number, high: number) => low + Math.floor((high - low + 1) * next());
  return {
    uniform,
    whole,
    logUniform: (low, high) => Math.exp(uniform(Math.log(low), Math.log(high))),
    exponential: (mean) => -mean * Math.log(1 - next()),
    chance: (probability) => next() < probability,
    // Box and Muller: two at a time, one is kept for the next call.
    normal() {
      if (spare !== undefined) {
        const kept = spare;
        spare = undefined;
        return kept;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    pick(from) {
      const picked = from[whole(0, from.length - 1)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    byIndex() {
      const salt = whole(1, 2 ** 31 - 1);
      return (index) => mix(Math.imul(index, 0x9e3779b1) ^ salt) / 2 ** 32;
    },
  };
}

/** 0 ≤ x < 1. */
function xorshift(seed: string): () => number {
  let a = seedWord(seed, 1);
  let b = seedWord(seed, 2);
  let c = seedWord(seed, 3);
  let d = seedWord(seed, 4);
  const next = () => {
    const t = a ^ (a << 11);
    a = b;
    b = c;
    c = d;
    d = d ^ (d >>> 19) ^ t ^ (t >>> 8);
    return (d >>> 0) / 2 ** 32;
  };
  // Seeds that differ in one letter must not begin alike.
  for (let i = 0; i < 16; i += 1) next();
  return next;
}

function seedWord(seed: string, salt: number): number {
  let word = salt;
  for (const letter of seed) word = mix(Math.imul(word, 31) + letter.charCodeAt(0)) | 0;
  return word || 1;
}

/** Spreads 32 bits over 32 bits. */
function mix(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  return (x ^ (x >>> 16)) >>> 0;
}
