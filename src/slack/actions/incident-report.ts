import { personError } from '../../errors.js';
import type { Ask, Reply, SlackContext } from '../ask.js';
import { startReport } from '../commands/report.js';

/** The button under a closed incident: its report, in its thread. The root itself stays as it is. */
export async function incidentReport(incidentId: string, ask: Ask, context: SlackContext): Promise<Reply> {
  const found = await context.incidents.incident(incidentId);
  if (!found) throw personError('That incident is too old: it is not kept any more.');
  const { responseUrl: _, ...clicked } = ask;
  const threadTs = ask.threadTs ?? (await context.outbox.get(incidentId))?.ts;
  return startReport(found.value, { ...clicked, ...(threadTs ? { threadTs } : {}) }, context, 'person');
}
