import type { SlackMessage } from '../model/message.js';
import { attempt, type Failure, type Result, sortWord } from './errors.js';
import { request, textOf } from './request.js';

export type Reply = {
  readonly message: SlackMessage;
  /** Everybody in the channel sees it, else the person alone. */
  readonly inChannel: boolean;
  /** Takes the place of what was said through the same URL. */
  readonly replace: boolean;
  readonly threadTs?: string;
};

/** What is read of an answer: Slack's are a few bytes. */
const MAX_BODY_LENGTH = 2_000;

/**
 * Says something through a response URL: no token, no membership, five times in 30 minutes. One request, no redirects. Slack
 * answers `ok`, or an error as text or JSON (`used_url`, `expired_url`), some of them with status 200, others with 404.
 */
export async function reply(url: string, say: Reply, requestMs: number, inTime: () => boolean): Promise<Result<object>> {
  const answer = await attempt(async () => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({
        response_type: say.inChannel ? 'in_channel' : 'ephemeral',
        replace_original: say.replace,
        ...(say.threadTs ? { thread_ts: say.threadTs } : {}),
        ...say.message,
      }),
      redirect: 'error' as const,
      signal: AbortSignal.timeout(requestMs),
    };
    const response = await request(url, init, inTime);
    return { status: response.status, word: wordOf(await textOf(response.body ?? [])) };
  });
  if (!answer.ok) return answer;
  const { status, word } = answer.value;
  if (status >= 500) return failed({ kind: 'unknown', error: `HTTP ${status}` });
  if (status === 404 || status === 410) return failed(sortWord(word === 'used_url' ? word : 'expired_url'));
  if (word === 'ok' || (word === '' && status < 300)) return { ok: true, value: {} };
  if (word === null)
    return failed({ kind: status < 300 ? 'unknown' : 'refused', error: `HTTP ${status} without Slack's answer` });
  return failed(word ? sortWord(word) : { kind: 'refused', error: `HTTP ${status}` });
}

function failed(failure: Failure): Result<object> {
  return { ok: false, failure };
}

/** `ok`, an error, nothing; null for what is not Slack's (a page of a proxy). */
function wordOf(body: string): string | null {
  const text = body.trim().slice(0, MAX_BODY_LENGTH);
  if (/^\w*$/.test(text)) return text;
  try {
    const parsed = JSON.parse(text) as { ok?: unknown; error?: unknown } | null;
    if (parsed?.ok === true) return 'ok';
    return typeof parsed?.error === 'string' ? parsed.error : null;
  } catch {
    return null;
  }
}
