import { z } from 'zod';
import type { Alert } from '../model/alert.js';
import { type Since, TAKINGS, type TakingReason } from '../model/heap-taking.js';
import type { Act } from '../model/incident.js';

/** What several payloads have in common, as schemas. */

/** The schema version of all payloads: a job of another version is quarantined, never guessed at. */
export const v = z.literal(1);
export const slackId = z.string().min(1).max(64);

export const target = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('channel'),
    channel: slackId,
    threadTs: z.string().max(32).exactOptional(),
    replyId: slackId.exactOptional(),
    user: slackId.exactOptional(),
  }),
  z.object({
    kind: z.literal('person'),
    channel: slackId,
    user: slackId,
    threadTs: z.string().max(32).exactOptional(),
    replyId: slackId.exactOptional(),
  }),
]);

export const act = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['acknowledge', 'resolve', 'reopen', 'split']) }),
  z.object({ kind: z.literal('snooze'), untilMs: z.number().int().nullable() }),
  z.object({
    kind: z.literal('not-a-leak'),
    reason: z.string().max(500),
    ceilingBytes: z.number().positive(),
    bytesPerHour: z.number().positive().nullable(),
  }),
]) satisfies z.ZodType<Act>;
export const thread = z.object({ channel: slackId, threadTs: z.string().min(1).max(32) });
/** Ids of files in Slack; a message has ten at most. */
export const carried = z.array(slackId).min(1).max(20).readonly();
/** Somebody wants an answer, whatever the files are. */
export const asked = z.literal(true);

const serviceId = z.string().max(300);
const profile = z.enum(TAKINGS);
const reason = z.enum(['asked', 'verdict', 'regular', 'deploy', 'limit', 'second']) satisfies z.ZodType<TakingReason>;
const since = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['usual', 'last', 'deploy']) }),
  z.object({ kind: z.literal('age'), ms: z.number().int().positive() }),
]) satisfies z.ZodType<Since>;
/**
 * A heap that is wanted, and who for. `target` absent: nobody asked. `incidentId`: it is evidence, and goes to that thread; the
 * target is told alone what went wrong.
 */
export const wanted = {
  ...{ v, serviceId, profile, since, why: reason, outboxKey: z.string().max(64) },
  target: target.exactOptional(),
  incidentId: slackId.exactOptional(),
  /** An operator asks: a command may be run in the container for it, where its agent allows that. */
  mayExec: z.literal(true).exactOptional(),
};
const text = (max: number) => z.string().max(max);
export const alert = z.object({
  id: slackId,
  group: slackId,
  from: z.enum(['Alertmanager', 'Grafana']),
  status: z.enum(['firing', 'resolved']),
  name: text(200),
  severity: text(60).exactOptional(),
  summary: text(600).exactOptional(),
  labels: z
    .array(z.tuple([text(200), text(300)]).readonly())
    .max(60)
    .readonly(),
  moreLabels: z.number().int().min(0),
  truncatedAlerts: z.number().int().min(0),
  startsAtMs: z.number().int().nullable(),
  endsAtMs: z.number().int().nullable(),
}) satisfies z.ZodType<Alert>;
