import { randomBytes } from 'node:crypto';
import type { BlockCheck } from './block-kit/validate.js';
import { contentOf } from './content.js';
import { BOT } from './seed.js';
import type { State } from './state.js';
import { type Answer, json } from './web-api/answer.js';
import { type Json, type Message, SlackRefusal } from './words.js';

/** docs.slack.dev/interactivity/handling-user-interaction */
const MAX_USES = 5;

type Url = { readonly user: string; readonly channel: string; readonly clicked?: string; readonly atMs: number; uses: number };

export type ResponseUrls = ReturnType<typeof makeResponseUrls>;

/**
 * URLs through which an app answers without a token and without being in the channel: five times in `lifeMs`. Answers are
 * ephemeral unless they say otherwise. Only a click's URL has an original to replace or delete: with a command's,
 * `replace_original` says the answer a second time (slackapi/bolt-js#2287, slackapi/bolt-python#1268).
 */
export function makeResponseUrls(state: State, check: BlockCheck, lifeMs: number, nowMs: () => number, origin: () => string) {
  const urls = new Map<string, Url>();

  /** The message that was clicked, as it is by now. */
  const original = ({ channel, clicked }: Url): Message | undefined => (clicked ? state.find(channel, clicked) : undefined);

  function answer(url: Url, body: Json): void {
    const clicked = original(url);
    if (body.delete_original === true) {
      if (!clicked) throw new SlackRefusal('message_not_found');
      state.remove(clicked);
      return;
    }
    const { cut: _never, ...content } = contentOf(body, check);
    // What is replaced stays as visible as it was; `response_type` is for new messages.
    if (body.replace_original === true && clicked) {
      state.replace(clicked, { ...content, edited: true });
      return;
    }
    const thread = typeof body.thread_ts === 'string' && body.thread_ts !== '' ? { threadTs: body.thread_ts } : {};
    const only = body.response_type === 'in_channel' ? {} : { ephemeralFor: url.user };
    state.add({ channel: url.channel, user: BOT.id, ...content, ...thread, ...only });
  }

  return {
    issue(user: string, channel: string, clicked?: string): string {
      const secret = randomBytes(18).toString('hex');
      urls.set(secret, { user, channel, atMs: nowMs(), uses: 0, ...(clicked ? { clicked } : {}) });
      return `${origin()}/${clicked ? 'actions' : 'commands'}/${secret}`;
    },

    /** Shows what a command's acknowledgement says; does not count as a use. Throws Slack's word for a body it does not take. */
    acknowledged(user: string, channel: string, body: Json): void {
      answer({ user, channel, atMs: nowMs(), uses: 0 }, body);
    },

    take(secret: string, raw: string): Answer {
      const url = urls.get(secret);
      if (!url || nowMs() - url.atMs > lifeMs) return json({ ok: false, error: 'expired_url' }, {}, 404);
      if (url.uses >= MAX_USES) return json({ ok: false, error: 'used_url' }, {}, 404);
      const body = readObject(raw);
      if (!body) return json({ ok: false, error: 'invalid_payload' }, {}, 400);
      url.uses += 1;
      try {
        answer(url, body);
      } catch (error) {
        if (!(error instanceof SlackRefusal)) throw error;
        return json({ ok: false, error: error.word, ...error.more }, {}, 400);
      }
      return url.clicked ? json({ ok: true }) : { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' };
    },
  };
}

function readObject(raw: string): Json | null {
  try {
    const read: unknown = JSON.parse(raw);
    return typeof read === 'object' && !Array.isArray(read) ? (read as Json | null) : null;
  } catch {
    return null;
  }
}
