import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type JobsOptions, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { withDeadline } from '../errors.js';
import { CATALOGUE, type JobName, type JobQueue, type Payload, parsePayload, queueName } from './catalogue.js';

/** BullMQ's part of the key space; the rest of ours lies beside it under `leakwatch:v1:`. */
export const QUEUE_PREFIX = 'leakwatch:v1:bull';
/** A producer in a request path waits no longer: Slack gives three seconds for all of it. */
const ENQUEUE_DEADLINE_MS = 1_500;
/** Finished jobs stay as long as a doubled delivery may come: their id is what makes the double do nothing. */
const KEEP_FINISHED_SECONDS = 24 * 3600;

export type EnqueueOptions = {
  /** What makes two requests the same one (a Slack event id, a signature, an outbox key with its version). Hashed. */
  readonly once?: string;
  /** At most one waiting job of this name and id; while one runs, at most one more, with the newest payload. */
  readonly collapse?: string;
  readonly delayMs?: number;
  /** Whose queue, for `sample` and `host` jobs. */
  readonly host?: string;
};

/** Puts a job where it will be run at least once. Rejects within 1.5 s when Redis did not confirm it. */
export type Enqueue = <N extends JobName>(name: N, payload: Payload<N>, options?: EnqueueOptions) => Promise<void>;

export type Producer = {
  readonly enqueue: Enqueue;
  /** Jobs waiting, active and delayed, by queue name. */
  depths(hosts: readonly string[]): Promise<Record<string, number>>;
  /** How many workers listen on the queue `work`: none means that commands are taken and not answered. */
  workers(): Promise<number>;
  /** Has `sample` run on a host every `everyMs`. To be repeated: Redis may have lost it (facts: a scheduler can vanish). */
  scheduleSampling(host: string, everyMs: number): Promise<void>;
  close(): Promise<void>;
};

/** Producers fail fast: no offline queue, one try, a time limit on every command (facts: without it `add` waits for ever). */
export function makeProducer(redisUrl: string, onError: (error: Error) => void): Producer {
  const connection = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 1_000 });
  connection.on('error', onError);
  const queues = new Map<string, Queue>();

  /** A queue is made on a connection that is ready: one made on a broken connection stays broken for ever (BullMQ 6.7). */
  async function queueFor(queue: JobQueue, host?: string): Promise<Queue> {
    const name = queueName(queue, host);
    let found = queues.get(name);
    if (!found) {
      if (connection.status !== 'ready') await once(connection, 'ready');
      found =
        queues.get(name) ??
        new Queue(name, { connection, prefix: QUEUE_PREFIX, skipWaitingForReady: true, skipMetasUpdate: true });
      found.on('error', onError);
      queues.set(name, found);
    }
    return found;
  }

  return {
    async enqueue(name, payload, options = {}) {
      const entry = CATALOGUE[name];
      const data = parsePayload(name, payload);
      await withDeadline(ENQUEUE_DEADLINE_MS, 'The queue (Redis)', async () => {
        const queue = await queueFor(entry.queue, options.host);
        await queue.add(name, data, jobOptions(name, options));
      });
    },
    async depths(hosts) {
      const named: [JobQueue, string?][] = [['work'], ['deliver'], ...hosts.map((host): [JobQueue, string] => ['sample', host])];
      const counted = named.map(async ([queue, host]) => {
        const counts = await (await queueFor(queue, host)).getJobCounts('waiting', 'active', 'delayed', 'prioritized');
        return [queueName(queue, host), Object.values(counts).reduce((sum, n) => sum + n, 0)] as const;
      });
      return Object.fromEntries(await withDeadline(ENQUEUE_DEADLINE_MS, 'The queue (Redis)', () => Promise.all(counted)));
    },
    workers() {
      return withDeadline(ENQUEUE_DEADLINE_MS, 'The queue (Redis)', async () => (await queueFor('work')).getWorkersCount());
    },
    async scheduleSampling(host, everyMs) {
      await withDeadline(ENQUEUE_DEADLINE_MS, 'The queue (Redis)', async () => {
        const queue = await queueFor('sample', host);
        const opts = { removeOnComplete: { count: 10 }, removeOnFail: { count: 100 } };
        await queue.upsertJobScheduler('sample', { every: everyMs }, { name: 'sample', data: { v: 1 }, opts });
      });
    },
    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
}

/** BullMQ's options of a job: ids are hashes, because it takes neither colons nor bare integers. */
export function jobOptions(name: JobName, options: EnqueueOptions): JobsOptions {
  const { attempts, backoffMs } = CATALOGUE[name];
  return {
    attempts,
    backoff: { type: 'exponential', delay: backoffMs, jitter: 0.3 },
    removeOnComplete: { age: KEEP_FINISHED_SECONDS, count: 10_000 },
    removeOnFail: { age: 7 * KEEP_FINISHED_SECONDS, count: 10_000 },
    ...(options.delayMs ? { delay: options.delayMs } : {}),
    ...(options.once ? { jobId: `${name}-${hash(options.once)}` } : {}),
    ...(options.collapse ? { deduplication: { id: `${name}-${hash(options.collapse)}`, keepLastIfActive: true } } : {}),
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
