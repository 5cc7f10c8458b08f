import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { pino } from 'pino';
import { watchRedis } from '../../src/store/watch-redis.js';

const HEALTHY = 'redis_version:7.0.15\nmaxmemory_policy:noeviction\nrole:master\naof_enabled:1\nmaxmemory:0\nused_memory:1';
const settled = async () => {
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
};

/** Timers only: a tick that something else asks for would be counted too. */
beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] }));
afterEach(() => void jest.useRealTimers());

/** A Redis whose `INFO` answers when it is told to. */
function slowRedis(status: string) {
  const answers: ((info?: string) => void)[] = [];
  const redis = Object.assign(new EventEmitter(), {
    status,
    info: () => new Promise<string>((resolve) => answers.push((info = HEALTHY) => resolve(info))),
  });
  return { redis, answers, watch: watchRedis(redis as unknown as Redis, pino({ level: 'silent' })) };
}

test('stopped while it looks: nothing is left that would look again', async () => {
  const { answers, watch } = slowRedis('ready');
  watch.stop();
  const others = jest.getTimerCount();
  answers[0]?.();
  await watch.safe;
  await settled();
  expect(jest.getTimerCount()).toBe(others);
});

test('ready while it looks already: one look at a time, one a minute', async () => {
  const { redis, answers, watch } = slowRedis('connecting');
  jest.advanceTimersByTime(1_000);
  redis.emit('ready');
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await settled();
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(60_000);
  expect(answers).toHaveLength(2);
  watch.stop();
});

test('switched to throw keys away while we run: no end of us, but a refusal within a minute, until it is mended', async () => {
  const { answers, watch } = slowRedis('ready');
  answers[0]?.();
  await watch.safe;
  await settled();
  jest.advanceTimersByTime(60_000);
  answers[1]?.(HEALTHY.replace('noeviction', 'allkeys-lru').replace('aof_enabled:1', 'aof_enabled:0'));
  await settled();
  expect(watch.refusals()).toEqual([expect.stringContaining('maxmemory-policy is allkeys-lru')]);
  expect(watch.warnings()).toHaveLength(2);
  jest.advanceTimersByTime(60_000);
  answers[2]?.();
  await settled();
  expect([watch.refusals(), watch.warnings()]).toEqual([[], []]);
  watch.stop();
});
