import type { WebClient } from '@slack/web-api';
import { type Claim, routeOf } from '../model/delivery.js';
import type { OutboxEntry, Replies } from '../model/message.js';
import { compose, composeNews } from './compose.js';
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

/** Through the response URL: the first time, in the place of what was said through it before, or what is new since. */
export async function sendReply(ports: SendPorts, claim: Claim, entry: OutboxEntry, again: boolean): Promise<Result<object>> {
  const { kind, replyId, threadTs } = entry.target;
  const found = replyId ? await ports.replies.use(replyId) : null;
  if (!found) return { ok: false, failure: { kind: 'permanent', error: 'expired_url' } };
  const replace = again && found.replaces;
  const message = again && !replace ? composeNews(entry) : compose(entry);
  const say = { message, inChannel: kind === 'channel', replace, ...(threadTs ? { threadTs } : {}) };
  return reply(found.url, say, ports.requestMs, () => claim.inTime());
}
