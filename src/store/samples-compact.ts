import type { Redis } from 'ioredis';
import { idOf, key } from './keys.js';
import { ROLL_UP_UNITS, rollUp, SLOT_MS, slotOf } from './roll-up.js';
import { packRows, type Row, unpackRow, unpackRows } from './sample-codec.js';

/**
 * How a replica's samples lie in Redis:
 *
 *     slots   ▒▒▒▒▒▒▒▒▒▒▒▒|▒▒▒▒▒▒▒▒▒▒▒▒|▒▒▒▒▒▒         chunks of 192 roll-ups, 14 days
 *     full                           ▓▓▓▓|▓▓▓▓|▓▓      chunks of about 240 samples, whole slots, 2 h
 *     tail                                       ░░░   each as it came
 *
 * A compaction takes the slots that are over out of the tail: their samples go into `full`, and a roll-up of each slot, made
 * from all full-rate samples of that slot, into `slots`. It ends in one script, which does nothing when anything that was read
 * has changed since: a crash or a second writer loses nothing and doubles nothing.
 */
type Book = { readonly tail: string; readonly full: string; readonly slots: string };

/** The three keys of a replica, by its key. */
export function bookOf(replica: string): Book {
  const id = idOf(replica);
  return { tail: key('samples-tail', id), full: key('samples-full', id), slots: key('samples-5m', id) };
}

/** At full rate, before the newest sample. */
export const FULL_MS = 2 * 3_600_000;
const SLOTS_MS = 14 * 24 * 3_600_000;
const FULL_CHUNK = 240;
const SLOTS_CHUNK = 192;
/**
 * What makes a replica's 128 KB certain, whatever the figures look like: the oldest chunks leave. Tail and full rate together
 * get the first, all three the second. The tail counts as long as it was before, since it will be again; chunks count as what
 * Redis takes for them: a node of the sorted set, and the next size that its allocator has (four to each doubling).
 */
const MAX_FULL_BYTES = 48 * 1024;
const MAX_BYTES = 124 * 1024;

/**
 * KEYS: tail, full, slots. ARGV: 1 entries read from the tail, 2 the first of them, 3 the last, 4 life in ms; then for `full`
 * and for `slots`: bytes at most, least score kept, number of chunks to take out, those, number to put in, score and chunk of
 * each; then the entries that stay in the tail.
 */
const COMMIT = `
local at = 5
local function take() at = at + 1; return ARGV[at - 1] end
local read = tonumber(ARGV[1])
if redis.call('LINDEX', KEYS[1], 0) ~= ARGV[2] or redis.call('LINDEX', KEYS[1], read - 1) ~= ARGV[3] then return 0 end
local plans = {}
for i = 1, 2 do
  local plan = { name = KEYS[i + 1], most = tonumber(take()), least = take(), out = {}, put = {} }
  for _ = 1, tonumber(take()) do plan.out[#plan.out + 1] = take() end
  for _ = 1, tonumber(take()) do plan.put[#plan.put + 1] = { take(), take() } end
  for _, chunk in ipairs(plan.out) do if not redis.call('ZSCORE', plan.name, chunk) then return 0 end end
  plans[i] = plan
end
local function room(bytes)
  local step = 16
  while step * 8 < bytes + 6 do step = step * 2 end
  return math.ceil((bytes + 6) / step) * step + 110
end
local total = 0
for _, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do total = total + #entry * 1.125 + 4 end
redis.call('LTRIM', KEYS[1], read, -1)
for i = #ARGV, at, -1 do redis.call('LPUSH', KEYS[1], ARGV[i]) end
for _, plan in ipairs(plans) do
  for _, chunk in ipairs(plan.out) do redis.call('ZREM', plan.name, chunk) end
  for _, pair in ipairs(plan.put) do redis.call('ZADD', plan.name, pair[1], pair[2]) end
  redis.call('ZREMRANGEBYSCORE', plan.name, '-inf', '(' .. plan.least)
  for rank, chunk in ipairs(redis.call('ZREVRANGE', plan.name, 0, -1)) do
    local bytes = room(#chunk)
    if total + bytes > plan.most then redis.call('ZREMRANGEBYRANK', plan.name, 0, -rank); break end
    total = total + bytes
  end
end
for _, name in ipairs(KEYS) do redis.call('PEXPIRE', name, ARGV[4]) end
return 1
`;

