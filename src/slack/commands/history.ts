import { personError } from '../../errors.js';
import { historyMessage, MOST_COUNTED, type PastIncident } from '../../render/history.js';
import type { Command } from '../ask.js';
import { serviceEver, threadOf } from '../incident-of.js';

/** With the headline as many lines as a message has: of these an address is asked of Slack. */
const MOST_LINES = 11;

export const history: Command = {
  name: 'history',
  usage: 'history <service>',
  summary: 'what there was, how it ended, its last deploys',
  async run([word, ...more], ask, context) {
    if (word === undefined || more.length > 0) throw personError('Which one service? `/leak history &lt;service&gt;`.');
    const service = await serviceEver(word, '/leak history', context, ask.atMs);
    const found = await context.incidents.ofService(service.id, MOST_COUNTED + 1);
    const past = await Promise.all(
      found.map(async (incident, i): Promise<PastIncident> => {
        if (i >= MOST_LINES) return { incident };
        const at = await threadOf(incident, context);
        const link = at ? await context.permalink(at.channel, at.threadTs) : null;
        return { incident, ...(link ? { link } : {}) };
      }),
    );
    const { value: watched } = await context.incidents.watched(service.id);
    const message = historyMessage(service.name, past, watched.audit?.past ?? [], ask.atMs);
    return { to: 'place', message };
  },
};
