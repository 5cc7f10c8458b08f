import type { Redis } from 'ioredis';
import type { SampleStore } from '../model/sample.js';
import { ROLL_UP_UNITS, ROLL_UP_WIDTH, slotOf } from './roll-up.js';
import { byColumn, joined, packRow, ROW_WIDTH, toRow, unpackColumns, unpackRow } from './sample-codec.js';
import { bookOf, compact } from './samples-compact.js';
import { givenOut } from './samples-given.js';

/** After the last sample. */
export const LIFE_MS = 14 * 24 * 3_600_000;
/** A tail of this length is put into chunks as soon as it has a slot that is over. */
const LONG_TAIL = 40;
/** One append puts no more tails into chunks: the others are due at the next. */
const MAX_COMPACTED = 100;
/** Samples a script call: Redis does nothing else meanwhile. */
const BATCH = 200;

/**
 * Adds each sample to its tail unless its t is there; tells the tail's length and its first t. A tail is in order of arrival,
 * which is nearly the order of t: the search goes from its end and stops at the first that is older.
 * KEYS: tail, full, slots for each. ARGV: life in ms, then t and packed row for each.
 */
const APPEND = `
local told = {}
for i = 1, #KEYS / 3 do
  local tail, t, row = KEYS[3 * i - 2], tonumber(ARGV[2 * i]), ARGV[2 * i + 1]
  local known, at = false, -1
  while true do
    local before = redis.call('LINDEX', tail, at)
    if not before then break end
    local its = struct.unpack('>d', before)
    if its == t then known = true end
    if its <= t then break end
    at = at - 1
  end
  if not known then redis.call('RPUSH', tail, row) end
  for k = 3 * i - 2, 3 * i do redis.call('PEXPIRE', KEYS[k], ARGV[1]) end
  told[#told + 1] = redis.call('LLEN', tail)
  told[#told + 1] = string.format('%.0f', struct.unpack('>d', redis.call('LINDEX', tail, 0)))
end
return told
`;

/** The recent past of every replica, at most 128 KB each (`samples-compact.ts` has the layout). */
export function makeSamples(redis: Redis, nowMs: () => number = Date.now): SampleStore {
  return {
    async append(samples) {
      const rows = samples.filter(({ sample }) => Number.isFinite(sample.t)).map((one) => ({ ...one, row: toRow(one.sample) }));
      const calls: Promise<unknown>[] = [];
      for (let i = 0; i < rows.length; i += BATCH) {
        const batch = rows.slice(i, i + BATCH);
        const keys = batch.flatMap(({ replica }) => Object.values(bookOf(replica)));
        calls.push(redis.eval(APPEND, keys.length, ...keys, LIFE_MS, ...batch.flatMap(({ row }) => [row[0], packRow(row)])));
      }
      const told = (await Promise.all(calls)).flat();
      const due = new Set<string>();
      rows.forEach(({ replica, row }, index) => {
        const [length, first] = [Number(told[2 * index]), Number(told[2 * index + 1])];
        if (length >= LONG_TAIL && slotOf(first) !== slotOf(row[0])) due.add(replica);
      });
      for (const replica of [...due].slice(0, MAX_COMPACTED)) await compact(redis, bookOf(replica), nowMs(), LIFE_MS);
    },

    async read(replica, fromMs, toMs) {
      const { tail, full, slots } = bookOf(replica);
      // One transaction: between two reads a compaction could move what neither of them then has.
      const reads = redis.multi().lrangeBuffer(tail, 0, -1).zrangebyscoreBuffer(full, fromMs, '+inf');
      const replies = (await reads.zrangebyscoreBuffer(slots, fromMs, '+inf').exec()) ?? [];
      const [newest = [], fullChunks = [], slotChunks = []] = replies.map(([error, reply]) => {
        if (error) throw error;
        return reply as Buffer[];
      });
      const tailRows = byColumn(newest.map(unpackRow), ROW_WIDTH);
      const fine = joined([...fullChunks.map((chunk) => unpackColumns(chunk)), tailRows], ROW_WIDTH);
      const rolledUp = joined(
        slotChunks.map((chunk) => unpackColumns(chunk, ROLL_UP_UNITS)),
        ROLL_UP_WIDTH,
      );
      return givenOut(fine, rolledUp, fromMs, toMs);
    },
  };
}
