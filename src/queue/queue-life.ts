import type { Redis } from 'ioredis';

/** A host is forgotten after seven days without a word (`store/hosts.ts`); a day later nothing is left of its queues. */
const LIFE_MS = 8 * 24 * 3_600_000;
/** BullMQ writes down what happens to each job, for listeners, and we have none: its usual 10,000 are half a megabyte a queue. */
const MOST_EVENTS = 100;

/**
 * All that BullMQ keeps of a queue beside the jobs, and the jobs that wait for their time. BullMQ gives none of it a life, and hosts come and go.
 * ARGV: the queue's prefix, the most events, life in ms.
 */
const KEEP = `
local queue, life = ARGV[1], ARGV[3]
redis.call('HSET', queue .. 'meta', 'opts.maxLenEvents', ARGV[2])
for _, id in ipairs(redis.call('ZRANGE', queue .. 'delayed', 0, -1)) do redis.call('PEXPIRE', queue .. id, life) end
for _, name in ipairs(redis.call('ZRANGE', queue .. 'repeat', 0, -1)) do redis.call('PEXPIRE', queue .. 'repeat:' .. name, life) end
for _, name in ipairs({ 'meta', 'id', 'events', 'repeat', 'delayed', 'marker', 'wait', 'active', 'paused', 'prioritized', 'pc',
  'completed', 'failed', 'stalled' }) do redis.call('PEXPIRE', queue .. name, life) end
`;

/** Has a host's queue live as long as it is said again. */
export async function keepQueue(redis: Redis, prefix: string, name: string): Promise<void> {
  await redis.eval(KEEP, 0, `${prefix}:${name}:`, MOST_EVENTS, LIFE_MS);
}
