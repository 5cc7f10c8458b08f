import { worldError } from '../../errors.js';

/** No more of a refusal is read than is told. */
const MAX_WORDS = 200;

/**
 * Sends JSON to an address out of the configuration, and follows no redirect. Throws a world error, in words for a person, unless the
 * answer is a 2xx. `name`: who is asked; `headers` may hold secrets and are in no error.
 */
export async function post(
  name: string,
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal,
      redirect: 'error',
    });
  } catch (error) {
    throw worldError(`${name} does not answer (${reasonOf(error)})`, error);
  }
  if (response.ok) return void (await response.body?.cancel());
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
