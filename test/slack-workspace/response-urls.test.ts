import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startWorkspace, type Workspace } from '../support/slack/workspace.js';
import { clientOf } from './client.js';

/** An app that acknowledges everything and keeps the last response URL. */
let workspace: Workspace;
let app: Server;
let nowMs: number;
let responseUrl: string;
let clicked: { response_url: string; message?: unknown; container?: unknown };
let acknowledgement: string;

beforeEach(async () => {
  nowMs = Date.now();
  acknowledgement = '';
  workspace = await startWorkspace({ delivery: 'http', rateLimits: false, nowMs: () => nowMs });
  app = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const fields = new URLSearchParams(body);
    clicked = JSON.parse(fields.get('payload') ?? '{}');
    responseUrl = fields.get('response_url') ?? clicked.response_url;
    response.writeHead(200, { 'content-type': 'application/json' }).end(acknowledgement);
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  workspace.setRequestUrl(`http://127.0.0.1:${(app.address() as { port: number }).port}/`);
});
afterEach(async () => {
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
  await workspace.stop();
});

const respond = async (body: unknown) => {
  const response = await fetch(responseUrl, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  return [response.status, await response.text()] as const;
};
const refused = (error: string, status = 404) => [status, JSON.stringify({ ok: false, error })];
const ask = (channel: string) => workspace.command({ user: workspace.users.ana, channel, text: 'check api-svc' });
const visible = (channel: string) => workspace.messages(channel).map(({ text }) => text);
const alone = () => workspace.ephemerals(workspace.users.ana).map(({ text }) => text);
const button = { type: 'button', text: { type: 'plain_text', text: 'Share' }, action_id: 'share' };

describe('of a command', () => {
  test('five times, to the person alone unless it says otherwise, also where the bot is not', async () => {
    const { lobby } = workspace.channels;
    await ask(lobby);
    expect(await respond({ text: 'a' })).toEqual([200, 'ok']);
    expect(await respond({ text: 'b', response_type: 'in_channel' })).toEqual([200, 'ok']);
    expect([visible(lobby), alone()]).toEqual([['b'], ['a']]);
    for (const text of ['c', 'd', 'e']) await respond({ text });
    expect(await respond({ text: 'f' })).toEqual(refused('used_url'));
    expect(alone()).toEqual(['a', 'c', 'd', 'e']);
  });
  test('for thirty minutes', async () => {
    await ask(workspace.channels.ops);
    nowMs += 30 * 60_000;
    expect(await respond({ text: 'a' })).toEqual([200, 'ok']);
    nowMs += 1;
    expect(await respond({ text: 'b' })).toEqual(refused('expired_url'));
    responseUrl = responseUrl.replace(/.$/, 'x');
    expect(await respond({ text: 'b' })).toEqual(refused('expired_url'));
  });
  test('has no original: what should replace is said a second time', async () => {
    await ask(workspace.channels.ops);
    await respond({ text: 'Checking…' });
    await respond({ text: 'Done', replace_original: true });
    expect(alone()).toEqual(['Checking…', 'Done']);
  });
  test('blocks are looked at; what is wrong counts as a use', async () => {
    await ask(workspace.channels.ops);
    const [status, body] = await respond({ text: 'a', blocks: [{ type: 'graph' }] });
    expect([status, JSON.parse(body)]).toMatchObject([
      400,
      { error: 'invalid_blocks', errors: [expect.stringContaining('graph')] },
    ]);
    expect(await respond({})).toEqual(refused('no_text', 400));
    expect(await respond('{')).toEqual(refused('invalid_payload', 400));
    expect(await respond('null')).toEqual(refused('invalid_payload', 400));
    expect(alone()).toEqual([]);
  });
  test('into a thread', async () => {
    const { ops } = workspace.channels;
    const { ts } = await workspace.say({ user: workspace.users.bo, channel: ops, text: 'root' });
    await ask(ops);
    await respond({ text: 'a', response_type: 'in_channel', thread_ts: ts });
    expect(workspace.transcript(ops)).toBe('#ops\nbo:\n  root\n    leakwatch:\n      a');
  });
  test('its acknowledgement: shown alone, or to all together with what was typed', async () => {
    const { ops } = workspace.channels;
    acknowledgement = JSON.stringify({ text: 'alone' });
    await ask(ops);
    acknowledgement = JSON.stringify({ text: 'to all', response_type: 'in_channel' });
    await ask(ops);
    expect([alone(), visible(ops)]).toEqual([['alone'], ['/leak check api-svc', 'to all']]);
    acknowledgement = JSON.stringify({ blocks: [{ type: 'graph' }] });
    expect((await ask(ops)).error).toBe('/leak failed with the error "invalid_blocks"');
  });
  test('faults', async () => {
    await ask(workspace.channels.ops);
    workspace.fault({ method: 'response_url', kind: 'word', word: 'expired_url' });
    expect(await respond({ text: 'a' })).toEqual([404, 'expired_url']);
    workspace.fault({ method: 'response_url', kind: 'http500', after: true });
    expect((await respond({ text: 'b' }))[0]).toBe(500);
    expect([alone(), workspace.callsOf('response_url').map(({ args }) => args.body)]).toEqual([
      ['b'],
      [{ text: 'a' }, { text: 'b' }],
    ]);
  });
});

describe('of a click', () => {
  test('replaces and deletes what was clicked, which stays as visible as it was', async () => {
    const { ops } = workspace.channels;
    const { ana } = workspace.users;
    const slack = clientOf(workspace);
    await slack.apiCall('chat.postEphemeral', {
      channel: ops,
      user: ana,
      text: 'card',
      blocks: [{ type: 'actions', elements: [button] }],
    });
    const click = () => workspace.click({ user: ana, channel: ops, ephemeral: true, actionId: 'share' });
    await click();
    expect([clicked.message, clicked.container]).toEqual([undefined, expect.objectContaining({ is_ephemeral: true })]);
    await expect(workspace.click({ user: workspace.users.bo, channel: ops, ephemeral: true, actionId: 'share' })).rejects.toThrow(
      'bo sees no share',
    );
    expect(await respond({ text: 'hello', response_type: 'in_channel' })).toEqual([200, '{"ok":true}']);
    expect(await respond({ text: 'new', replace_original: true, response_type: 'in_channel' })).toEqual([200, '{"ok":true}']);
    expect([visible(ops), alone()]).toEqual([['hello'], ['new']]);
    await expect(click()).rejects.toThrow('ana sees no share');
    expect(await respond({ delete_original: true })).toEqual([200, '{"ok":true}']);
    expect(alone()).toEqual([]);
    expect(await respond({ delete_original: true })).toEqual(refused('message_not_found', 400));
  });
});
