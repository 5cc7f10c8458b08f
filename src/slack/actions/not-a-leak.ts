import { personError, withDeadline } from '../../errors.js';
import type { ServiceRef } from '../../model/replica.js';
import { limitOf, usedOf } from '../../model/sample.js';
import { NOT_A_LEAK, notALeakForm, REASONS } from '../../render/not-a-leak.js';
import { bytes } from '../../render/units.js';
import { enqueueAct, incidentOf } from '../act.js';
import type { Ask, FormReply, Modal, SlackContext } from '../ask.js';
import { encodeOrigin, type Form } from '../form.js';
import { parseRate, parseSize } from '../size.js';

export { NOT_A_LEAK };

/** A form opens within three seconds of the click or never: what it proposes is looked up for so long, then left empty. */
const LOOK_UP_MS = 800;
const RECENT_MS = 10 * 60_000;
/** Of a service with more replicas than that these are asked: they are alike. */
const MAX_ASKED = 50;

/** *Not a leak* asks why, and from where on it is to be said all the same. */
export async function openNotALeak(incidentId: string, ask: Ask, context: SlackContext): Promise<Modal> {
  const { service, closed } = await incidentOf(incidentId, context);
  if (closed) throw personError('That is closed already. `/leak reopen &lt;service&gt;` opens it again.');
  const held = await withDeadline(LOOK_UP_MS, 'what it holds', () => heldNow(service, ask.atMs, context)).catch(() => ({}));
  const { channel, threadTs } = ask;
  const metadata = encodeOrigin({ subject: incidentId, channel, ...(threadTs ? { threadTs } : {}), ...held });
  return { to: 'modal', view: notALeakForm({ service: service.name, metadata, ...held }) };
}

/** Bytes that the fullest replica holds now, and the least limit. */
async function heldNow({ id }: ServiceRef, nowMs: number, { inventory, samples }: SlackContext) {
  const own = (await inventory.all()).filter(({ service }) => service.id === id).slice(0, MAX_ASKED);
  const latest = await Promise.all(own.map(async ({ key }) => (await samples.read(key, nowMs - RECENT_MS, nowMs)).at(-1)));
  const used = Math.max(0, ...latest.map((sample) => usedOf(sample) ?? 0));
  const limits = own.flatMap(({ limitBytes }, i) => limitOf(latest[i], limitBytes) ?? []);
  return { ...(used > 0 ? { usedBytes: used } : {}), ...(limits.length > 0 ? { limitBytes: Math.min(...limits) } : {}) };
}

/** The form was sent in: read, and done by the job. */
export async function submitNotALeak({ origin, values }: Form, ask: Ask, context: SlackContext): Promise<FormReply> {
  const ceilingBytes = parseSize(values.ceiling ?? '');
  const bytesPerHour = values.rate === undefined ? null : parseRate(values.rate);
  const problems = {
    ...(values.why === 'other' && !values.words?.trim() ? { words: 'Say why in a few words.' } : {}),
    ...ceilingProblem(ceilingBytes, origin),
    ...(values.rate !== undefined && bytesPerHour === null ? { rate: 'Not a rate. Such as 60 MiB/h, or leave it empty.' } : {}),
  };
  if (ceilingBytes === null || Object.keys(problems).length > 0) return { to: 'fields', problems };
  await enqueueAct(origin.subject, { kind: 'not-a-leak', reason: reasonOf(values), ceilingBytes, bytesPerHour }, ask, context);
  return { to: 'closed' };
}

function ceilingProblem(ceilingBytes: number | null, { usedBytes, limitBytes }: Form['origin']): { ceiling?: string } {
  if (ceilingBytes === null) return { ceiling: 'Not a size. A number and its unit, such as 400 MiB or 1.5 GiB.' };
  if (usedBytes !== undefined && ceilingBytes <= usedBytes)
    return { ceiling: `A replica holds ${bytes(usedBytes)} already: the ceiling has to be above that.` };
  if (limitBytes !== undefined && (usedBytes ?? 0) < limitBytes && ceilingBytes >= limitBytes)
    return { ceiling: `Its limit is ${bytes(limitBytes)}: with that ceiling nothing is said before it is out of memory.` };
  return {};
}

function reasonOf({ why, words }: Form['values']): string {
  const known = why !== undefined && why !== 'other' && why in REASONS ? REASONS[why as keyof typeof REASONS] : undefined;
  return [known, words?.trim()].filter(Boolean).join(': ');
}
