import { personError } from '../../errors.js';
import type { Incident } from '../../model/incident.js';
import type { ServiceRef } from '../../model/replica.js';
import { plainMessage } from '../../render/plain-message.js';
import { escapeText } from '../../render/text.js';
import { count } from '../../render/units.js';
import { type Ask, answerKey, type Command, type Reply, type SlackContext, targetOf } from '../ask.js';
import { resolveService } from '../resolve.js';

/** More than a post-mortem goes back to. */
const MAX_BACK = 50;

export const report: Command = {
  name: 'report',
  usage: 'report <service> [2]',
  summary: 'timeline for the post-mortem (2: the incident before)',
  async run(args, ask, context) {
    const [word, number = '1', ...more] = args;
    if (!word || more.length > 0) throw personError('Of which service? Try `/leak report &lt;service&gt;`.');
    if (!/^[1-9]\d?$/.test(number) || Number(number) > MAX_BACK)
      throw personError(
        `\`${escapeText(number, 20)}\` is no number of an incident: 1 is the last one, 2 the one before it, up to ${MAX_BACK}.`,
      );
    const service = serviceOf(word, await context.inventory.all());
    const incidents = await context.incidents.ofService(service.id, Number(number));
    const incident = incidents[Number(number) - 1];
    if (incident) return startReport(incident, ask, context, 'ack');
    const name = escapeText(service.name, 60);
    if (incidents.length > 0)
      throw personError(`${name} has ${count(incidents.length, 'incident')} that I keep. Try \`/leak report ${name}\`.`);
    if (service.isThere) throw personError(`${name} has had no incident in 90 days. What it does now: \`/leak check ${name}\`.`);
    throw personError(
      `No service "${name}" is there, and no incident is kept under that id. One that is gone is named with its project: \`/leak report project/service\`.`,
    );
  },
};

/** A service whose last container is gone may still be named by its id: its incidents outlive it. */
function serviceOf(
  word: string,
  replicas: Parameters<typeof resolveService>[1],
): Pick<ServiceRef, 'id' | 'name'> & { readonly isThere: boolean } {
  const resolved = resolveService(word, replicas);
  if (resolved.kind === 'found') return { ...resolved.service, isThere: true };
  if (resolved.kind === 'unknown') return { id: word, name: word, isThere: false };
  const ids = resolved.services.slice(0, 5).map(({ id }) => `\`/leak report ${escapeText(id, 80)}\``);
  throw personError(`"${escapeText(word, 60)}" is ${resolved.services.length} services: ${ids.join(', ')}.`);
}

/** Enqueues it, once however often the request is delivered. */
export async function startReport(
  { id, service }: Incident,
  ask: Ask,
  { enqueue, replies }: SlackContext,
  to: Reply['to'],
): Promise<Reply> {
  const target = await targetOf(ask, false, replies);
  await enqueue('report', { v: 1, outboxKey: answerKey(ask), target, incidentId: id }, { once: ask.once });
  return { to, message: plainMessage(`Writing the report of ${escapeText(service.name, 60)}…`) };
}
