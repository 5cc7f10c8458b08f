import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { ActContext, Outcome } from './acts/acts.js';
import { command } from './acts/command.js';
import { openHome, say } from './acts/event.js';
import { click, closeView, shortcut, submitView } from './acts/interact.js';
import type { Files } from './files.js';
import type { PageActions, PageAnswer, PageState } from './page/contract.js';
import { BOT, TEAM } from './seed.js';
import type { State } from './state.js';
import { type Block, SlackRefusal } from './words.js';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};
const NOT_BUILT = 'The page is not built. The workspace works without it; see its state at /_page/state.';

export type PageServer = (request: IncomingMessage, response: ServerResponse, path: string, body: Buffer) => Promise<void>;

/** The server's side of `page/contract.ts`, and the built page from `folder`. */
export function makePageServer(context: ActContext, files: Files, folder: string): PageServer {
  const { state } = context;
  return async (request, response, path, body) => {
    const send = (status: number, type: string, content: string | Buffer) =>
      void response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(content);
    if (request.method === 'POST') return send(200, 'application/json', JSON.stringify(await act(context, path, body)));
    if (path === 'state') return send(200, 'application/json', JSON.stringify(pageState(context)));
    if (path === 'events') return stream(state, response);
    const fileId = /^files\/(F[A-Z0-9]+)$/.exec(path)?.[1];
    if (fileId) {
      const bytes = files.bytes(fileId);
      return bytes ? send(200, files.mimetype(fileId) ?? '', bytes) : send(404, 'text/plain', 'not ready');
    }
    const name = path === '' ? 'index.html' : path;
    if (!/^[a-z-]+\.(html|js|css)$/.test(name)) return send(404, 'text/plain', 'no such page');
    try {
      send(200, TYPES[name.split('.')[1] ?? ''] ?? 'text/plain', await readFile(join(folder, name)));
    } catch {
      send(404, 'text/plain', NOT_BUILT);
    }
  };
}

function stream(state: State, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const tell = () => void response.write(`data: ${state.revision()}\n\n`);
  state.listeners.add(tell);
  response.on('close', () => state.listeners.delete(tell));
  tell();
}

function pageState({ state, installed }: ActContext): PageState {
  return {
    revision: state.revision(),
    team: TEAM,
    botUserId: BOT.id,
    users: [...state.users.values()].map(({ id, name, isBot, teamId }) => ({ id, name, isBot, stranger: teamId !== TEAM.id })),
    channels: [...state.channels.values()].map(({ id, name, kind, isArchived, members }) => ({
      ...{ id, name, isPrivate: kind !== 'public', isArchived, botIsMember: members.has(BOT.id) },
    })),
    messages: state.messages.map(({ channel, ts, threadTs, user, text, blocks, edited, ephemeralFor }) => ({
      ...{ channel, ts, user, text, blocks: [...blocks], edited },
      ...(threadTs ? { threadTs } : {}),
      ...(ephemeralFor ? { ephemeralFor } : {}),
    })),
    views: [...state.views.values()].map(({ id, type, forUser, view }) => ({
      ...{ id, type, forUser, title: plain(view.title), blocks: view.blocks as Record<string, unknown>[] },
      ...(view.submit ? { submit: plain(view.submit) } : {}),
      ...(view.close ? { close: plain(view.close) } : {}),
    })),
    shortcuts: installed.shortcuts,
  };
}

function plain(text: unknown): string {
  return String((text as { text?: unknown } | undefined)?.text ?? '');
}

type Acts = { readonly [Name in keyof PageActions]: (context: ActContext, act: PageActions[Name]) => Promise<Outcome | null> };

const ACTS: Acts = {
  async say(context, { text, ...act }) {
    const [, name, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    if (name) return command(context, { ...act, command: name, text: rest ?? '' });
    await say(context, { ...act, text });
    return null;
  },
  act: (context, { user, channel, messageTs, viewId, element, selected }) =>
    click(context, {
      ...{ user, actionId: String((element as Block).action_id ?? '') },
      ...(channel ? { channel } : {}),
      ...(messageTs ? { messageTs } : {}),
      ...(viewId ? { viewId } : {}),
      ...(element.type === 'button' && element.value !== undefined ? { value: String(element.value) } : {}),
      ...(selected === undefined ? {} : { option: selected }),
    }),
  submit: (context, act) => submitView(context, act),
  async close(context, { user, viewId }) {
    await closeView(context, user, viewId);
    return null;
  },
  async home(context, { user }) {
    await openHome(context, user);
    return null;
  },
  shortcut: (context, act) => shortcut(context, act),
};

async function act(context: ActContext, name: string, body: Buffer): Promise<PageAnswer> {
  if (!Object.hasOwn(ACTS, name)) return { ok: false, error: `no act ${name}` };
  try {
    const perform = ACTS[name as keyof Acts] as (context: ActContext, act: unknown) => Promise<Outcome | null>;
    const outcome = await perform(context, JSON.parse(body.toString()));
    return outcome?.error ? { ok: false, error: outcome.error } : { ok: true };
  } catch (error) {
    return { ok: false, error: error instanceof SlackRefusal ? error.word : (error as Error).message };
  }
}
