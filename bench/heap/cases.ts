import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { busyHeap } from '../../test/support/pprof/busy-heap.js';
import { encode, message, varint } from '../../test/support/pprof/encode.js';

const MIB = 2 ** 20;
/** A chunk of the answers that never end. */
const CHUNK = randomBytes(MIB);

/** What a service answers, and what has to become of it: a heap, or words of these. */
export type Case = {
  readonly name: string;
  readonly send: (response: ServerResponse) => void;
  readonly expected: RegExp | 'a heap';
  /** So many after each other, compared with each other. */
  readonly times?: number;
  /** It takes long. */
  readonly runs?: 1;
};

const whole = (body: Buffer) => (response: ServerResponse) => void response.end(body);

/** A profile with nothing wrong in it that holds as many bytes as are taken: what it is filled with is in a field that nobody knows. */
function stuffed(): Buffer {
  const padding = Buffer.concat(Array.from({ length: 23 }, () => CHUNK));
  return Buffer.concat([encode(busyHeap(300)), message(15, padding)]);
}

/** As many stacks as are taken, all of them the same. */
function crowded(): Buffer {
  const { stacks: _, ...empty } = busyHeap(1);
  const one = message(2, message(1, varint(1), varint(2)), message(2, varint(1), varint(1), varint(1), varint(1)));
  return Buffer.concat([Buffer.alloc(one.length * 2_000_000, one), encode({ ...empty, stacks: [] })]);
}

/** One location that stands for 4,000 calls, in 10,000 stacks: a file of some 100 KB. */
function unfolding(): Buffer {
  const lines = Array.from({ length: 4_000 }, () => [1, 1] as const);
  const stacks = Array.from({ length: 10_000 }, () => ({ locations: [1], values: [1] }));
  return encode({
    ...{ measures: [['inuse_space', 'bytes']], stacks, locations: [{ id: 1, lines }], functions: [{ id: 1, name: 'f' }] },
  });
}

/** 200 MB of what might be a profile. */
function flood(response: ServerResponse): void {
  let left = 200;
  const more = () => {
    while (left > 0) {
      left -= 1;
      if (!response.write(CHUNK)) return void response.once('drain', more);
    }
    response.end();
  };
  response.write(Buffer.from([0x1f, 0x8b]));
  more();
}

/** A byte each 100 ms, for ever. */
function drip(response: ServerResponse): void {
  response.write(Buffer.from([0x1f, 0x8b]));
  const timer = setInterval(() => response.write('x'), 100);
  response.once('close', () => clearInterval(timer));
}

/** Made one by one: all of them at once would be 200 MB of the bench's own. */
export const CASES: readonly (() => Case)[] = [
  () => ({ name: 'as usual: 3,000 stacks', send: whole(gzipSync(encode(busyHeap(3_000)))), expected: 'a heap', times: 2 }),
  () => ({ name: 'large: 140,000 stacks, 7 MB', send: whole(gzipSync(encode(busyHeap(140_000)))), expected: 'a heap', times: 2 }),
  () => ({ name: '200 MB', send: flood, expected: /sends more than 24 MiB/ }),
  () => ({ name: 'a byte each 100 ms', send: drip, expected: /does not send a whole answer in 35 s/, runs: 1 }),
  () => ({ name: 'a bomb: 1 MB that is 1 GB', send: whole(bomb()), expected: /more than 64 MiB, or more than 200 times/ }),
  () => ({ name: 'stacks that unfold to 40 M calls', send: whole(unfolding()), expected: /more than \d+ calls/ }),
  () => ({
    name: '2 M stacks that are all the same, packed',
    send: whole(gzipSync(crowded())),
    expected: /more than 64 MiB, or more than 200 times/,
  }),
  () => ({ name: '23 MiB with nothing wrong, twice', send: whole(stuffed()), expected: 'a heap', times: 2 }),
];

function bomb(): Buffer {
  // Members of gzip one behind the other are one file.
  const one = gzipSync(Buffer.alloc(64 * MIB), { level: 9 });
  return Buffer.concat(Array.from({ length: 16 }, () => one));
}
