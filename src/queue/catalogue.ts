import { z } from 'zod';
import { act, alert, asked, carried, slackId, target, thread, v, wanted } from './payload-parts.js';

/**
 * Every job there is: its name, its queue, what it carries, how it is retried. Jobs run at least once, so every processor may
 * run twice with the same payload; posting is `deliver`'s alone. Payloads hold ids and words, never secrets, and stay small.
 *
 *   work            check, top, limits, trend       what people ask; any worker
 *                   home, share, report
 *                   chart                           the picture of a message
 *                   rounds, watch, tell, digest     what it says by itself
 *                   act, collect                    what people do with that
 *                   freeze                          an incident into the archive
 *                   heap, say-heap, heap-rounds     which heap, what came of it, when the next is due
 *                   flame                           the flame graph of two heaps, into the thread of what was said of them
 *                   alert, page, annotate           Alertmanager and the pager, in and out; marks in Grafana
 *                   dropped, read-files             files that people put into a conversation: whether they are for us, what is in them
 *   deliver         deliver                         any worker; one job a channel at a time
 *   sample-<host>   sample                          that host's agent, one at a time
 *   host-<host>     take-heap                       that host's agent, one at a time; never holds up sampling
 */

const schemas = {
  /** Assess one service and say it under `outboxKey`. `round` counts the looks: an `unknown` looks again, edits the same message. */
  check: z.object({
    v,
    outboxKey: z.string().max(64),
    target,
    serviceId: z.string().max(300),
    windowMs: z.number().int().positive().exactOptional(),
    /** Absent: an alert asked, not a person. */
    askedBy: slackId.exactOptional(),
    askedAtMs: z.number().int(),
    /** It was asked for together with `collect`: the answer does not offer that. */
    collects: z.literal(true).exactOptional(),
    round: z.number().int().min(0).max(50),
  }),
  top: z.object({ v, outboxKey: z.string().max(64), target, askedAtMs: z.number().int() }),
  limits: z.object({ v, outboxKey: z.string().max(64), target, askedAtMs: z.number().int() }),
  /** One service over a window, with a chart; `windowMs` is what was asked for and may be more than is kept. */
  trend: z.object({
    v,
    outboxKey: z.string().max(64),
    target,
    serviceId: z.string().max(300),
    windowMs: z.number().int().positive(),
  }),
  /** The home tab of one person, made anew. */
  home: z.object({ v, user: slackId }),
  /** Says to the channel what a person was told alone. */
  share: z.object({ v, fromKey: z.string().max(64), outboxKey: z.string().max(64), target }),
  /** Draws and uploads the chart of an outbox entry's version, then has it shown. */
  chart: z.object({ v, outboxKey: z.string().max(64), version: z.number().int() }),
  /** Drains one channel's outbox in order. */
  deliver: z.object({ v, channel: slackId }),
  /** Who is to be looked at now? Each becomes a `watch`. */
  rounds: z.object({ v }),
  /** One look at a service by the watch: what it says, what becomes of its incident. */
  watch: z.object({ v, serviceId: z.string().max(300) }),
  /** Hands what an incident has to say to the outbox, in order. */
  tell: z.object({ v, incidentId: slackId }),
  /** What a person does with an incident. A refusal is said to them alone, under `outboxKey`. */
  act: z.object({ v, incidentId: slackId, act, by: slackId, atMs: z.number().int(), outboxKey: z.string().max(64), target }),
  /** What is found about a service goes to a thread from now on. A refusal is said to the one who wants it, alone, under `outboxKey`. */
  collect: z.object({
    ...{ v, serviceId: z.string().max(300), place: thread, by: slackId, atMs: z.number().int() },
    ...{ outboxKey: z.string().max(64), target },
  }),
  /** The document of one incident, uploaded and said where it was asked for. */
  report: z.object({ v, outboxKey: z.string().max(64), target, incidentId: slackId }),
  /** The day's digest, where it is due and was not said. */
  digest: z.object({ v }),
  /** Puts an incident into the archive as it is: its samples, and itself. */
  freeze: z.object({ v, incidentId: slackId }),
  /** Which replica's heap, and whether there is one already: then it is taken on its host. `replica`: that one, by its key. */
  heap: z.object({ ...wanted, askedAtMs: z.number().int(), replica: z.string().max(500).exactOptional() }),
  /** On a replica's host: a heap is fetched, kept, and compared. `pprof`, `massif`, `dumps`: what rules say of where it is. */
  'take-heap': z.object({
    ...wanted,
    taking: z.object({ id: slackId, replica: z.string().max(500), atMs: z.number().int() }),
    pprof: z.string().max(200).exactOptional(),
    massif: z.string().max(200).exactOptional(),
    dumps: z.string().max(200).exactOptional(),
  }),
  /** Says what came of it. `late`: it should have been there by now. */
  'say-heap': z.object({ ...wanted, replica: z.string().max(500), takingId: slackId, late: z.literal(true).exactOptional() }),
  /** The flame graph of the heaps that were found under `findingKey`, beside what was said of them under `saidKey`. */
  flame: z.object({ v, findingKey: z.string().max(64), saidKey: z.string().max(200) }),
  /** Whose heap is due by the clock, by a deploy, or by its limit? Each becomes a `heap`. */
  'heap-rounds': z.object({ v }),
  /** One alert from outside: to its service's incident, or said. */
  alert: z.object({ v, alert }),
  /** Tells the pagers what they are to know of an incident. */
  page: z.object({ v, incidentId: slackId }),
  /** Files that were shown in a channel, before anything is known of them. `mention`: the message that has them, which mentioned us. */
  dropped: z.object({
    ...{ v, channel: slackId, fileIds: carried, homeTeam: slackId, isShared: z.literal(true).exactOptional() },
    mention: z
      .object({ ...thread.omit({ channel: true }).shape, ts: slackId, user: slackId, asked: asked.exactOptional() })
      .exactOptional(),
  }),
  /** Reads the files of one message and answers in its thread. `target`: who waits for that is told when it cannot be. */
  'read-files': z.object({
    ...{ v, channel: slackId, ts: slackId, threadTs: slackId, fileIds: carried, asked: asked.exactOptional() },
    ...{ outboxKey: z.string().max(64), target: target.exactOptional() },
  }),
  /** Marks incidents in Grafana: all that are due, one after the other. */
  annotate: z.object({ v }),
  /** One sweep of a host. With `serviceId` only that service's containers (a burst asked for by a check without history). */
  sample: z.object({ v, serviceId: z.string().max(300).exactOptional() }),
} satisfies Record<string, z.ZodType>;

