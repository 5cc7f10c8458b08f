import { Limited, NotSent } from './errors.js';

/** Connections that were never made. Everything else that breaks may have broken after Slack had read the request. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO|ERR_TLS)/;

/**
 * `fetch` that asks `inTime` in the line before the socket is written to, sends nothing when it says no, and sets apart what
 * surely did not arrive and what Slack put off.
 */
export async function request(url: string | URL, init: RequestInit, inTime: () => boolean): Promise<Response> {
  if (!inTime()) throw new NotSent('the claim ran out before the request began');
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    const code = codeOf(error);
    throw NOT_CONNECTED.test(code) ? new NotSent(code, { cause: error }) : error;
  }
  if (response.status === 429) throw new Limited(response.headers.get('retry-after'));
  return response;
}

/** `fetch` says "fetch failed" and keeps the reason in `cause`. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause);
}
