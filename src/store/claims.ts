import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Claim, Claims } from '../model/delivery.js';
import { key } from './keys.js';
import { takeLease } from './lease.js';

/**
 * How long a claim is good for. `requestMs` is the time limit of a request to Slack: nobody takes over before the last one
 * that was begun in time is over.
 */
export type ClaimLimits = { readonly sendWindowMs: number; readonly requestMs: number; readonly marginMs: number };
export const CLAIM_LIMITS: ClaimLimits = { sendWindowMs: 2_000, requestMs: 5_000, marginMs: 3_000 };

const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

export function claimKey(channel: string): string {
  return key('outbox-claim', channel);
}

/** One sender a channel. `monotonicMs` is a clock that goes on while the process is stopped (`performance.now`). */
export function makeClaims(redis: Redis, limits: ClaimLimits, monotonicMs: () => number): Claims {
  const lifeMs = limits.sendWindowMs + limits.requestMs + limits.marginMs;
  return {
    async take(channel) {
      const name = claimKey(channel);
      const token = randomUUID();
      let since = monotonicMs();
      if (!(await takeLease(redis, name, token, lifeMs))) return { freeInMs: Math.max(await redis.pttl(name), 0) };
      return {
        channel,
        token,
        async renew() {
          const before = monotonicMs();
          if ((await redis.eval(RENEW, 1, name, token, lifeMs)) !== 1) return false;
          since = before;
          return true;
        },
        inTime: () => monotonicMs() - since < limits.sendWindowMs,
        async release() {
          await redis.eval(RELEASE, 1, name, token);
        },
      } satisfies Claim;
    },
  };
}
