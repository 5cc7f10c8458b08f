import type { Readable } from 'node:stream';
import { type Agent, request as send } from 'undici';
import { readAtMost } from '../model/read-at-most.js';
import { Limited, NotSent } from './errors.js';

/** Connections that were never made. Everything else that breaks may have broken after Slack had read the request. */
const NOT_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO|ERR_TLS)/;

/** Slack's answer to a message is the message, some tens of KB: what is longer is no answer of Slack's (reliability S08). */
const MOST_ANSWER_BYTES = 2 ** 20;
/** A hundred messages of others, each with its blocks. */
const MOST_HISTORY_BYTES = 16 * 2 ** 20;

/**
 * `fetch` that asks `inTime` in the line before the socket is written to, sends nothing when it says no, and sets apart what
 * surely did not arrive and what Slack put off. With `agent` that line is the last one before the write, when the connection
 * stands: a process may be stopped for a minute while it connects. Text bodies only go that way; others are no messages.
 */
export async function request(url: string | URL, init: RequestInit, inTime: () => boolean, agent?: Agent): Promise<Response> {
  assertInTime(inTime);
  let response: Response;
  try {
    response =
      agent && typeof init.body === 'string' ? await sendText(url, init, init.body, inTime, agent) : await fetch(url, init);
  } catch (error) {
    const code = codeOf(error);
    throw NOT_CONNECTED.test(code) ? new NotSent(code, { cause: error }) : error;
  }
  if (response.status === 429) throw new Limited(response.headers.get('retry-after'));
  return response;
}

function assertInTime(inTime: () => boolean): void {
  if (!inTime()) throw new NotSent('the claim ran out before the request began');
}

/**
 * The body is a generator: undici asks for its first part when it holds a connected socket, and writes the head and that part
 * together (client-h1, `writeIterable`), so that throwing there leaves nothing written.
 */
async function sendText(
  url: string | URL,
  init: RequestInit,
  text: string,
  inTime: () => boolean,
  agent: Agent,
): Promise<Response> {
  const bytes = Buffer.from(text);
  async function* body() {
    assertInTime(inTime);
    yield bytes;
  }
  const headers = { ...Object.fromEntries(new Headers(init.headers)), 'content-length': String(bytes.byteLength) };
  const answer = await send(url, {
    method: 'POST',
    dispatcher: agent,
    headers,
    body: iterable(body()),
    signal: init.signal ?? null,
  });
  const said = await textOf(answer.body, /\/conversations\./.test(String(url)) ? MOST_HISTORY_BYTES : MOST_ANSWER_BYTES);
  const named = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return new Response(said || null, { status: answer.statusCode, headers: named });
}

/** The text of an answer of Slack's. Rejects when it is longer than those are. */
export async function textOf(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mostBytes = MOST_ANSWER_BYTES,
): Promise<string> {
  return (await readAtMost(body, mostBytes, 'an answer')).toString();
}

/** undici takes any iterable (docs/api/Dispatcher.md, `body`); its types know streams only. */
const iterable = (parts: AsyncIterable<Uint8Array>) => parts as unknown as Readable;

/** `fetch` says "fetch failed" and keeps the reason in `cause`. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause);
}
