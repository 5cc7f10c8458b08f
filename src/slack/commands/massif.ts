import { personError } from '../../errors.js';
import { plainMessage } from '../../render/plain-message.js';
import { escapeText } from '../../render/text.js';
import { answerKey, type Command, execOf, targetOf } from '../ask.js';
import { incidentAsked, serviceOf } from '../incident-of.js';

export const massif: Command = {
  name: 'massif',
  usage: 'massif <service>',
  summary: 'what grew in C or C++, by Valgrind’s Massif; how to get that',
  async run(args, ask, context) {
    const words = args.filter((arg) => arg.toLowerCase() !== 'private');
    const [word] = words;
    if (words.length > 1) throw personError('One service at a time: `/leak massif &lt;service&gt;`.');
    const service =
      word === undefined
        ? (await incidentAsked(undefined, 'massif', ask, context)).service
        : await serviceOf(word, '/leak massif', context);
    const target = await targetOf(ask, words.length < args.length, context.replies);
    const may = await execOf(ask, context);
    const wish = { serviceId: service.id, profile: 'massif', since: { kind: 'usual' }, why: 'asked', ...may } as const;
    await context.enqueue('heap', { v: 1, ...wish, outboxKey: answerKey(ask), target, askedAtMs: ask.atMs }, { once: ask.once });
    return { to: 'ack', message: plainMessage(`Looking for what Massif says of ${escapeText(service.name, 80)}…`) };
  },
};
