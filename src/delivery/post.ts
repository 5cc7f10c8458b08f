import type { WebClient } from '@slack/web-api';
import type { OutboxEntry } from '../model/message.js';
import { field } from './client.js';
import { compose, composeNews, metadataOf } from './compose.js';
import { attempt, type Result } from './errors.js';

export type Posted = { readonly ts?: string; readonly channel?: string };

/** One new message in a channel. Where it is, is what Slack answers: a name or a moved channel resolves to another id. */
export function post(client: WebClient, entry: OutboxEntry): Promise<Result<Posted>> {
  return attempt(async () => {
    const answer = await client.apiCall('chat.postMessage', {
      channel: entry.target.channel,
      ...(entry.target.threadTs ? { thread_ts: entry.target.threadTs } : {}),
      ...compose(entry),
      metadata: metadataOf(entry),
      unfurl_links: false,
      unfurl_media: false,
    });
    return { ts: field(answer, 'ts'), channel: field(answer, 'channel') };
  });
}

/** One new message that one person sees until they reload. It is in no history and can never be edited. */
export function postEphemeral(client: WebClient, entry: OutboxEntry, user: string): Promise<Result<Posted>> {
  return attempt(async () => {
    await client.apiCall('chat.postEphemeral', {
      channel: entry.target.channel,
      user,
      ...(entry.target.threadTs ? { thread_ts: entry.target.threadTs } : {}),
      ...composeNews(entry),
    });
    return {};
  });
}
