import type { Logger } from 'pino';
import type { JobName, Payload } from '../src/queue/catalogue.js';

/** What every processor is given beside its payload. Ports it needs are bound when `main.ts` or `agent.ts` makes it. */
export type JobContext = {
  readonly jobId: string;
  /** Times this job was started before, by a retry or after a worker died. */
  readonly startedBefore: number;
  readonly log: Logger;
  /** Aborted when the worker shuts down or the job is taken away. */
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
};

export type Processor<N extends JobName> = (payload: Payload<N>, context: JobContext) => Promise<void>;
