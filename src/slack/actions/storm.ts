import { personError } from '../../errors.js';
import { plainMessage } from '../../render/plain-message.js';
import { count } from '../../render/units.js';
import { enqueueAct } from '../act.js';
import type { Ask, Reply, SlackContext } from '../ask.js';

/** *Acknowledge all*: everything that the storm's message still has and nobody has in hand. */
export async function acknowledgeStorm(storm: string, ask: Ask, context: SlackContext): Promise<Reply> {
  const ids = await context.storms.members(storm);
  const found = await Promise.all(ids.map((id) => context.incidents.incident(id)));
  const open = found.flatMap((one) => (one?.value.storm === storm && !one.value.closed ? [one.value] : []));
  const free = open.filter(({ acknowledged }) => !acknowledged);
  if (free.length === 0) throw personError(open.length > 0 ? 'All of them are in hand already.' : 'All of them are closed.');
  await Promise.all(free.map(({ id }) => enqueueAct(id, { kind: 'acknowledge' }, ask, context)));
  return { to: 'ack', message: plainMessage(`Acknowledging ${count(free.length, 'service')}…`) };
}
