import { afterAll } from '@jest/globals';
import { Redis } from 'ioredis';
import { ownDatabase } from './parts/redis.js';

/** For a test file: a database of its own on the run's Redis, and a connection to it. After its tests both are closed, and what is left open fails. */
export async function ownRedis() {
  const database = await ownDatabase();
  const redis = new Redis(database.url);
  afterAll(async () => {
    await redis.quit();
    await database.close();
  });
  return { redis, database };
}
