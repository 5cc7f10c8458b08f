import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type JobsOptions, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { LeakwatchError, withDeadline, worldError } from '../errors.js';
import { CATALOGUE, type JobName, type JobQueue, type Payload, parsePayload, queueName } from './catalogue.js';
import { keepQueue } from './queue-life.js';

/** BullMQ's part of the key space; the rest of ours lies beside it under `leakwatch:v1:`. */
export const QUEUE_PREFIX = 'leakwatch:v1:bull';
/** A producer in a request path waits no longer: Slack gives three seconds for all of it. */
const ENQUEUE_DEADLINE_MS = 1_500;
/**
 * What is done `once` stays as long as a doubled delivery may come: its id is what makes the double do nothing. One such job holds 1.3 to
 * 2.3 KB of Redis (measured on 7.0 with BullMQ 6.7, payloads of 7 to 1,000 bytes), so that a day of 50,000 holds about 80 MB of the 512
 * that compose gives; on a day of more, the oldest are known for less long. What nobody names, a look at a service or a delivery, leaves
 * nothing behind: it would push those out. So would a schedule: BullMQ cuts the whole set of finished jobs to what the last of them says.
 */
const KEEP_FINISHED_SECONDS = 24 * 3600;
const KEEP_DONE = { age: KEEP_FINISHED_SECONDS, count: 50_000 } as const;

/**
 * A schedule whose next run lies further ahead was made by a clock that has been set back since. BullMQ would wait for that time, however
 * often it is told the schedule, and what waits for a second try (a delivery, and behind it all of its channel) would too. Clocks of two
 * workers may differ by less.
 *
 *     02:59:50  ·  ·  ·|                       ·  next at 03:00:00
 *     set back         02:00:00  ………………………………   an hour without a sample
 */
const CLOCKS_APART_MS = 60_000;
const OF_ONE_ROLE = { rounds: ['work', 'deliver'], sample: ['sample', 'host'] } as const satisfies Record<string, JobQueue[]>;

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

export type Untaken = { readonly host: string; readonly waiting: number; readonly sinceMs: number };

export type Producer = {
  readonly enqueue: Enqueue;
  /** Jobs waiting, active and delayed, by queue name. */
  depths(hosts: readonly string[]): Promise<Record<string, number>>;
  /** Of hosts whose queue has jobs and does none of them: since when the oldest could have been taken, Unix ms. */
  untaken(hosts: readonly string[]): Promise<readonly Untaken[]>;
  /** How many workers listen on the queue `work`: none means that commands are taken and not answered. */
  workers(): Promise<number>;
  /**
   * Has `sample` run on a host, or `rounds` by any worker, every `everyMs`. To be repeated: Redis may have lost it (facts: a
   * scheduler can vanish). Said by several, it is one schedule.
   */
  schedule(name: 'sample' | 'rounds', everyMs: number, host?: string): Promise<void>;
  close(): Promise<void>;
};

