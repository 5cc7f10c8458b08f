import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { startWorkspace, type Workspace } from '../support/slack/workspace.js';
import { clientOf, refusalOf, wordOf } from './client.js';

type Payload = Record<string, unknown> & {
  trigger_id: string;
  type: string;
  view?: { hash: string; state: { values: unknown } };
};

/** An app that keeps what it is sent, and acknowledges with what it is told to. */
let workspace: Workspace;
let slack: WebClient;
let app: Server;
let nowMs: number;
let last: Payload;
let acknowledgement: unknown;

beforeEach(async () => {
  nowMs = Date.now();
  acknowledgement = '';
  const installed = { hasHome: true, events: ['app_home_opened'], shortcuts: [{ name: 'Check this', callbackId: 'check' }] };
  workspace = await startWorkspace({ delivery: 'http', rateLimits: false, nowMs: () => nowMs, installed });
  slack = clientOf(workspace);
  app = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const fields = new URLSearchParams(body);
    if (body.startsWith('{')) last = JSON.parse(body);
    else last = fields.has('payload') ? JSON.parse(fields.get('payload') ?? '') : (Object.fromEntries(fields) as Payload);
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(acknowledgement === '' ? '' : JSON.stringify(acknowledgement));
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  workspace.setRequestUrl(`http://127.0.0.1:${(app.address() as { port: number }).port}/`);
});
afterEach(async () => {
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
  await workspace.stop();
});

const plain = (text: string) => ({ type: 'plain_text', text });
const modal = (title: string, more: object = {}) => ({ type: 'modal', title: plain(title), blocks: [], ...more });
const button = {
  type: 'actions',
  block_id: 'b',
  elements: [{ type: 'button', text: plain('More'), action_id: 'more', value: '1' }],
};
const open = (trigger_id: string, view: object) =>
  slack.apiCall('views.open', { trigger_id, view }) as Promise<{ ok: boolean; view: { id: string; hash: string } }>;
const typed = async () => {
  await workspace.command({ user: workspace.users.ana, channel: workspace.channels.ops, text: 'check' });
  return last.trigger_id;
};
const titles = () => workspace.views(workspace.users.ana).map(({ view }) => (view.title as { text: string }).text);

test('a trigger opens one view, within three seconds', async () => {
  const first = await typed();
  nowMs += 3_000;
  expect(await wordOf(open(first, modal('a')))).toBe('nothing');
  expect(await wordOf(open(first, modal('a')))).toBe('exchanged_trigger_id');
  const second = await typed();
  nowMs += 3_001;
  expect(await wordOf(open(second, modal('a')))).toBe('expired_trigger_id');
  expect(await wordOf(open('1.2.abc', modal('a')))).toBe('invalid_trigger_id');
});

test('what is wrong with a view is said, and costs no trigger', async () => {
  const trigger = await typed();
  expect(await refusalOf(open(trigger, modal('x'.repeat(25))))).toMatchObject({
    error: 'invalid_arguments',
    response_metadata: { messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'] },
  });
  const large = { private_metadata: 'x'.repeat(250_000) };
  expect(await wordOf(open(trigger, modal('a', large)))).toBe('view_too_large');
  expect(await wordOf(open(trigger, modal('a', { external_id: 'one' })))).toBe('nothing');
  expect(await wordOf(open(await typed(), modal('a', { external_id: 'one' })))).toBe('duplicate_external_id');
});

test('an edit of an older state is refused', async () => {
  const { view } = await open(await typed(), modal('a'));
  const update = (title: string) => slack.apiCall('views.update', { view_id: view.id, hash: view.hash, view: modal(title) });
  expect([await wordOf(update('b')), await wordOf(update('c')), titles()]).toEqual(['nothing', 'hash_conflict', ['b']]);
  expect(await wordOf(slack.apiCall('views.update', { view_id: 'V0', view: modal('a') }))).toBe('not_found');
});

test('three on top of each other, no more', async () => {
  const { ana } = workspace.users;
  const { view } = await open(await typed(), modal('1', { blocks: [button] }));
  let top = view.id;
  const push = async (title: string) => {
    await workspace.click({ user: ana, viewId: top, actionId: 'more' });
    const pushed = slack.apiCall('views.push', { trigger_id: last.trigger_id, view: modal(title, { blocks: [button] }) });
    const word = await wordOf(pushed);
    if (word === 'nothing') top = ((await pushed) as unknown as { view: { id: string } }).view.id;
    return word;
  };
  expect([await push('2'), await push('3'), await push('4')]).toEqual(['nothing', 'nothing', 'push_limit_reached']);
  expect(titles()).toEqual(['1', '2', '3']);
  acknowledgement = { response_action: 'clear' };
  await workspace.submitView({ user: ana, viewId: top });
  expect(titles()).toEqual([]);
});

test('a submission brings its values; errors keep it open, silence closes it', async () => {
  const { ana } = workspace.users;
  const { view } = await open(await typed(), modal('a', { callback_id: 'why', submit: plain('Go') }));
  const values = { b: { a: { type: 'plain_text_input', value: 'because' } } };
  acknowledgement = { response_action: 'errors', errors: { b: 'no' } };
  expect(await workspace.submitView({ user: ana, viewId: view.id, values })).toMatchObject({
    error: null,
    body: acknowledgement,
  });
  expect([titles(), last.type, last.view?.state.values]).toEqual([['a'], 'view_submission', values]);
  acknowledgement = '';
  await workspace.submitView({ user: ana, viewId: view.id, values });
  expect(titles()).toEqual([]);
});

test('closing is told only to who asked', async () => {
  const { ana } = workspace.users;
  const quiet = await open(await typed(), modal('a'));
  await workspace.closeView(ana, quiet.view.id);
  expect(last.type).toBeUndefined();
  const told = await open(await typed(), modal('b', { notify_on_close: true }));
  await workspace.closeView(ana, told.view.id);
  expect([last.type, titles()]).toEqual(['view_closed', []]);
});

test('the home tab: opened, published, and refused where the manifest has none', async () => {
  const { ana } = workspace.users;
  const home = { type: 'home', blocks: [{ type: 'divider' }] };
  expect(await workspace.openHome(ana)).toMatchObject({ error: null });
  expect(last).toMatchObject({ type: 'event_callback', event: { type: 'app_home_opened', user: ana, tab: 'home' } });
  expect(await wordOf(slack.apiCall('views.publish', { user_id: ana, view: home }))).toBe('nothing');
  expect(workspace.views(ana)).toHaveLength(1);
  expect(await wordOf(slack.apiCall('views.publish', { user_id: ana, hash: 'old', view: home }))).toBe('hash_conflict');
  const without = await startWorkspace({ delivery: 'http', installed: { hasHome: false } });
  expect(await wordOf(clientOf(without).apiCall('views.publish', { user_id: ana, view: home }))).toBe('not_enabled');
  await without.stop();
});

test('shortcuts: on a message with the message, and from anywhere', async () => {
  const { ana } = workspace.users;
  const { ops } = workspace.channels;
  const { ts } = await workspace.say({ user: ana, channel: ops, text: 'api-svc again' });
  await workspace.shortcut({ user: ana, callbackId: 'check', channel: ops, messageTs: ts });
  expect(last).toMatchObject({
    type: 'message_action',
    callback_id: 'check',
    channel: { id: ops },
    message: { text: 'api-svc again', ts },
  });
  await workspace.shortcut({ user: ana, callbackId: 'check' });
  expect([last.type, last.response_url]).toEqual(['shortcut', undefined]);
  expect(await workspace.shortcut({ user: ana, callbackId: 'other' })).toMatchObject({ error: 'no such shortcut' });
});
