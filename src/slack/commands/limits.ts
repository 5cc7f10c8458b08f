import { personError } from '../../errors.js';
import { plainMessage } from '../../render/plain-message.js';
import { count } from '../../render/units.js';
import { answerKey, type Command, targetOf } from '../ask.js';

export const limits: Command = {
  name: 'limits',
  usage: 'limits',
  summary: 'who has no memory limit or is near it, and what to set',
  async run(args, ask, { inventory, replies, enqueue }) {
    const personOnly = args[0]?.toLowerCase() === 'private';
    if (args.length > (personOnly ? 1 : 0))
      throw personError('`limits` looks at every container. For one service: `/leak check &lt;service&gt;`.');
    const running = (await inventory.all()).filter((replica) => replica.running).length;
    const target = await targetOf(ask, personOnly, replies);
    await enqueue('limits', { v: 1, outboxKey: answerKey(ask), target, askedAtMs: ask.atMs }, { once: ask.once });
    return { to: 'ack', message: plainMessage(`Looking at the memory limits of ${count(running, 'container')}…`) };
  },
};
