import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { JobContext, Processor } from '../../../jobs/context.js';
import type { Processors } from '../../../jobs/processors.js';
import type { JobName, Payload } from '../../../src/queue/catalogue.js';
import type { Enqueue, EnqueueOptions } from '../../../src/queue/enqueue.js';

type Job = { readonly name: JobName; readonly payload: Payload<JobName>; readonly options: EnqueueOptions };

/** More turns than anything takes that ends. */
const MAX_JOBS = 10_000;

/**
 * Jobs in the order in which they were asked for, in this process: BullMQ's delays and locks follow Redis' clock, which cannot be
 * made to run a week in a minute. What is kept of it: one job waiting for each `collapse`, one for ever for each `once`. A delayed job
 * comes after all others; `deliver` really waits, because what it waits for (budget, claim) is Redis' time.
 */
export function makeJobs(log: Logger, nowMs: () => number) {
  const waiting: Job[] = [];
  const asked = new Set<string>();
  const enqueue: Enqueue = async (name, payload, options = {}) => {
    const { once, collapse } = options;
    if (once !== undefined) {
      if (asked.has(`${name} ${once}`)) return;
      asked.add(`${name} ${once}`);
    }
    if (collapse !== undefined && waiting.some((one) => one.name === name && one.options.collapse === collapse)) return;
    waiting.push({ name, payload, options });
  };

  async function run(processors: Processors): Promise<void> {
    for (let jobs = 0; waiting.length > 0; jobs += 1) {
      if (jobs > MAX_JOBS) throw new Error(`jobs that never end: ${waiting.map(({ name }) => name).join(', ')}`);
      const ready = waiting.findIndex(({ options }) => !options.delayMs);
      const [job] = waiting.splice(Math.max(0, ready), 1);
      if (!job) return;
      if (job.name === 'deliver') await sleep(job.options.delayMs ?? 0);
      const process = processors[job.name] as Processor<JobName> | undefined;
      if (!process) throw new Error(`nobody does ${job.name}`);
      await process(job.payload, contextOf(job.name, log, nowMs));
    }
  }
  return { enqueue, run };
}

/** What a processor is given by the edge, with this clock in place of the real one. */
export function contextOf(jobId: string, log: Logger, nowMs: () => number): JobContext {
  return { jobId, startedBefore: 0, log, signal: new AbortController().signal, nowMs };
}
