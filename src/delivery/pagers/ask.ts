import { worldError } from '../../errors.js';

/** No more of a refusal is read than is told. */
const MAX_WORDS = 200;

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Sends JSON, and does not care for what is answered beside that it was taken. Throws as `ask` does. */
export async function post(
  name: string,
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  const response = await ask(name, { method: 'POST', url, body, headers, signal });
  await response.body?.cancel();
}

type Asked = {
  readonly method: Method;
  readonly url: string;
  /** Sent as JSON; absent: nothing is. */
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

/**
 * Asks an address out of the configuration, and follows no redirect. Throws a world error, in words for a person, unless the answer is a
 * 2xx. `name`: who is asked; `headers` may hold secrets and are in no error.
 */
export async function ask(name: string, { method, url, body, headers, signal }: Asked): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
      redirect: 'error',
    });
  } catch (error) {
    throw worldError(`${name} does not answer (${reasonOf(error)})`, error);
  }
  if (response.ok) return response;
  throw worldError(`${name} does not take it: HTTP ${response.status}${await wordsOf(response)}`);
}

async function wordsOf(response: Response): Promise<string> {
  let text = '';
  try {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) {
      text += decoder.decode(part, { stream: true });
      if (text.length >= MAX_WORDS) break;
    }
  } catch {
    // What came of it is told.
  }
  const words = text.replace(/\s+/g, ' ').trim().slice(0, MAX_WORDS);
  return words ? ` (${words})` : '';
}

/** `fetch` says "fetch failed" and keeps the reason in `cause`. */
function reasonOf(error: unknown): string {
  const { cause, name, message } = error as { cause?: { code?: string; message?: string }; name?: string; message?: string };
  return (
    cause?.code ??
    cause?.message ??
    (name === 'AbortError' || name === 'TimeoutError' ? 'no answer in time' : (message ?? 'error'))
  );
}
