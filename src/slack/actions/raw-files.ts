import { personError } from '../../errors.js';
import type { Ask, Reply, SlackContext } from '../ask.js';
import { rawFiles } from '../raw-files.js';

/** *Raw files* under evidence: the heaps that it was made of. The value names what was found, which is known for a day. */
export async function evidenceFiles(value: string, ask: Ask, context: SlackContext): Promise<Reply> {
  const finding = await context.heaps.finding(value);
  if (!finding)
    throw personError(
      'That evidence is older than a day. Newer files: `/leak heap &lt;service&gt; raw`; all of them lie in the archive.',
    );
  const heaps = 'heaps' in finding ? finding.heaps : 'massif' in finding ? [finding.of] : [];
  const [first] = heaps;
  if (!first) throw personError('There is no file behind that.');
  const replica = (await context.inventory.all()).find(({ service }) => service.id === first.service);
  return rawFiles(replica?.service.name ?? first.service, heaps, ask, context);
}
