import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type S3Part = {
  /** What `LEAKWATCH_ARCHIVE_URL` is set to for it. */
  readonly url: string;
  /** Bytes by key; the test may change them. */
  readonly objects: Map<string, { bytes: Buffer; changedMs: number }>;
  /** The regions that requests were signed for. */
  readonly regions: Set<string>;
  /** While set, all that is asked is refused with this code. */
  refuse(code: string | null, status?: number): void;
  /** While set, of each content that is at least so long only a half is sent: then it breaks off, or nothing comes any more. */
  breakOff(how: 'hang up' | 'stall' | null, fromBytes?: number): void;
  /** While set, after each of the first pieces that came it waits so long for the next. */
  readSlowly(pauseMs: number): void;
  stop(): Promise<void>;
};

const BUCKET = 'heaps';
/** What lies ready in the kernel's buffers by then is read at once: nobody waits for it in silence. */
const SLOW_PIECES = 40;

/**
 * As much of S3 as an archive asks for: one bucket, PUT, GET, DELETE of many, lists of two keys a page. Whoever does not sign is refused; the
 * signature itself is not checked (the test takes a real one too).
 */
export async function startS3(): Promise<S3Part> {
  const objects: S3Part['objects'] = new Map();
  const regions = new Set<string>();
  let refused: { code: string; status: number } | null = null;
  let pauseMs = 0;
  let broken: { how: 'hang up' | 'stall'; fromBytes: number } | null = null;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
      if (pauseMs > 0 && chunks.length <= SLOW_PIECES) await sleep(pauseMs);
    }
    const body = Buffer.concat(chunks);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
    const [, bucket, ...rest] = pathname.split('/');
    const isPresigned = request.method === 'GET' && searchParams.has('X-Amz-Signature') && searchParams.has('X-Amz-Expires');
    // Of what is not sent yet there is no hash: MinIO finds another signature where one was signed.
    if (isPresigned && searchParams.get('X-Amz-Content-Sha256') !== 'UNSIGNED-PAYLOAD')
      return fail(response, 403, 'SignatureDoesNotMatch');
    const { authorization = '' } = request.headers;
    const isSigned = /^AWS4-HMAC-SHA256 Credential=/.test(authorization) || isPresigned;
    const scope = /Credential=([^,]+)/.exec(authorization)?.[1] ?? searchParams.get('X-Amz-Credential') ?? '';
    regions.add(scope.split('/')[2] ?? '');
    if (!isSigned) return fail(response, 403, 'AccessDenied');
    if (refused) return fail(response, refused.status, refused.code);
    if (bucket !== BUCKET) return fail(response, 404, 'NoSuchBucket');
    answer(request, response, decodeURIComponent(rest.join('/')), searchParams, body);
  });

  function answer(request: IncomingMessage, response: ServerResponse, key: string, query: URLSearchParams, body: Buffer): void {
    if (request.method === 'PUT') {
      objects.set(key, { bytes: contentOf(request, body), changedMs: Date.now() });
      response.writeHead(200, { etag: '"x"' }).end();
    } else if (request.method === 'POST' && query.has('delete')) {
      for (const [, one = ''] of body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)) objects.delete(unescaped(one));
      response.writeHead(200).end('<DeleteResult/>');
    } else if (query.get('list-type') === '2') {
      response.writeHead(200).end(page(query.get('prefix') ?? '', query.get('continuation-token') ?? ''));
    } else {
      const found = objects.get(key);
      if (!found) fail(response, 404, 'NoSuchKey');
      else {
        const saveAs = query.get('response-content-disposition');
        const headers = { 'content-length': found.bytes.length, ...(saveAs ? { 'content-disposition': saveAs } : {}) };
        response.writeHead(200, headers);
        if (!broken || found.bytes.length < broken.fromBytes) return void response.end(found.bytes);
        const { how } = broken;
        response.write(found.bytes.subarray(0, found.bytes.length / 2), () => {
          if (how === 'hang up') response.destroy();
        });
      }
    }
  }

  function page(prefix: string, after: string): string {
    const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const shown = keys.slice(0, 2).map((key) => {
      const { bytes, changedMs } = objects.get(key) ?? { bytes: Buffer.alloc(0), changedMs: 0 };
      return `<Contents><Key>${key}</Key><Size>${bytes.length}</Size><LastModified>${new Date(changedMs).toISOString()}</LastModified></Contents>`;
    });
    const next =
      keys.length > 2 ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${keys[1]}</NextContinuationToken>` : '';
    return `<ListBucketResult>${shown.join('')}${next}</ListBucketResult>`;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `s3://${BUCKET}/leakwatch?endpoint=${endpoint}`,
    ...{ objects, regions },
    refuse(code, status = 403) {
      refused = code === null ? null : { code, status };
    },
    readSlowly(ms) {
      pauseMs = ms;
    },
    breakOff(how, fromBytes = 0) {
      broken = how === null ? null : { how, fromBytes };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Without the frames of `aws-chunked`. */
function contentOf({ headers }: IncomingMessage, body: Buffer): Buffer {
  if (!headers['content-encoding']?.includes('aws-chunked')) return body;
  const size = Number(headers['x-amz-decoded-content-length']);
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.subarray(at, end).toString(), 16);
    if (!(length > 0)) break;
    chunks.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
  const content = Buffer.concat(chunks);
  if (content.length !== size) throw new Error(`${content.length} bytes came, and ${size} were said`);
  return content;
}

function unescaped(text: string): string {
  return text.replace(/&amp;/g, '&');
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
