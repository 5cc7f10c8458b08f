import { randomBytes } from 'node:crypto';
import { type Job, UnrecoverableError } from 'bullmq';
import type { Logger } from 'pino';
import { ZodError } from 'zod';
import { LeakwatchError } from '../src/errors.js';
import { CATALOGUE, type JobName, type Payload, parsePayload } from '../src/queue/catalogue.js';
import { escapeText } from '../src/render/text.js';
import type { JobContext, Processor } from './context.js';

/** Of the world's sentence, what is told. */
const MAX_WORDS = 400;

/** A job is lost for good: told to whoever waits for it, with a reference that is in the log. */
export type Lost = (name: JobName, payload: Payload<JobName>, sentence: string) => Promise<void>;

/**
 * The one place where a job's error is decided on: a person's or a payload of another version ends the job, the world's and
 * ours are tried again as the catalogue says. A job that took its worker down with it five times is put aside, not run again.
 */
export function jobEdge<N extends JobName>(name: N, process: Processor<N>, log: Logger, lost: Lost) {
  return async (job: Job, _token?: string, signal: AbortSignal = new AbortController().signal): Promise<void> => {
    const scoped = log.child({ job: name, jobId: job.id });
    // a start that ended is a try, whether it failed or not; one that did not end took its worker with it
    const startedBefore = job.attemptsStarted - 1;
    const crashes = startedBefore - job.attemptsMade;
    let payload: Payload<N>;
    try {
      payload = parsePayload(name, job.data);
    } catch (error) {
      scoped.error(
        { err: error instanceof ZodError ? new Error(error.message) : error },
        'put aside: a payload this version does not know',
      );
      throw new UnrecoverableError('unknown payload');
    }
    if (crashes >= CATALOGUE[name].maxCrashes) {
      const reference = randomBytes(4).toString('hex');
      scoped.error({ reference, crashes }, 'put aside: the worker died with it every time');
      await lost(name, payload, `That could not be done: it stopped the worker ${crashes} times (reference ${reference}).`);
      throw new UnrecoverableError('crashed too often');
    }
    const context: JobContext = { jobId: String(job.id), startedBefore, log: scoped, signal, nowMs: Date.now };
    try {
      await process(payload, context);
    } catch (error) {
      const final = error instanceof LeakwatchError && error.who === 'person';
      const last = final || job.attemptsMade + 1 >= CATALOGUE[name].attempts;
      const reference = randomBytes(4).toString('hex');
      scoped[last ? 'error' : 'warn']({ err: error, reference }, last ? 'given up' : 'to be tried again');
      if (last) await lost(name, payload, sentence(error, reference));
      throw final ? new UnrecoverableError(error.message) : error;
    }
  };
}

function sentence(error: unknown, reference: string): string {
  if (error instanceof LeakwatchError)
    // The world's words are its own: what Prometheus answered, a container's name.
    return error.who === 'person' ? error.message : `${escapeText(error.message, MAX_WORDS)} (reference ${reference}).`;
  return `That went wrong on our side (reference ${reference}); the log says why.`;
}
