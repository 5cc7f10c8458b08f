import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { endProcess, freePort, launch, until } from './process.js';

export type RedisPart = {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** Stops answering and keeps its connections, until `thaw`. */
  freeze(): void;
  thaw(): void;
};

/** A real Redis of its own: odd port, AOF on, noeviction, data in a new folder. `args` go to `redis-server` last, so they win. */
export async function startRedis(args: string[] = [], port?: number, dir?: string): Promise<RedisPart> {
  const at = port ?? (await freePort());
  const folder = dir ?? (await mkdtemp(join(tmpdir(), 'leakwatch-redis-')));
  const base = ['--port', `${at}`, '--bind', '127.0.0.1', '--dir', folder, '--databases', '1024', '--save', ''];
  const { child, output } = launch('redis-server', [...base, '--appendonly', 'yes', '--maxmemory-policy', 'noeviction', ...args]);
  const url = `redis://127.0.0.1:${at}`;
  await until(`redis-server on ${at}: ${output()}`, 10_000, () => answers(url));
  return {
    url,
    port: at,
    async stop() {
      await endProcess(child);
      if (!dir) await rm(folder, { recursive: true, force: true });
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async kill() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Waits for a connection, through errors on the way: `events.once` would reject at the first, and ioredis tries again. */
export function untilReady(redis: Redis): Promise<void> {
  return redis.status === 'ready' ? Promise.resolve() : new Promise((resolve) => redis.once('ready', () => resolve()));
}

async function answers(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.ping()) === 'PONG';
  } finally {
    client.disconnect();
  }
}

/**
 * A database of its own on the test run's Redis (`LEAKWATCH_TEST_REDIS`, set by the global setup), counted up in database 0
 * so that no two test files share one. `close` empties it and fails when a connection to it is still open.
 */
export async function ownDatabase(): Promise<{ url: string; close(): Promise<void> }> {
  const server = process.env.LEAKWATCH_TEST_REDIS;
  if (!server) throw new Error('LEAKWATCH_TEST_REDIS is not set: run the tests through `npm test`');
  const counter = new Redis(server);
  const database = await counter.incr('next-database');
  await counter.quit();
  const url = `${server}/${database}`;
  return {
    url,
    async close() {
      const client = new Redis(url);
      try {
        const left = await until('connections to close', 3_000, async () => {
          const list = String(await client.client('LIST'));
          return { open: list.split('\n').filter((line) => line.includes(` db=${database} `)).length - 1 };
        });
        await client.flushdb();
        if (left.open > 0) throw new Error(`${left.open} Redis connections left open in database ${database}`);
      } finally {
        await client.quit();
      }
    },
  };
}
