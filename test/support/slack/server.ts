import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Faults } from './faults.js';
import type { Files } from './files.js';
import type { PageServer } from './page-server.js';
import type { ResponseUrls } from './response-url.js';
import type { Answer } from './web-api/answer.js';
import type { ApiRequest, Call } from './web-api/handler.js';
import { SlackRefusal } from './words.js';

export type Routes = {
  readonly webApi: (method: string, request: ApiRequest) => Promise<Answer>;
  readonly files: Files;
  readonly responseUrls: ResponseUrls;
  readonly page: PageServer;
  readonly faults: Faults;
  readonly botToken: string;
  readonly scopes: readonly string[];
  readonly calls: Call[];
  readonly upgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  readonly nowMs: () => number;
};

/** Everything on one port: `/api/`, uploads, files, response URLs, the page, Socket Mode. Resolves when it listens. */
export async function listen(port: number, host: string, routes: () => Routes): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    serve(routes(), request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const { upgrade } = routes();
    if (upgrade) upgrade(request, socket, head);
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { server, port: (server.address() as { port: number }).port };
}

async function serve(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  const body = await bytesOf(request);
  const [, area = '', ...rest] = pathname.split('/');
  if (area === '_page') return routes.page(request, response, rest.join('/'), body);
  reply(request, response, await answer(routes, area, rest, { headers: request.headers, body, query: searchParams }));
}

async function answer(routes: Routes, area: string, rest: readonly string[], request: ApiRequest): Promise<Answer> {
  if (area === 'api') return routes.webApi(rest.join('/'), request);
  if (area === 'commands' || area === 'actions')
    return noted(routes, 'response_url', { body: readable(request.body) }, () =>
      routes.responseUrls.take(rest[0] ?? '', request.body.toString()),
    );
  if (area === 'upload') return noted(routes, 'upload', { file: rest[1] }, () => upload(routes.files, rest, request));
  if (area === 'files') return noted(routes, 'download', { file: rest[0] }, () => privateFile(routes, rest[0] ?? '', request));
  return { status: 404, headers: {}, body: 'not found' };
}

/** `url_private`: for who has the token and may read files; others get the sign-in page, with status 200 (vercel/eve#1531). */
function privateFile({ files, botToken, scopes }: Routes, id: string, { headers }: ApiRequest): Answer {
  if (headers.authorization !== `Bearer ${botToken}` || !scopes.includes('files:read')) {
    return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
  }
  const [bytes, type] = [files.bytes(id), files.mimetype(id)];
  return bytes && type ? { status: 200, headers: { 'content-type': type }, body: bytes } : { status: 404, headers: {}, body: '' };
}

/** Response URLs and uploads are counted among the calls, and have the same faults. */
async function noted(routes: Routes, method: string, args: Call['args'], run: () => Answer | Promise<Answer>): Promise<Answer> {
  const call: Call = { method, args, atMs: routes.nowMs(), outcome: 'pending' };
  routes.calls.push(call);
  const given = await routes.faults
    .around(call, async () => run())
    .catch((error): Answer => {
      if (!(error instanceof SlackRefusal)) throw error;
      return { status: 404, headers: {}, body: error.word };
    });
  if (call.outcome === 'pending') call.outcome = typeof given === 'object' && given.status >= 400 ? `HTTP ${given.status}` : 'ok';
  return given;
}

/** The bytes as they are, or in the part `body` (or `file`) of a form. */
async function upload(files: Files, [, id = '', secret = '']: readonly string[], { headers, body }: ApiRequest): Promise<Answer> {
  const type = headers['content-type'] ?? '';
  let bytes = body;
  if (type.startsWith('multipart/form-data')) {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    const part = form.get('body') ?? form.get('file') ?? form.get('filename');
    bytes = part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : Buffer.from(part ?? '');
  }
  if (!files.put(id, secret, bytes)) return { status: 404, headers: {}, body: 'no such upload' };
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: `OK - ${bytes.length}` };
}

function reply(request: IncomingMessage, response: ServerResponse, given: Answer): void {
  if (given === 'hang') return;
  if (given === 'reset') return void request.socket.destroy();
  response.writeHead(given.status, given.headers).end(given.body);
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function readable(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return body.toString();
  }
}