/** Producers fail fast: no offline queue, one try, a time limit on every command (facts: without it `add` waits for ever). */
export function makeProducer(redisUrl: string, onError: (error: Error) => void): Producer {
  const connection = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 1_000 });
  connection.on('error', onError);
  const queues = new Map<string, Promise<Queue>>();

  /** A queue that was made while Redis did not answer stays broken for ever (BullMQ 6.7): only one that answered is kept. */
  function queueFor(signal: AbortSignal, queue: JobQueue, host?: string): Promise<Queue> {
    const name = queueName(queue, host);
    const found = queues.get(name) ?? make(name, signal);
    queues.set(name, found);
    found.catch(() => queues.delete(name));
    return found;
  }

  async function make(name: string, signal: AbortSignal): Promise<Queue> {
    if (connection.status !== 'ready') await once(connection, 'ready', { signal });
    const queue = new Queue(name, { connection, prefix: QUEUE_PREFIX, skipWaitingForReady: true, skipMetasUpdate: true });
    queue.on('error', onError);
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      await queue.close();
      throw error;
    }
  }

  return {
    async enqueue(name, payload, options = {}) {
      const entry = CATALOGUE[name];
      const data = parsePayload(name, payload);
      await reach(async (signal) => {
        const queue = await queueFor(signal, entry.queue, options.host);
        signal.throwIfAborted();
        await queue.add(name, data, jobOptions(name, options));
      });
    },
    async depths(hosts) {
      const ofHosts = hosts.flatMap((host): [JobQueue, string][] => [
        ['sample', host],
        ['host', host],
      ]);
      const named: [JobQueue, string?][] = [['work'], ['deliver'], ...ofHosts];
      const count = async (signal: AbortSignal, [queue, host]: [JobQueue, string?]) => {
        const counts = await (await queueFor(signal, queue, host)).getJobCounts('waiting', 'active', 'delayed', 'prioritized');
        return [queueName(queue, host), Object.values(counts).reduce((sum, n) => sum + n, 0)] as const;
      };
      const counted = await reach((signal) => Promise.all(named.map((one) => count(signal, one))));
      return Object.fromEntries(counted);
    },
    async untaken(hosts) {
      const oldest = async (signal: AbortSignal, host: string): Promise<Untaken[]> => {
        const queue = await queueFor(signal, 'host', host);
        const [counts, [first]] = await Promise.all([
          queue.getJobCounts('waiting', 'active'),
          queue.getJobs(['waiting'], 0, 0, true),
        ]);
        if (!first || counts.active !== 0) return [];
        return [{ host, waiting: counts.waiting ?? 1, sinceMs: first.timestamp + (first.opts.delay ?? 0) }];
      };
      return (await reach((signal) => Promise.all(hosts.map((host) => oldest(signal, host))))).flat();
    },
    workers() {
      return reach(async (signal) => {
        const clients = await (await queueFor(signal, 'work')).getWorkers();
        // BullMQ looks at every database of the server; a client without one is a managed Redis that hides its list.
        return clients.filter(({ db }) => db === undefined || db === String(connection.options.db ?? 0)).length;
      });
    },
    async schedule(name, everyMs, host) {
      await reach(async (signal) => {
        const queue = await queueFor(signal, CATALOGUE[name].queue, host);
        const opts = { removeOnComplete: true, removeOnFail: true };
        const said = await queue.getJobScheduler(name);
        if (said?.next !== undefined && said.next > Date.now() + everyMs + CLOCKS_APART_MS) {
          await queue.removeJobScheduler(name);
          await Promise.all(OF_ONE_ROLE[name].map(async (one) => (await queueFor(signal, one, host)).promoteJobs()));
        }
        await queue.upsertJobScheduler(name, { every: everyMs }, { name, data: { v: 1 }, opts });
        if (host === undefined) return;
        for (const one of OF_ONE_ROLE[name]) await keepQueue(connection, QUEUE_PREFIX, queueName(one, host));
      });
    },
    async close() {
      await Promise.allSettled([...queues.values()].map(async (queue) => (await queue).close()));
      connection.disconnect();
    },
  };
}

/** BullMQ's options of a job: ids are hashes, because it takes neither colons nor bare integers. */
export function jobOptions(name: JobName, options: EnqueueOptions): JobsOptions {
  const { attempts, backoffMs, backoff } = CATALOGUE[name];
  return {
    attempts,
    backoff: { type: backoff, delay: backoffMs, jitter: 0.3 },
    removeOnComplete: options.once ? KEEP_DONE : true,
    removeOnFail: { age: 7 * KEEP_FINISHED_SECONDS, count: 10_000 },
    ...(options.delayMs ? { delay: options.delayMs } : {}),
    ...(options.once ? { jobId: `${name}-${hash(options.once)}` } : {}),
    ...(options.collapse ? { deduplication: { id: `${name}-${hash(options.collapse)}`, keepLastIfActive: true } } : {}),
  };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Full is what can be mended, and waiting does not mend it: it is not said to be silent (reliability R06). */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return 'The queue (Redis) does not answer';
  // Redis before 7 says it inside an error of the script.
  if (/(^|-)OOM /.test(error.message)) return 'The queue (Redis) is full';
  return `The queue (Redis) refuses (${error.message.slice(0, 120)})`;
}

/** All that can go wrong here is Redis: away, frozen, full. */
async function reach<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await withDeadline(ENQUEUE_DEADLINE_MS, 'The queue (Redis)', work);
  } catch (error) {
    throw error instanceof LeakwatchError ? error : worldError(wordsOf(error), error);
  }
}
