import type { Json } from '../words.js';

/** An HTTP answer; `hang`: none, the connection stays open; `reset`: it is torn down. */
export type Answer =
  | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string | Buffer }
  | 'hang'
  | 'reset';

export function json(body: Json, headers: Readonly<Record<string, string>> = {}, status = 200): Answer {
  const type = { 'content-type': 'application/json; charset=utf-8' };
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(body) };
}

/** `retryAfter` null: without the header. */
export function limited(retryAfter: string | null): Answer {
  return json({ ok: false, error: 'ratelimited' }, retryAfter === null ? {} : { 'retry-after': retryAfter }, 429);
}
