import type { WebClient } from '@slack/web-api';
import { type Claim, routeOf } from '../model/delivery.js';
import type { OutboxEntry, Replies } from '../model/message.js';
import { compose } from './compose.js';
import type { Result } from './errors.js';
import { type Posted, post, postEphemeral } from './post.js';
import { reply } from './response-url.js';

export type SendPorts = { readonly replies: Replies; readonly requestMs: number };

/** Says an entry for the first time, by its route. One request. */
export async function send(ports: SendPorts, client: WebClient, claim: Claim, entry: OutboxEntry): Promise<Result<Posted>> {
  const route = routeOf(entry);
  if (route === 'web') return post(client, entry);
  if (route === 'reply') return sendReply(ports, claim, entry, false);
  const { user } = entry.target;
  if (user) return postEphemeral(client, entry, user);
  return { ok: false, failure: { kind: 'permanent', error: 'nobody to answer' } };
}

/** Through the response URL: the first time, or in the place of what was said through it before. */
export async function sendReply(ports: SendPorts, claim: Claim, entry: OutboxEntry, replace: boolean): Promise<Result<object>> {
  const { kind, replyId, threadTs } = entry.target;
  const url = replyId ? await ports.replies.use(replyId) : null;
  if (!url) return { ok: false, failure: { kind: 'permanent', error: 'expired_url' } };
  const say = { message: compose(entry), inChannel: kind === 'channel', replace, ...(threadTs ? { threadTs } : {}) };
  return reply(url, say, ports.requestMs, () => claim.inTime());
}
