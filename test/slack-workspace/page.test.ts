import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PageState } from '../support/slack/page/contract.js';
import { startWorkspace, type Workspace } from '../support/slack/workspace.js';
import { clientOf } from './client.js';

let workspace: Workspace;
let app: Server;
let pageDir: string;
let got: string[];

beforeEach(async () => {
  got = [];
  pageDir = await mkdtemp(join(tmpdir(), 'leakwatch-page-'));
  workspace = await startWorkspace({ delivery: 'http', rateLimits: false, pageDir });
  app = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    got.push(decodeURIComponent(body.replaceAll('+', ' ')));
    response.end();
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  workspace.setRequestUrl(`http://127.0.0.1:${(app.address() as { port: number }).port}/`);
});
afterEach(async () => {
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
  await workspace.stop();
  await rm(pageDir, { recursive: true });
});

const get = (path: string) => fetch(`${workspace.pageUrl}${path}`);
const state = async () => (await (await get('state')).json()) as PageState;
const act = async (name: string, body: object) =>
  (await fetch(`${workspace.pageUrl}${name}`, { method: 'POST', body: JSON.stringify(body) })).json();

test('the page, once it is built, and nothing outside of its folder', async () => {
  expect([(await get('')).status, await (await get('')).text()]).toEqual([404, expect.stringContaining('not built')]);
  await writeFile(join(pageDir, 'index.html'), '<p>hi</p>');
  await mkdir(join(pageDir, 'sub'));
  expect(await (await get('')).text()).toBe('<p>hi</p>');
  expect((await get('')).headers.get('content-type')).toBe('text/html; charset=utf-8');
  for (const path of ['%2e%2e%2fpackage.json', 'sub', 'constructor']) expect((await get(path)).status).toBe(404);
});

test('the state: people, channels, messages, ephemerals', async () => {
  const { users, channels } = workspace;
  await workspace.say({ user: users.ana, channel: channels.ops, text: 'hello' });
  await clientOf(workspace).chat.postEphemeral({ channel: channels.ops, user: users.bo, text: 'psst' });
  const now = await state();
  expect(now.users).toContainEqual({ id: users.stranger, name: 'stranger', isBot: false, stranger: true });
  expect(now.channels).toContainEqual({
    id: channels.lobby,
    name: 'lobby',
    isPrivate: false,
    isArchived: false,
    botIsMember: false,
  });
  expect(now.messages).toEqual([
    { channel: channels.ops, ts: expect.any(String), user: users.ana, text: 'hello', blocks: [], edited: false },
    {
      channel: channels.ops,
      ts: expect.any(String),
      user: workspace.botUserId,
      text: 'psst',
      blocks: [],
      edited: false,
      ephemeralFor: users.bo,
    },
  ]);
});

test('a change is told', async () => {
  const { users, channels } = workspace;
  const ended = new AbortController();
  const events = await fetch(`${workspace.pageUrl}events`, { signal: ended.signal });
  const reader = events.body?.getReader();
  const next = async () => Number(/data: (\d+)/.exec(Buffer.from((await reader?.read())?.value ?? []).toString())?.[1]);
  const before = await next();
  await workspace.say({ user: users.ana, channel: channels.ops, text: 'hello' });
  expect(await next()).toBeGreaterThan(before);
  ended.abort();
});

test("typing, mentioning, pressing, choosing; what goes wrong is said in Slack's words", async () => {
  const { ana: user } = workspace.users;
  const { ops: channel } = workspace.channels;
  expect(await act('say', { user, channel, text: '/leak check a' })).toEqual({ ok: true });
  expect(await act('say', { user, channel, text: '/lek' })).toEqual({ ok: false, error: '/lek is not a valid command.' });
  expect(await act('say', { user, channel, text: '/leak top', threadTs: '1.0' })).toEqual({
    ok: false,
    error: '/leak is not supported in threads. Sorry!',
  });
  expect(await act('say', { user, channel, text: '@leakwatch top' })).toEqual({ ok: true });
  expect(await act('dance', {})).toMatchObject({ ok: false });
  const plain = (text: string) => ({ type: 'plain_text' as const, text });
  const options = ['api-svc', 'cart'].map((value) => ({ text: plain(value), value }));
  const elements = [
    { type: 'button' as const, text: plain('Ack'), action_id: 'ack', value: '1' },
    { type: 'static_select' as const, action_id: 'pick', options },
  ];
  const { ts } = await clientOf(workspace).chat.postMessage({
    channel,
    text: 'a',
    blocks: [{ type: 'actions', block_id: 'b', elements }],
  });
  const press = (element: unknown, selected?: string) =>
    act('act', { user, channel, messageTs: ts, blockId: 'b', element, selected });
  expect(await press(elements[0])).toEqual({ ok: true });
  expect(await press(elements[1], 'cart')).toEqual({ ok: true });
  const pressed = got
    .filter((body) => body.startsWith('payload='))
    .map((body) => JSON.parse(body.slice('payload='.length)).actions);
  expect(pressed).toEqual([
    [expect.objectContaining({ type: 'button', action_id: 'ack', block_id: 'b', value: '1' })],
    [expect.objectContaining({ type: 'static_select', action_id: 'pick', selected_option: options[1] })],
  ]);
  expect(got.map((body) => /text=check a|"app_mention"/.exec(body)?.[0])).toEqual([
    'text=check a',
    '"app_mention"',
    undefined,
    undefined,
  ]);
});

test('what was uploaded, once it is ready', async () => {
  const slack = clientOf(workspace);
  const png = Buffer.from('\x89PNG', 'latin1');
  const slot = await slack.files.getUploadURLExternal({ filename: 'a.png', length: 4 });
  await fetch(String(slot.upload_url), { method: 'POST', body: png });
  const id = String(slot.file_id);
  expect((await get(`files/${id}`)).status).toBe(404);
  await slack.files.completeUploadExternal({ files: [{ id }] });
  workspace.finishFiles();
  const file = await get(`files/${id}`);
  expect([file.headers.get('content-type'), Buffer.from(await file.arrayBuffer())]).toEqual(['image/png', png]);
});
