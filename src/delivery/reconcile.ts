import type { WebClient } from '@slack/web-api';
import type { OutboxEntry } from '../model/message.js';
import { field } from './client.js';
import { METADATA_EVENT } from './compose.js';
import { attempt, type Failure, type Result } from './errors.js';

export type Found =
  | { readonly kind: 'found'; readonly ts: string; readonly channel: string; readonly version: number }
  | { readonly kind: 'absent' }
  /** Slack does not let us look (no scope, not a member), or there is more to look through than we do. */
  | { readonly kind: 'unreadable'; readonly error: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Slack's clock is not Redis'; a message stored late is still ours. */
const BEFORE_INTENT_MS = 2 * 60_000;
const AFTER_INTENT_MS = 5 * 60_000;
/** 100 of 999 allowed (docs.slack.dev/reference/methods/conversations.history); 500 messages in 7 minutes is a busy channel. */
const PAGE = 100;
const MAX_PAGES = 5;
/** The history would have shown it had it been there; a thread whose root is gone shows nothing. */
const NOTHING_THERE = ['thread_not_found'];

type Message = { readonly ts?: string; readonly bot_id?: string; readonly user?: string; readonly metadata?: Metadata };
type Metadata = { readonly event_type?: string; readonly event_payload?: { readonly key?: string; readonly v?: number } };
type Page = { readonly messages?: readonly Message[]; readonly response_metadata?: { readonly next_cursor?: string } };

/**
 * Looks for a message whose post had no answer, by the key in its metadata, among our own bot's since the intent. `keepClaim`
 * is called before each page: looking may take longer than a claim lives. `channel`: its id, since Slack reads none by a name.
 */
export async function find(
  client: WebClient,
  entry: OutboxEntry,
  channel: string,
  botId: () => Promise<Result<string>>,
  keepClaim: () => Promise<boolean>,
): Promise<Found> {
  const own = await botId();
  if (!own.ok) return { kind: 'failed', failure: own.failure };
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    if (!(await keepClaim())) return { kind: 'failed', failure: { kind: 'not-sent', error: 'claim lost' } };
    const read = await attempt(async () => (await client.apiCall(...request(entry, channel, cursor))) as Page);
    if (!read.ok) return unread(read.failure);
    const message = read.value.messages?.find((one) => [one.bot_id, one.user].includes(own.value) && isOurs(one, entry.key));
    if (message?.ts) {
      const version = message.metadata?.event_payload?.v ?? 1;
      return { kind: 'found', ts: message.ts, channel, version };
    }
    cursor = read.value.response_metadata?.next_cursor;
    if (!cursor) return { kind: 'absent' };
  }
  return { kind: 'unreadable', error: `more than ${PAGE * MAX_PAGES} messages` };
}

/** The id that our own messages bear, asked once: the bot's, or its user's where Slack names no bot. */
export function makeBotId(client: WebClient): () => Promise<Result<string>> {
  let known: Result<string> | undefined;
  return async () => {
    if (known?.ok) return known;
    known = await attempt(async () => {
      const me = (await client.apiCall('auth.test')) as { readonly bot_id?: unknown } & object;
      return typeof me.bot_id === 'string' && me.bot_id !== '' ? me.bot_id : field(me, 'user_id');
    });
    return known;
  };
}

function request(entry: OutboxEntry, channel: string, cursor: string | undefined): [string, Record<string, unknown>] {
  const { threadTs } = entry.target;
  const intentAtMs = entry.intentAtMs ?? entry.createdAtMs;
  const window = {
    channel,
    oldest: slackTs(intentAtMs - BEFORE_INTENT_MS),
    latest: slackTs(intentAtMs + AFTER_INTENT_MS),
    inclusive: true,
    include_all_metadata: true,
    limit: PAGE,
    ...(cursor ? { cursor } : {}),
  };
  return threadTs ? ['conversations.replies', { ...window, ts: threadTs }] : ['conversations.history', window];
}

function unread(failure: Failure): Found {
  if (NOTHING_THERE.includes(failure.error)) return { kind: 'absent' };
  // a page that is not there now will not be there in a minute
  if (failure.error === 'missing_scope' || /^HTTP 4\d\d$/.test(failure.error))
    return { kind: 'unreadable', error: failure.error };
  const temporary = ['unknown', 'not-sent', 'limited', 'token'].includes(failure.kind);
  return temporary ? { kind: 'failed', failure } : { kind: 'unreadable', error: failure.error };
}

function isOurs(message: Message, key: string): boolean {
  return message.metadata?.event_type === METADATA_EVENT && message.metadata.event_payload?.key === key;
}

function slackTs(ms: number): string {
  return (ms / 1000).toFixed(6);
}
