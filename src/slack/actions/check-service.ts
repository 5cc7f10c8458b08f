import type { Ask, Reply, SlackContext } from '../ask.js';
import { decodeChoice } from '../choice.js';
import { startCheck } from '../commands/check.js';
import { withElsewhere } from '../resolve.js';

/** A button of "did you mean", or an entry of the menu: what was asked, with the service it should have had. */
export async function checkService(value: string, ask: Ask, context: SlackContext): Promise<Reply> {
  const [agents, elsewhere] = await Promise.all([context.inventory.all(), context.elsewhere.all()]);
  const replicas = withElsewhere(agents, elsewhere);
  const { choice, service } = decodeChoice(value, replicas);
  const threadTs = ask.threadTs ?? choice.threadTs;
  const own = replicas.filter((replica) => replica.service.id === service.id);
  return startCheck(service, own, choice, { ...ask, ...(threadTs ? { threadTs } : {}) }, context);
}