export type JobName = keyof typeof schemas;
export type Payload<N extends JobName> = z.infer<(typeof schemas)[N]>;
export type JobQueue = 'work' | 'deliver' | 'sample' | 'host';

type Entry = {
  readonly queue: JobQueue;
  /** Tries in all; stalls (a worker that died) do not count as tries. */
  readonly attempts: number;
  /** Waits between tries double from the first, or stay as they are. */
  readonly backoffMs: number;
  readonly backoff: 'exponential' | 'fixed';
  /** Workers it may take down with it before it is put aside. `deliver` carries rendered data only and must go on for ever. */
  readonly maxCrashes: number;
};

export const CATALOGUE: { readonly [N in JobName]: Entry } = {
  check: { queue: 'work', attempts: 3, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  top: { queue: 'work', attempts: 3, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  limits: { queue: 'work', attempts: 3, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  trend: { queue: 'work', attempts: 3, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  home: { queue: 'work', attempts: 3, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  share: { queue: 'work', attempts: 3, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  chart: { queue: 'work', attempts: 4, backoffMs: 2_000, backoff: 'exponential', maxCrashes: 5 },
  // steady: what is said meanwhile collapses into the job that waits, and would wait with it
  deliver: { queue: 'deliver', attempts: 1_000, backoffMs: 1_000, backoff: 'fixed', maxCrashes: 1_000 },
  // the next round comes in seconds
  rounds: { queue: 'work', attempts: 1, backoffMs: 0, backoff: 'fixed', maxCrashes: 1_000 },
  watch: { queue: 'work', attempts: 2, backoffMs: 1_000, backoff: 'fixed', maxCrashes: 5 },
  tell: { queue: 'work', attempts: 10, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 1_000 },
  // with a service to themselves: a worker that died there holds it for half a minute (`store/rounds.ts`)
  act: { queue: 'work', attempts: 7, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  collect: { queue: 'work', attempts: 7, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  report: { queue: 'work', attempts: 4, backoffMs: 2_000, backoff: 'exponential', maxCrashes: 5 },
  // asked for again by each round until the day is settled
  digest: { queue: 'work', attempts: 5, backoffMs: 5_000, backoff: 'exponential', maxCrashes: 5 },
  // a disk that is full is cleared by a person: tried for hours, and then once a day by the rounds
  freeze: { queue: 'work', attempts: 12, backoffMs: 5_000, backoff: 'exponential', maxCrashes: 3 },
  heap: { queue: 'work', attempts: 3, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  // what cannot be had is said, and not tried again: the process has collected its garbage for it
  'take-heap': { queue: 'host', attempts: 2, backoffMs: 1_000, backoff: 'fixed', maxCrashes: 2 },
  'say-heap': { queue: 'work', attempts: 7, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  // it waits for the message that it belongs to
  flame: { queue: 'work', attempts: 8, backoffMs: 2_000, backoff: 'exponential', maxCrashes: 5 },
  'heap-rounds': { queue: 'work', attempts: 1, backoffMs: 0, backoff: 'fixed', maxCrashes: 1_000 },
  // none is lost to a Redis or a Slack that is away for minutes
  alert: { queue: 'work', attempts: 200, backoffMs: 2_000, backoff: 'fixed', maxCrashes: 5 },
  // what is due stays due: the rounds ask again
  page: { queue: 'work', attempts: 1, backoffMs: 0, backoff: 'fixed', maxCrashes: 1_000 },
  dropped: { queue: 'work', attempts: 5, backoffMs: 1_000, backoff: 'exponential', maxCrashes: 5 },
  'read-files': { queue: 'work', attempts: 4, backoffMs: 2_000, backoff: 'exponential', maxCrashes: 3 },
  annotate: { queue: 'work', attempts: 1, backoffMs: 0, backoff: 'fixed', maxCrashes: 5 },
  sample: { queue: 'sample', attempts: 1, backoffMs: 0, backoff: 'fixed', maxCrashes: 5 },
};

export const JOB_NAMES = Object.keys(schemas) as JobName[];

/** The payload as its schema sees it. Throws `ZodError` on anything else: the job is then quarantined, not retried. */
export function parsePayload<N extends JobName>(name: N, data: unknown): Payload<N> {
  return schemas[name].parse(data) as Payload<N>;
}

/** BullMQ's name of a queue; agents' queues carry their host. Colons are BullMQ's own, so a host's are replaced. */
export function queueName(queue: JobQueue, host?: string): string {
  if (queue === 'sample' || queue === 'host') {
    if (!host) throw new Error(`queue ${queue} needs a host`);
    return `${queue}-${host.replaceAll(':', '_')}`;
  }
  return queue;
}
