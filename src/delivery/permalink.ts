import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Permalink } from '../model/message.js';

/** More than is looked at in a day; addresses do not change. */
const MAX_KEPT = 1_000;

/** Asks Slack, which wants no scope for it, and remembers. How long it waits is the client's time limit. */
export function makePermalink(client: Pick<WebClient, 'chat'>, log: Pick<Logger, 'warn'>): Permalink {
  const kept = new Map<string, string>();
  return async (channel, ts) => {
    const name = `${channel} ${ts}`;
    const known = kept.get(name);
    if (known) return known;
    try {
      const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts });
      if (!permalink) return null;
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(name, permalink);
      return permalink;
    } catch (error) {
      // An answer without a link is an answer; a deleted root has none.
      log.warn({ err: error, channel, ts }, 'Slack gave no address of a message');
      return null;
    }
  };
}
