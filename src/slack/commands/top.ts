import { personError } from '../../errors.js';
import { plainMessage } from '../../render/plain-message.js';
import { answerKey, type Command, targetOf } from '../ask.js';
import { servicesOf } from '../resolve.js';

export const top: Command = {
  name: 'top',
  usage: 'top',
  summary: 'who is out of memory first',
  async run(args, ask, { inventory, replies, enqueue }) {
    const personOnly = args[0]?.toLowerCase() === 'private';
    if (args.length > (personOnly ? 1 : 0))
      throw personError('`top` looks at every service. For one: `/leak check &lt;service&gt;`.');
    const services = servicesOf(await inventory.all()).length;
    const target = await targetOf(ask, personOnly, replies);
    await enqueue('top', { v: 1, outboxKey: answerKey(ask), target, askedAtMs: ask.atMs }, { once: ask.once });
    return { to: 'ack', message: plainMessage(`Looking at ${services} ${services === 1 ? 'service' : 'services'}…`) };
  },
};
