import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { PageActions, PageAnswer, PageState } from '../support/slack/page/contract.js';

export type Heard = { readonly [Name in keyof PageActions]: { readonly name: Name } & PageActions[Name] }[keyof PageActions];

export type FakeWorkspace = {
  readonly address: string;
  /** What the page posted, in order. */
  readonly heard: Heard[];
  state: PageState;
  /** Changes the state and tells every open page. */
  change(change: (state: PageState) => Partial<PageState>): void;
  /** As if nothing had happened; the address stays, so that a browser need not read the page again. */
  reset(state: PageState): void;
  /** How the next actions are answered. */
  answer: (heard: Heard) => PageAnswer;
  stop(): Promise<void>;
};

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** The page's side of the contract with nothing behind it: says what it was given, remembers what it hears. */
export async function startFakeWorkspace(folder: string, first: PageState, file: Buffer): Promise<FakeWorkspace> {
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const workspace: FakeWorkspace = {
    address: `http://127.0.0.1:${port}/_page/`,
    heard: [],
    state: first,
    answer: () => ({ ok: true }),
    change(change) {
      workspace.state = { ...workspace.state, ...change(workspace.state), revision: workspace.state.revision + 1 };
      for (const listener of listeners) listener.write(`data: ${workspace.state.revision}\n\n`);
    },
    reset(state) {
      workspace.heard.length = 0;
      workspace.state = state;
      workspace.answer = () => ({ ok: true });
    },
    async stop() {
      for (const listener of listeners) listener.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const path = (request.url ?? '').replace('/_page/', '');
    if (request.method === 'POST') return send(response, 'application/json', JSON.stringify(await act(path, request)));
    if (path === 'state') return send(response, 'application/json', JSON.stringify(workspace.state));
    if (path === 'files/F0CHART01') return send(response, 'image/png', file);
    if (path === 'events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      listeners.add(response.on('close', () => listeners.delete(response)));
      return;
    }
    const name = path || 'index.html';
    const type = TYPES[name.slice(name.lastIndexOf('.'))];
    if (!type) return response.writeHead(404).end();
    response.setHeader('cache-control', 'max-age=600');
    return send(response, type, await readFile(join(folder, name)));
  }

  async function act(name: string, request: IncomingMessage): Promise<PageAnswer> {
    let body = '';
    for await (const chunk of request) body += chunk;
    const heard = { name, ...JSON.parse(body) } as Heard;
    workspace.heard.push(heard);
    return workspace.answer(heard);
  }
  return workspace;
}

function send(response: ServerResponse, type: string, body: string | Buffer) {
  response.writeHead(200, { 'content-type': type }).end(body);
}
