import type { Redis } from 'ioredis';

/**
 * Redis counts a life by its host's clock. When that is set back an hour, what lived for seconds lives an hour more: what has more of its life
 * left than it was given is over. KEYS: the lease. ARGV: token, life in ms.
 */
const TAKE = `
if redis.call('PTTL', KEYS[1]) > tonumber(ARGV[2]) then redis.call('DEL', KEYS[1]) end
if redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
return 0
`;

/** Whether it is ours now, for so long; false: somebody has it. */
export async function takeLease(redis: Redis, name: string, token: string, lifeMs: number): Promise<boolean> {
  return (await redis.eval(TAKE, 1, name, token, lifeMs)) === 1;
}
