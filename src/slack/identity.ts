import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { FatalError } from '../errors.js';

export type Identity = { readonly teamId: string; readonly botUserId: string; readonly botId: string };

const WRONG_TOKEN = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
]);

/**
 * Who the bot is, from Slack itself. Slack being away is waited out (up to 30 s between tries); a token that Slack refuses
 * throws `FatalError`, since waiting does not mend it.
 */
export async function identify(client: WebClient, log: Logger, signal: AbortSignal): Promise<Identity> {
  for (let tries = 0; ; tries += 1) {
    try {
      const me = await client.auth.test();
      return { teamId: String(me.team_id), botUserId: String(me.user_id), botId: String(me.bot_id ?? '') };
    } catch (error) {
      const code = (error as { data?: { error?: string } }).data?.error;
      if (code && WRONG_TOKEN.has(code)) {
        throw new FatalError(
          `SLACK_BOT_TOKEN was refused by Slack (${code}). Copy it again: api.slack.com/apps → OAuth & Permissions.`,
        );
      }
      const waitMs = Math.min(30_000, 1_000 * 2 ** tries);
      log.warn({ err: error, waitMs }, 'Slack does not answer yet');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      signal.throwIfAborted();
    }
  }
}
