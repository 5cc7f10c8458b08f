import { personError } from '../../errors.js';
import { plainMessage } from '../../render/plain-message.js';
import { escapeText } from '../../render/text.js';
import { duration } from '../../render/times.js';
import { answerKey, type Command, targetOf } from '../ask.js';
import { serviceOf } from '../incident-of.js';
import { spanMs } from '../parse.js';

/** Without a window: all that is kept. */
const DEFAULT_MS = 14 * 24 * 3_600_000;
/** Nobody means more; what is kept is less, and the answer says how far back that reaches. */
const MAX_MS = 366 * 24 * 3_600_000;
const HOW = '`/leak trend &lt;service&gt; 7d`';

export const trend: Command = {
  name: 'trend',
  usage: 'trend <service> [7d]',
  summary: 'from where to where, with a chart of all of it',
  async run(args, ask, context) {
    const personOnly = args.some((arg) => arg.toLowerCase() === 'private');
    const [windows, words] = [args.filter((arg) => spanMs(arg) !== null), args.filter(isName)];
    const [word, ...more] = words;
    if (word === undefined || more.length > 0 || windows.length > 1)
      throw personError(`Which one service, and how far back? ${HOW}.`);
    const asked = windows[0] === undefined ? DEFAULT_MS : (spanMs(windows[0]) ?? 0);
    if (asked <= 0) throw personError(`\`${escapeText(windows[0] ?? '', 20)}\` is no time at all. Try ${HOW}.`);
    const windowMs = Math.min(asked, MAX_MS);
    const { id, name } = await serviceOf(word, '/leak trend', context);
    const target = await targetOf(ask, personOnly, context.replies);
    const payload = { v: 1, outboxKey: answerKey(ask), target, serviceId: id, windowMs } as const;
    await context.enqueue('trend', payload, { once: ask.once });
    return { to: 'ack', message: plainMessage(`Drawing ${escapeText(name, 80)} over ${duration(windowMs)}…`) };
  },
};

function isName(arg: string): boolean {
  return spanMs(arg) === null && arg.toLowerCase() !== 'private';
}