/** Moves what is over out of a replica's tail. Gives whether it did; when not, another writer was faster or nothing is over. */
export async function compact(redis: Redis, { tail, full, slots }: Book, nowMs: number, lifeMs: number): Promise<boolean> {
  const entries = await redis.lrangeBuffer(tail, 0, -1);
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return false;
  const rows = entries.map(unpackRow);
  const newestT = rows.reduce((most, [t]) => Math.max(most, t), Number.NEGATIVE_INFINITY);
  const isOver = ([t]: Row) => slotOf(t) < slotOf(newestT);
  const over = rows.filter(isOver);
  if (over.length === 0) return false;

  const fromT = SLOT_MS * over.reduce((least, [t]) => Math.min(least, slotOf(t)), Number.POSITIVE_INFINITY);
  const [fullTouched, slotsTouched] = await Promise.all([touched(redis, full, fromT), touched(redis, slots, fromT)]);
  const { fullRows, slotRows } = merge(over, fullTouched.flatMap(unpackFull), slotsTouched.flatMap(unpackRollUps));

  // A sample from a clock that ran ahead must not push everything else out.
  const endMs = Math.min(newestT, nowMs);
  const stay = entries.filter((_, index) => !isOver(rows[index] as Row));
  const plan = [
    // The slot in which the two hours begin is given out at full rate, to its first sample.
    ...chunkArgs(MAX_FULL_BYTES, SLOT_MS * slotOf(endMs - FULL_MS), fullTouched, chunks(fullRows, FULL_CHUNK), []),
    ...chunkArgs(MAX_BYTES, endMs - SLOTS_MS, slotsTouched, chunks(slotRows, SLOTS_CHUNK), ROLL_UP_UNITS),
  ];
  const done = await redis.eval(
    COMMIT,
    3,
    tail,
    full,
    slots,
    String(entries.length),
    first,
    last,
    String(lifeMs),
    ...plan,
    ...stay,
  );
  return done === 1;
}

/** The chunks that a change from `fromT` on concerns, and the last one, which may have room. Scores are each chunk's last t. */
async function touched(redis: Redis, name: string, fromT: number): Promise<Buffer[]> {
  const from = await redis.zrangebyscoreBuffer(name, fromT, '+inf');
  return from.length > 0 ? from : redis.zrangeBuffer(name, '-1', '-1');
}

/**
 * What was there with what is new. A slot that only its roll-up is left of is closed: nobody can tell any more whether a
 * late sample is in it already.
 */
function merge(over: readonly Row[], full: readonly Row[], rolledUp: readonly Row[]): { fullRows: Row[]; slotRows: Row[] } {
  const bySlot = new Map(rolledUp.map((row) => [slotOf(row[0]), row]));
  const byT = new Map(full.map((row) => [row[0], row]));
  const inFull = new Set(full.map(([t]) => slotOf(t)));
  const changed = new Set<number>();
  for (const row of over) {
    const slot = slotOf(row[0]);
    if ((bySlot.has(slot) && !inFull.has(slot)) || byT.has(row[0])) continue;
    byT.set(row[0], row);
    changed.add(slot);
  }
  const fullRows = [...byT.values()].sort(byTime);
  for (const slot of changed) {
    const [head, ...rest] = fullRows.filter(([t]) => slotOf(t) === slot);
    if (head) bySlot.set(slot, rollUp([head, ...rest]));
  }
  return { fullRows, slotRows: [...bySlot.values()].sort(byTime) };
}

/** Cuts rows into runs of at least `size`, and never inside a slot. */
function chunks(rows: readonly Row[], size: number): Row[][] {
  const out: Row[][] = [];
  for (const row of rows) {
    const open = out.at(-1);
    const last = open?.at(-1);
    if (open && last && (open.length < size || slotOf(last[0]) === slotOf(row[0]))) open.push(row);
    else out.push([row]);
  }
  return out;
}

function chunkArgs(
  mostBytes: number,
  leastT: number,
  out: readonly Buffer[],
  put: readonly Row[][],
  units: readonly number[],
): (Buffer | string)[] {
  const kept = put.flatMap((rows) => {
    const lastT = rows.at(-1)?.[0] ?? 0;
    return lastT < leastT ? [] : [[`${lastT}`, packRows(rows, units)]];
  });
  return [`${mostBytes}`, `${leastT}`, `${out.length}`, ...out, `${kept.length}`, ...kept.flat()];
}

function unpackFull(chunk: Buffer): Row[] {
  return unpackRows(chunk);
}

function unpackRollUps(chunk: Buffer): Row[] {
  return unpackRows(chunk, ROLL_UP_UNITS);
}

function byTime(a: Row, b: Row): number {
  return a[0] - b[0];
}
