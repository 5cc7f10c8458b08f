import type { WebClient } from '@slack/web-api';
import type { OutboxDrain } from '../model/delivery.js';
import type { OutboxEntry, Replies } from '../model/message.js';
import { attempt, type Result } from './errors.js';
import { reply } from './response-url.js';

export type TellPorts = {
  readonly drain: OutboxDrain;
  readonly replies: Replies;
  readonly reader: WebClient;
  readonly requestMs: number;
};

/** What the person can do about Slack's word. Anything else is named as it is. */
const REMEDIES: Record<string, string> = {
  is_archived: 'that channel is archived. Ask again in another one.',
  not_in_channel: 'I am not a member there. Invite me with `/invite @leakwatch` and ask again.',
  channel_not_found: 'I cannot see that channel. Invite me with `/invite @leakwatch` and ask again.',
  restricted_action: 'only some people may post there. Ask an admin of the workspace, or ask again in another channel.',
  invalid_auth: 'Slack refuses my token. Whoever runs Leakwatch has to renew it.',
  missing_scope: 'Slack says that I lack a permission. Whoever runs Leakwatch has to install the app again.',
};

/**
 * Tells the one who asked, once, that their answer cannot be shown: through their response URL, which needs neither a token
 * nor membership, else alone in the channel. Who cannot be reached that way finds it in `status`.
 */
export async function tellFailure(ports: TellPorts, entry: OutboxEntry, error: string): Promise<void> {
  const { replyId, user, channel } = entry.target;
  if (entry.told || !(replyId || user)) return;
  await ports.drain.note(entry.key, { told: true });
  const remedy = REMEDIES[error] ?? REMEDIES[error.replace(/_action.*/, '_action')] ?? `Slack says \`${error}\`.`;
  const message = { text: `I could not show my answer: ${remedy}`, blocks: [] };
  const found = replyId ? await ports.replies.use(replyId) : null;
  if (found) {
    const said = await reply(found.url, { message, inChannel: false, replace: false }, ports.requestMs, () => true);
    if (said.ok) return;
  }
  if (user) await ephemeral(ports.reader, channel, user, message.text);
}

/** The last resort: when this fails too, nobody is left to tell. */
function ephemeral(client: WebClient, channel: string, user: string, text: string): Promise<Result<object>> {
  return attempt(() => client.apiCall('chat.postEphemeral', { channel, user, text }));
}
