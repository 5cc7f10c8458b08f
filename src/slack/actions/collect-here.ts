import { plainMessage } from '../../render/plain-message.js';
import { enqueueCollect } from '../act.js';
import type { Ask, Reply, SlackContext } from '../ask.js';

/** The button under an answer in a thread: the service's evidence comes there from now on. Seen by the line that says so. */
export async function collectHere(serviceId: string, ask: Ask, context: SlackContext): Promise<Reply> {
  await enqueueCollect(serviceId, ask, context);
  return { to: 'ack', message: plainMessage('Begun.') };
}
