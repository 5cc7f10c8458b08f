import { Redis } from 'ioredis';

/**
 * A connection for the stores. Commands fail within `commandTimeoutMs`, and at once while Redis is away, so that whoever
 * waits for one can say so: jobs are retried by their queue, people are told. It reconnects by itself for ever.
 */
export function connectRedis(url: string, commandTimeoutMs: number, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, { commandTimeout: commandTimeoutMs, enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  redis.on('error', onError);
  return redis;
}
