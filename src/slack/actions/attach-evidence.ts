import { LeakwatchError, personError } from '../../errors.js';
import type { Replica, ServiceRef } from '../../model/replica.js';
import { ATTACH_EVIDENCE, attachForm } from '../../render/attach-evidence.js';
import { checking } from '../../render/checking.js';
import { enqueueCollect } from '../act.js';
import type { Ask, FormReply, Modal, SlackContext } from '../ask.js';
import { decodeChoice, encodeChoice } from '../choice.js';
import { entries, startCheck } from '../commands/check.js';
import { encodeOrigin, type Form } from '../form.js';
import { resolveService, servicesOf } from '../resolve.js';

export { ATTACH_EVIDENCE };

const HALF =
  'What is found comes into that thread from now on, but the check was not begun. Press Attach once more, in a minute.';

/** The message shortcut *Attach leak evidence* asks of which service; those with an open incident come first. */
export async function openAttachEvidence(words: string, ask: Ask, { inventory, incidents }: SlackContext): Promise<Modal> {
  const [replicas, open] = await Promise.all([inventory.all(), incidents.open()]);
  const services = servicesOf(replicas);
  if (services.length === 0)
    throw personError('No containers are known yet. Is an agent running beside the engine? `/leak status` tells.');
  const leaking = new Set(open.map(({ service }) => service.id));
  const choices = (of: (service: ServiceRef) => boolean) => entries(services.filter(of), replicas, {});
  const named = namedIn(words, services);
  const { channel, threadTs } = ask;
  return {
    to: 'modal',
    view: attachForm({
      open: choices(({ id }) => leaking.has(id)),
      others: choices(({ id }) => !leaking.has(id)),
      ...(named ? { chosen: encodeChoice({ serviceId: named.id }) } : {}),
      metadata: encodeOrigin({ subject: '', channel, ...(threadTs ? { threadTs } : {}) }),
    }),
  };
}

/** The one service whose name stands in a text as a word; nothing is guessed when there are two. */
function namedIn(words: string, services: readonly ServiceRef[]): ServiceRef | undefined {
  const said = new Set(words.split(/[^\w.-]+/).map((word) => word.replace(/[.-]+$/, '').toLowerCase()));
  const named = services.filter(({ name }) => said.has(name.toLowerCase()));
  return named.length === 1 ? named[0] : undefined;
}

/** The form was sent in: the answer comes into the message's thread, and so does what is found from now on. */
export async function submitAttachEvidence({ values }: Form, ask: Ask, context: SlackContext): Promise<FormReply> {
  const replicas = await context.inventory.all();
  const chosen = chosenService(values, replicas);
  if (typeof chosen === 'string') return { to: 'fields', problems: { [values.name ? 'name' : 'service']: chosen } };
  const own = replicas.filter(({ service }) => service.id === chosen.id);
  // Said first, because it shows whether anything can be said there: nothing is begun where it cannot.
  const refusal = await context.tellAlone(ask, checking(chosen.name, own.length, new Set(own.map(({ host }) => host)).size));
  if (refusal) return { to: 'fields', problems: { service: refusalWords(refusal) } };
  await enqueueCollect(chosen.id, ask, context);
  try {
    await startCheck(chosen, own, {}, ask, context, { collects: true });
  } catch (error) {
    if (!(error instanceof LeakwatchError)) throw error;
    // Half of it was begun, and is not taken back: pressed again, the first half says that it is so already.
    return { to: 'fields', problems: { service: HALF } };
  }
  return { to: 'closed' };
}

/** A name that was typed wins over what is chosen. A sentence when it cannot be told which service is meant. */
function chosenService(values: Form['values'], replicas: readonly Replica[]): ServiceRef | string {
  const typed = values.name?.trim();
  if (!typed) return values.service ? decodeChoice(values.service, replicas).service : 'Which service?';
  const resolved = resolveService(typed, replicas);
  if (resolved.kind === 'found') return resolved.service;
  if (resolved.kind === 'unknown') return 'No such service. /leak check without a name lists them.';
  return `That is ${resolved.services.length} services: ${resolved.services
    .slice(0, 3)
    .map(({ id }) => id)
    .join(', ')}.`;
}

/** Beside a field Slack shows plain text. */
function refusalWords(word: string): string {
  if (word === 'is_archived') return 'That channel is archived: nothing can be said there.';
  return 'I am not in that channel, so nothing was begun. Type /invite @leakwatch there, then press Attach once more.';
}
