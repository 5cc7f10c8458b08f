import type { Redis } from 'ioredis';
import type { Budget, Pause } from '../model/delivery.js';
import { key } from './keys.js';

/**
 * Slack's limits (docs.slack.dev/apis/web-api/rate-limits): `chat.postMessage` about one a second a channel; `chat.update`
 * tier 3, 50 a minute for the whole workspace, of which the outbox takes 40 at most: a bucket of 10 that fills with 30 a
 * minute lets no minute see more than 40.
 */
export type BudgetLimits = { readonly postSpacingMs: number; readonly updateBurst: number; readonly updatesPerMinute: number };
export const BUDGET_LIMITS: BudgetLimits = { postSpacingMs: 1_000, updateBurst: 10, updatesPerMinute: 30 };
/** A pause that Slack asks for is believed up to this. */
const MAX_PAUSE_MS = 15 * 60_000;

/** What has more of its life left than it can have been given is over: Redis' clock was set back (`lease.ts`). */
const LEFT = `
local function left(name, most)
  local ms = redis.call('PTTL', name)
  if ms <= tonumber(most) then return ms end
  redis.call('DEL', name)
  return 0
end
`;

/** KEYS: pauses… then the slot. ARGV: spacing, the longest pause. Gives 0 with the slot taken, else the wait. */
const POST = `${LEFT}
local wait = left(KEYS[#KEYS], ARGV[1])
for i = 1, #KEYS - 1 do wait = math.max(wait, left(KEYS[i], ARGV[2])) end
if wait > 0 then return wait end
redis.call('SET', KEYS[#KEYS], 1, 'PX', ARGV[1])
return 0
`;

/** KEYS: pause, pause, bucket. ARGV: burst, tokens a minute, the longest pause. */
const UPDATE = `${LEFT}
local wait = math.max(left(KEYS[1], ARGV[3]), left(KEYS[2], ARGV[3]))
if wait > 0 then return wait end
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local perMs = tonumber(ARGV[2]) / 60000
local held = redis.call('HMGET', KEYS[3], 'tokens', 'at')
local tokens = tonumber(held[1] or ARGV[1]) + math.max(0, now - tonumber(held[2] or now)) * perMs
tokens = math.min(tonumber(ARGV[1]), tokens)
local left = tokens >= 1 and tokens - 1 or tokens
redis.call('HSET', KEYS[3], 'tokens', tostring(left), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[3], 600000)
if tokens >= 1 then return 0 end
return math.ceil((1 - tokens) / perMs)
`;

/** A longer pause that is there already stays. */
const PAUSE = `
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], 1, 'PX', ARGV[1]) end
return 0
`;

/** What all workers together may send, kept in Redis. Each `may…` takes a turn and gives 0, or takes none and gives the ms until one is free. */
export function makeBudget(redis: Redis, limits: BudgetLimits): Budget {
  return {
    async mayPost(channel) {
      const keys = [pauseKey('all'), pauseKey({ posts: channel }), key('post-slot', channel)];
      return Number(await redis.eval(POST, keys.length, ...keys, limits.postSpacingMs, MAX_PAUSE_MS));
    },
    async mayUpdate() {
      const keys = [pauseKey('all'), pauseKey('updates'), key('update-bucket')];
      return Number(await redis.eval(UPDATE, keys.length, ...keys, limits.updateBurst, limits.updatesPerMinute, MAX_PAUSE_MS));
    },
    async pausedMs(channel) {
      const left = await Promise.all([pauseKey('all'), pauseKey({ posts: channel })].map((name) => redis.pttl(name)));
      return Math.max(0, ...left.filter((ms) => ms <= MAX_PAUSE_MS));
    },
    async pause(what, ms) {
      await redis.eval(PAUSE, 1, pauseKey(what), Math.ceil(Math.min(Math.max(ms, 1), MAX_PAUSE_MS)));
    },
  };
}

export function pauseKey(what: Pause): string {
  return typeof what === 'string' ? key('pause', what) : key('pause', 'posts', what.posts);
}
