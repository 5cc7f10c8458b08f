import type { WebClient } from '@slack/web-api';
import type { OutboxEntry } from '../model/message.js';
import { compose, metadataOf } from './compose.js';
import { attempt, type Result } from './errors.js';

/** Gives a message that Slack has its latest content. Safe to repeat. */
export function update(client: WebClient, entry: OutboxEntry, ts: string): Promise<Result<object>> {
  return attempt(() =>
    client.apiCall('chat.update', {
      channel: entry.postedChannel ?? entry.target.channel,
      ts,
      ...compose(entry),
      metadata: metadataOf(entry),
    }),
  );
}
