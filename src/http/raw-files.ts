import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import type { Archive } from '../model/archive.js';
import { type RawWish, readPath } from './raw-links.js';

/** Files that go out at a time: who fetches more comes back. */
const AT_ONCE = 4;
/** For 32 MiB over a slow line. Who reads slower is cut off. */
const SEND_MS = 5 * 60_000;

/** What became of a request, for the metrics: the file went out, the link was no good, or the archive (or the line) was. */
export type RawOutcome = 'sent' | 'refused' | 'failed';

export type RawFilesParts = {
  readonly archive: Pick<Archive, 'get'>;
  readonly key: Buffer;
  readonly outcome: (outcome: RawOutcome) => void;
  readonly log: Logger;
  readonly nowMs: () => number;
  readonly sendMs?: number;
};

/**
 * `GET /heaps/<link>`: one file of the archive as it was sent, for a link that was made for an operator. All that is wrong with a link is the same 404:
 * nobody learns whether it was forged, too old, or of a file that is gone. There is no list.
 */
export function makeRawFiles(parts: RawFilesParts): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let sending = 0;
  return async (request, response) => {
    const wish = readPath((request.url ?? '').split('?')[0] ?? '', parts.key, parts.nowMs());
    if (!wish) return refuse(response, parts, 404, 'refused');
    if (sending >= AT_ONCE) return refuse(response, parts, 503, 'failed');
    sending += 1;
    try {
      await send(wish, request.method === 'HEAD', response, parts);
    } catch (error) {
      parts.log.warn({ err: error, heap: wish.name, user: wish.user }, 'a raw heap was not sent, or not all of it');
      if (response.headersSent) parts.outcome('failed');
      else refuse(response, parts, 503, 'failed');
    } finally {
      sending -= 1;
    }
  };
}

async function send(
  { name, user }: RawWish,
  headOnly: boolean,
  response: ServerResponse,
  { archive, outcome, log, sendMs = SEND_MS, ...parts }: RawFilesParts,
): Promise<void> {
  const found = await archive.get('heaps', name);
  if (!found?.entry.file) return refuse(response, { outcome, ...parts }, 404, 'refused');
  const { file, bytes } = found.entry;
  if (headOnly) return void response.writeHead(200, headersOf(file, bytes)).end();
  const chunks = found.content[Symbol.asyncIterator]();
  // What cannot be read is known at its first chunk, when a status can still be said.
  const first = await chunks.next();
  response.writeHead(200, headersOf(file, bytes));
  async function* all(): AsyncGenerator<Buffer> {
    for (let next = first; !next.done; next = await chunks.next()) yield next.value;
  }
  try {
    await pipeline(all, response, { signal: AbortSignal.timeout(sendMs) });
  } finally {
    // Who went away in the middle leaves the file open.
    await chunks.return?.();
  }
  outcome('sent');
  log.info({ heap: name, user, bytes }, 'a raw heap was fetched');
}

/** Never shown by a browser, never kept by a proxy; where it came from is told to nobody. */
const HEADERS = {
  'content-type': 'application/octet-stream',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

function headersOf(file: string, bytes: number): Record<string, string | number> {
  return { ...HEADERS, 'content-length': bytes, 'content-disposition': `attachment; filename="${safe(file)}"` };
}

/** It is made of letters and digits already (`store/archive-files.ts`); a header must not depend on that. */
function safe(file: string): string {
  return file.replace(/[^\w.-]/g, '_').slice(-200);
}

function refuse(
  response: ServerResponse,
  { outcome }: Pick<RawFilesParts, 'outcome'>,
  status: 404 | 503,
  what: RawOutcome,
): void {
  outcome(what);
  const words = status === 404 ? 'No such file, or its link is too old' : 'Not now: try again in a minute';
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(`${words}\n`);
}
