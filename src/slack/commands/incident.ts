import { personError } from '../../errors.js';
import type { Incident } from '../../model/incident.js';
import type { Payload } from '../../queue/catalogue.js';
import { plainMessage } from '../../render/plain-message.js';
import { escapeText } from '../../render/text.js';
import { enqueueAct } from '../act.js';
import type { Ask, Command, SlackContext } from '../ask.js';
import { incidentAsked } from '../incident-of.js';
import { isSnoozeTime, snoozeUntil } from '../snooze.js';

/** `ack`, `resolve`, `reopen`: what the buttons of a root do, by name, or in its thread without one. */
const simple = (name: string, kind: 'acknowledge' | 'resolve' | 'reopen', summary: string, begun: string): Command => ({
  ...{ name, usage: `${name} <service>`, summary },
  async run(args, ask, context) {
    return begin(await asked(args, name, ask, context), { kind }, begun, ask, context);
  },
});

export const ack = simple('ack', 'acknowledge', 'I have it', 'Acknowledging');
export const resolve = simple('resolve', 'resolve', 'it is over; said again if it is not', 'Resolving');
export const reopen = simple('reopen', 'reopen', 'it is not over', 'Opening again');

export const snooze: Command = {
  name: 'snooze',
  usage: 'snooze <service> 4h',
  summary: 'quiet for 1h, 4h, 2d, or until it is faster',
  async run(args, ask, context) {
    const at = args.findLastIndex(isSnoozeTime);
    const untilMs = snoozeUntil(args[at], ask.atMs);
    const words = args.filter((word, i) => i !== at && word.toLowerCase() !== 'for');
    const incident = await asked(words, 'snooze', ask, context, ` ${args[at]}`);
    return begin(incident, { kind: 'snooze', untilMs }, 'Snoozing', ask, context);
  },
};

/** `rest`: what else belongs to the command. */
async function asked(args: readonly string[], command: string, ask: Ask, context: SlackContext, rest = ''): Promise<Incident> {
  if (args.length > 1)
    throw personError(`One service at a time. Try \`/leak ${command} ${escapeText(args[0] ?? '', 80)}${rest}\`.`);
  return incidentAsked(args[0], command, ask, context);
}

/** What it changes is seen in the root and its thread; a refusal (somebody was first) is said to the one who asked. */
async function begin(incident: Incident, act: Payload<'act'>['act'], begun: string, ask: Ask, context: SlackContext) {
  await enqueueAct(incident.id, act, ask, context);
  return { to: 'ack', message: plainMessage(`${begun} ${escapeText(incident.service.name, 80)}…`) } as const;
}
