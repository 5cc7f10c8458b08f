import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type Ledger, type LedgerLine, MAX_LEDGER_LINES } from '../model/ledger.js';
import { idOf, key } from './keys.js';

/** After a service's last line (design §8). */
const LIFE_MS = 365 * 24 * 3_600_000;

const bytes = z.number().nonnegative().nullable();
const LINE = z.object({
  replica: z.string(),
  containerId: z.string(),
  image: z.string(),
  imageId: z.string().exactOptional(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  oomKilled: z.boolean(),
  limitBytes: bytes,
  baseBytes: bytes,
  peakBytes: bytes,
  slopeBytesPerHour: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
  settledMs: z.number().nonnegative().nullable(),
}) satisfies z.ZodType<LedgerLine>;

/**
 * A field a line, named by its start, its container and its replica: recorded again it takes its own place. One script, so that of
 * several writers none sees more lines than there may be. Where there are more, lives that were too short to have a slope leave first: a
 * container that does not come up is started hundreds of times in a night, and says nothing of a leak. ARGV: 1 field, 2 line, 3 life in
 * ms, 4 the most lines.
 */
const RECORD = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local left = redis.call('HLEN', KEYS[1]) - tonumber(ARGV[4])
if left <= 0 then return end
local all, lines = redis.call('HGETALL', KEYS[1]), {}
for i = 1, #all, 2 do
  local start = tonumber(string.match(all[i], '^-?%d+'))
  local short = string.find(all[i + 1], '"slopeBytesPerHour":null', 1, true) ~= nil
  lines[#lines + 1] = { all[i], start or -1e300, short or not start }
end
table.sort(lines, function(a, b)
  if a[3] ~= b[3] then return a[3] end
  return a[2] < b[2]
end)
for i = 1, left do redis.call('HDEL', KEYS[1], lines[i][1]) end
`;

/**
 * The run ledger: a hash of JSON lines a service. What is no line (an older version's, a broken value) is left out of what is
 * read; `onUnreadable` is told how many, at each read.
 */
export function makeLedger(redis: Redis, onUnreadable: (error: Error) => void): Ledger {
  return {
    async record(serviceId, line) {
      const field = `${Math.round(line.startedAtMs)}/${line.containerId}/${line.replica}`;
      await redis.eval(RECORD, 1, ledgerKey(serviceId), field, JSON.stringify(line), LIFE_MS, MAX_LEDGER_LINES);
    },
    async read(serviceId) {
      const values = Object.values(await redis.hgetall(ledgerKey(serviceId)));
      const lines = values.flatMap((value) => toLine(value) ?? []);
      const lost = values.length - lines.length;
      if (lost > 0) onUnreadable(new Error(`${serviceId}: ${lost} of ${values.length} lines cannot be read`));
      return lines.sort((a, b) => a.startedAtMs - b.startedAtMs);
    },
  };
}

function toLine(value: string): LedgerLine | null {
  try {
    return LINE.parse(JSON.parse(value));
  } catch {
    return null;
  }
}

function ledgerKey(serviceId: string): string {
  return key('ledger', idOf(serviceId));
}
