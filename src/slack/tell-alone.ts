import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { worldError } from '../errors.js';
import type { SlackMessage } from '../model/message.js';

/**
 * A word to one person alone, where they asked; gives Slack's own word when it can never be said there, since then nothing can: we
 * are not in the channel (a private one is "not found"), or it is archived. Throws when the world failed.
 */
export type TellAlone = (
  to: { readonly user: string; readonly channel: string; readonly threadTs?: string },
  message: SlackMessage,
) => Promise<string | null>;

const NEVER_THERE = ['not_in_channel', 'channel_not_found', 'is_archived'];

export function makeTellAlone(client: Pick<WebClient, 'chat'>): TellAlone {
  return async ({ user, channel, threadTs }, { text, blocks }) => {
    const thread = threadTs ? { thread_ts: threadTs } : {};
    try {
      // Blocks are built and snapshot-tested by `render/`, which knows more kinds than Slack's types do.
      await client.chat.postEphemeral({ channel, user, ...thread, text, blocks: blocks as unknown as KnownBlock[] });
      return null;
    } catch (error) {
      const word = (error as { data?: { error?: string } }).data?.error ?? '';
      if (NEVER_THERE.includes(word)) return word;
      throw worldError('Slack did not take a word for you in that channel', error);
    }
  };
}
