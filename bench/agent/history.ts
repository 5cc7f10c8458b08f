import type { Redis } from 'ioredis';
import type { Sample } from '../../src/model/sample.js';
import { makeSamples } from '../../src/store/samples.js';

const MIB = 2 ** 20;
const [STEP_MS, SLOT_MS] = [15_000, 300_000];
/** Replicas an append: more than this many tails it does not put into chunks at once. */
const AT_ONCE = 100;
const [SLOTS, FULL] = [90, 120];
/** A tail is put into chunks when it has 40 samples, and then keeps up to 20. */
const TAIL = 40;
const TICKS_TO_NEXT = 30;

/**
 * What an agent that has run for hours has left of each replica, so that its books are as thick as they are on a usual day, and a
 * thirtieth of them is put into chunks at each sweep:
 *
 *     ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒ ▓▓▓▓▓▓▓▓ ░░░          90 roll-ups, half an hour at full rate, a tail of 10 … 39
 *     one each 5 min       each 15 s
 */
export async function leaveHistory(redis: Redis, keys: readonly string[], nowMs: number): Promise<void> {
  const samples = makeSamples(redis);
  const fullFromMs = Math.floor((nowMs - TAIL * STEP_MS) / SLOT_MS) * SLOT_MS - FULL * STEP_MS;
  const slotTimes = Array.from({ length: SLOTS }, (_, i) => fullFromMs - (SLOTS - i) * SLOT_MS);
  const fullTimes = Array.from({ length: FULL }, (_, i) => fullFromMs + i * STEP_MS);
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const some = keys.slice(from, from + AT_ONCE);
    for (const t of [...slotTimes, ...fullTimes])
      await samples.append(some.map((replica, i) => ({ replica, sample: sampleAt(t, from + i) })));
    for (let back = TAIL; back > 0; back -= 1) {
      const t = nowMs - back * STEP_MS;
      const due = some.filter((_, i) => back < TAIL - ((from + i) % TICKS_TO_NEXT));
      await samples.append(due.map((replica, i) => ({ replica, sample: sampleAt(t, i) })));
    }
  }
}

function sampleAt(t: number, index: number): Sample {
  const anon = 80 * MIB + 4096 * ((index * 7 + t / 1_000) % 5_000);
  const parts = { usage: anon + 22 * MIB, anon, file: 20 * MIB, inactiveFile: 12 * MIB, shmem: 0, kernel: 2 * MIB };
  return { t, ...parts, limit: 512 * MIB, cpuNanos: t, netRxBytes: t, netTxBytes: t, pids: 8 };
}
