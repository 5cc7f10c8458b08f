import type { Drawn } from './encode.js';

/** A number below `below`, the same ones for the same seed (mulberry32). */
export type Dice = (below: number) => number;

export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/**
 * The heap of a busy Go service: so many stacks, each 6 to 30 calls down a tree of functions, a fifth of the locations with an
 * inlined call in them; later ones hold more. Its form is that of Go's runtime: ids from 1, four measures, a label with the size
 * of the block.
 */
export function busyHeap(stackCount: number, { seed = 1, growth = 1, functionCount = 1_500 } = {}): Drawn {
  const dice = diceOf(seed);
  const functions = Array.from({ length: functionCount }, (_, i) => ({
    id: i + 1,
    name: `example.com/shop/internal/${PACKAGES[i % PACKAGES.length]}.(*Store${i % 97}).method${i}`,
    file: `/src/shop/internal/${PACKAGES[i % PACKAGES.length]}/store${i % 97}.go`,
  }));
  const locations = Array.from({ length: 2 * functionCount }, (_, i) => {
    const called = 1 + (i % functionCount);
    const line = [called, 20 + (i % 700)] as const;
    const inlined = [1 + ((i * 7) % functionCount), 10 + (i % 300)] as const;
    return { id: i + 1, mapping: 1, address: 0x400000 + 16 * i, lines: i % 5 === 0 ? [inlined, line] : [line] };
  });
  const stacks = Array.from({ length: stackCount }, () => {
    const depth = 6 + dice(25);
    // From the root down, so that stacks share their outer part as they do in life: each call has four callees.
    const path = [1];
    for (let last = 1; path.length < depth; path.push(last)) last = 1 + ((last * 4 + dice(4)) % locations.length);
    const bytes = 16 << dice(10);
    const alive = dice(3) === 0 ? Math.ceil(growth * dice(40)) : 0;
    const made = alive + dice(1_000);
    return { locations: path.reverse(), values: [made, made * bytes, alive, alive * bytes], labels: { bytes } };
  });
  return {
    measures: [
      ['alloc_objects', 'count'],
      ['alloc_space', 'bytes'],
      ['inuse_objects', 'count'],
      ['inuse_space', 'bytes'],
    ],
    ...{ stacks, locations, functions, mappings: [{ id: 1, file: '/app/shop' }] },
    ...{ period: ['space', 'bytes', 524_288] as const, timeNanos: 1_795_000_000_000_000_000n },
  };
}

const PACKAGES = ['orders', 'cache', 'http', 'json', 'pricing', 'search', 'session', 'sql', 'templates', 'tracing'];
