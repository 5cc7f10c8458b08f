import { type Job, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { CATALOGUE, JOB_NAMES, type JobName, type JobQueue, queueName } from '../src/queue/catalogue.js';
import { QUEUE_PREFIX } from '../src/queue/enqueue.js';
import { jobEdge, type Lost } from './edge.js';
import type { Processors } from './processors.js';
import { warnRarely } from './warn-rarely.js';

export type Consumer = { close(): Promise<void> };

/** Milliseconds; what a job whose worker died waits for: its lock, then the next look for stalled ones. */
export type ConsumeSettings = { readonly lockDuration: number; readonly stalledInterval: number };
export const CONSUME_SETTINGS: ConsumeSettings = { lockDuration: 15_000, stalledInterval: 5_000 };

/** How often a job's worker may die is counted by our own edge, since BullMQ gives up after one (reliability DR5). */
const NEVER_GIVEN_UP = 1_000_000;

/** A worker of one queue, running at once. `settings` other than the default are for tests that kill workers. */
export function consume(
  queue: JobQueue,
  parts: {
    readonly redisUrl: string;
    readonly host?: string;
    readonly concurrency: number;
    readonly processors: Processors;
    readonly log: Logger;
    readonly lost: Lost;
    /** Told of each job that ended; absent: nobody counts. */
    readonly ended?: (job: string, outcome: 'done' | 'failed') => void;
  },
  settings: ConsumeSettings = CONSUME_SETTINGS,
): Consumer {
  const { redisUrl, host, concurrency, processors, log, lost, ended } = parts;
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  connection.on('error', warnRarely(log, 'Redis (queue)'));
  const handlers = new Map(JOB_NAMES.filter((name) => CATALOGUE[name].queue === queue).map((name) => [name, handler(name)]));

  function handler<N extends JobName>(name: N) {
    const process = processors[name];
    if (!process) throw new Error(`no processor for the job ${name}`);
    return jobEdge(name, process, log, lost);
  }

  const worker = new Worker(
    queueName(queue, host),
    async (job: Job, token?: string, signal?: AbortSignal) => {
      const run = handlers.get(job.name as JobName);
      if (!run) {
        log.error({ job: job.name, jobId: job.id }, 'put aside: a job this version does not know');
        throw new UnrecoverableError(`unknown job ${job.name}`);
      }
      await run(job, token, signal);
    },
    { connection, prefix: QUEUE_PREFIX, concurrency, maxStalledCount: NEVER_GIVEN_UP, ...settings },
  );
  worker.on('error', warnRarely(log, 'queue'));
  worker.on('completed', ({ name }) => ended?.(name, 'done'));
  worker.on('failed', (job) => ended?.(job?.name ?? 'unknown', 'failed'));
  return {
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}
