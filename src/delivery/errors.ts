import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';

/** What a failed request means for the message in it. */
export type Failure =
  /** It may have arrived: look before it is sent again. */
  | { readonly kind: 'unknown'; readonly error: string }
  /** It surely did not arrive; the same request may well succeed later. */
  | { readonly kind: 'not-sent'; readonly error: string }
  | { readonly kind: 'limited'; readonly error: string; readonly retryAfterMs: number }
  /** Slack refuses us, whatever we send. */
  | { readonly kind: 'token'; readonly error: string }
  /** We are not where the message should go. */
  | { readonly kind: 'absent'; readonly error: string }
  /** Slack does not take this content. */
  | { readonly kind: 'content'; readonly error: string }
  | { readonly kind: 'permanent'; readonly error: string }
  /** Slack said no with a word that is on no list here. */
  | { readonly kind: 'refused'; readonly error: string };

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };

/** The whole list: each ends the message. Strings as in docs.slack.dev/reference/methods/chat.postMessage and chat.update. */
const PERMANENT = [
  ...['is_archived', 'restricted_action', 'app_access_restricted', 'messages_tab_disabled', 'no_permission'],
  ...['cannot_reply_to_message', 'thread_not_found', 'user_not_in_channel', 'team_not_found'],
  ...['message_not_found', 'cant_update_message', 'edit_window_closed', 'is_inactive', 'used_url', 'expired_url'],
];
const TOKEN = [
  ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'not_allowed_token_type'],
  ...['missing_scope', 'org_login_required', 'ekm_access_denied'],
];
const ABSENT = ['not_in_channel', 'channel_not_found'];
const CONTENT = ['invalid_blocks', 'invalid_blocks_format', 'msg_too_long', 'msg_blocks_too_long', 'block_mismatch', 'no_text'];
/** "Some aspect of the operation may have succeeded" (docs.slack.dev, errors of every method). */
const UNKNOWN = ['internal_error', 'fatal_error', 'service_unavailable'];
const LIMITED = ['ratelimited', 'rate_limited', 'message_limit_exceeded'];

/** A 429 without a usable Retry-After (reliability S02). */
const DEFAULT_RETRY_AFTER_MS = 30_000;
const MAX_RETRY_AFTER_MS = 15 * 60_000;

/** Thrown before the socket is written to. */
export class NotSent extends Error {}

/** A 429, with the time Slack asked for. */
export class Limited extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfter: string | null) {
    super('ratelimited');
    this.retryAfterMs = retryAfterMs(retryAfter);
  }
}

/** Runs a request; what is thrown is sorted, never swallowed: it comes back as data. */
export async function attempt<T>(request: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await request() };
  } catch (error) {
    return { ok: false, failure: sort(error) };
  }
}

/** What may be done after a request that threw: whether Slack has it, has it not, or nobody knows. */
export function sort(thrown: unknown): Failure {
  if (thrown instanceof WebAPIPlatformError) return sortWord(thrown.data.error);
  if (thrown instanceof WebAPIRateLimitedError) {
    return { kind: 'limited', error: 'ratelimited', retryAfterMs: retryAfterMs(String(thrown.retryAfter)) };
  }
  if (thrown instanceof WebAPIHTTPError) return { kind: 'unknown', error: `HTTP ${thrown.statusCode}` };
  const original = thrown instanceof WebAPIRequestError ? thrown.original : thrown;
  if (original instanceof Limited) return { kind: 'limited', error: 'ratelimited', retryAfterMs: original.retryAfterMs };
  if (original instanceof NotSent) return { kind: 'not-sent', error: original.message };
  return { kind: 'unknown', error: original instanceof Error ? original.message : String(original) };
}

/** Slack's own word for what is wrong. */
export function sortWord(error: string): Failure {
  if (LIMITED.includes(error)) return { kind: 'limited', error, retryAfterMs: DEFAULT_RETRY_AFTER_MS };
  if (UNKNOWN.includes(error)) return { kind: 'unknown', error };
  if (TOKEN.includes(error)) return { kind: 'token', error };
  if (ABSENT.includes(error)) return { kind: 'absent', error };
  if (CONTENT.includes(error)) return { kind: 'content', error };
  // the SDK gives the page of a proxy as the error's name
  if (!/^[a-z0-9_:]{1,80}$/.test(error)) return { kind: 'unknown', error: 'not an answer of Slack' };
  const permanent = PERMANENT.includes(error) || error.startsWith('restricted_action_');
  return { kind: permanent ? 'permanent' : 'refused', error };
}

function retryAfterMs(seconds: string | null): number {
  const ms = Number(seconds ?? Number.NaN) * 1000;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : DEFAULT_RETRY_AFTER_MS;
}
