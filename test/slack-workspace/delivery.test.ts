import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { startWorkspace, type Timing, type Workspace } from '../support/slack/workspace.js';
import { clientOf } from './client.js';

/** What the workspace sends, looked at byte by byte: no Slack library in between. */
type Got = { readonly headers: IncomingHttpHeaders; readonly body: string };
const FAST: Partial<Timing> = { ackMs: 400, eventRetriesMs: [0, 5, 10] };
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(delivery: 'http' | 'socket', timing: Partial<Timing> = FAST): Promise<Workspace> {
  const workspace = await startWorkspace({ delivery, rateLimits: false, timing });
  ends.push(workspace.stop);
  return workspace;
}

/** An app that answers each request as `answer` does, and keeps them all. */
async function httpApp(workspace: Workspace, answer: (got: Got, response: ServerResponse) => void): Promise<Got[]> {
  const all: Got[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    all.push({ headers: request.headers, body });
    answer({ headers: request.headers, body }, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  workspace.setRequestUrl(`http://127.0.0.1:${(server.address() as { port: number }).port}/slack/events`);
  return all;
}

const ok = (_got: Got, response: ServerResponse) => void response.end();
const command = (workspace: Workspace, more: object = {}) =>
  workspace.command({ user: workspace.users.ana, channel: workspace.channels.ops, text: 'check a', ...more });
const mention = (workspace: Workspace) =>
  workspace.mention({ user: workspace.users.ana, channel: workspace.channels.ops, text: 'top' });
const signs = ({ signingSecret }: Workspace, { headers, body }: Got) => {
  const at = headers['x-slack-request-timestamp'];
  return headers['x-slack-signature'] === `v0=${createHmac('sha256', signingSecret).update(`v0:${at}:${body}`).digest('hex')}`;
};
const age = ({ headers }: Got) => Math.round(Date.now() / 1_000 - Number(headers['x-slack-request-timestamp']));

describe('HTTP', () => {
  test('requests are signed, now', async () => {
    const workspace = await start('http', {});
    const all = await httpApp(workspace, ok);
    await command(workspace);
    await mention(workspace);
    expect(all.map((got) => [signs(workspace, got), Math.abs(age(got)) < 30, got.headers['content-type']])).toEqual([
      [true, true, 'application/x-www-form-urlencoded'],
      [true, true, 'application/json'],
    ]);
    expect(JSON.parse(all[1]?.body ?? '')).toMatchObject({
      ...{
        type: 'event_callback',
        team_id: workspace.teamId,
        event_id: expect.stringMatching(/^Ev/),
        event_time: expect.any(Number),
      },
      authorizations: [{ team_id: workspace.teamId, user_id: workspace.botUserId, is_bot: true }],
      event: {
        type: 'app_mention',
        channel: workspace.channels.ops,
        user: workspace.users.ana,
        text: expect.stringContaining(' top'),
      },
    });
  });

  test('no acknowledgement in time, a refusal, nobody there: what the person sees', async () => {
    const workspace = await start('http');
    expect((await command(workspace)).error).toBe('/leak failed with the error "dispatch_failed"');
    const answers = [() => {}, (_got: Got, response: ServerResponse) => void response.writeHead(500).end()];
    await httpApp(workspace, (got, response) => answers.shift()?.(got, response));
    expect((await command(workspace)).error).toBe('/leak failed with the error "operation_timeout"');
    expect(await command(workspace)).toMatchObject({ status: 500, error: '/leak failed with the error "dispatch_failed"' });
  });

  test('what Slack does not even send', async () => {
    const workspace = await start('http');
    const all = await httpApp(workspace, ok);
    const { users, channels } = workspace;
    const { ts } = await workspace.say({ user: users.ana, channel: channels.ops, text: 'root' });
    expect((await command(workspace, { threadTs: ts })).error).toBe('/leak is not supported in threads. Sorry!');
    expect((await command(workspace, { command: '/lek' })).error).toBe('/lek is not a valid command.');
    expect((await command(workspace, { user: users.stranger, channel: channels.shared })).error).toMatch(/not available/);
    await expect(command(workspace, { user: users.stranger })).rejects.toThrow('stranger is not in ops');
    expect(await workspace.mention({ user: users.ana, channel: channels.lobby, text: 'top' })).toMatchObject({ first: null });
    expect(all).toEqual([]);
  });

  test('an event that is not taken comes three more times, the same one', async () => {
    const workspace = await start('http');
    const all = await httpApp(workspace, (_got, response) => void response.writeHead(500).end());
    await mention(workspace);
    await workspace.waitFor(() => workspace.delivered.length === 4, 2_000, 'the last try');
    expect(all.map(({ headers }) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']])).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_error'],
      ['3', 'http_error'],
    ]);
    expect(new Set(all.map(({ body }) => JSON.parse(body).event_id)).size).toBe(1);
    expect(all.every((got) => signs(workspace, got))).toBe(true);
  });

  test('late is a reason too; taken at last, or "no more", ends it', async () => {
    const workspace = await start('http');
    const answers = [
      () => {},
      ok,
      (_got: Got, response: ServerResponse) => void response.writeHead(500, { 'x-slack-no-retry': '1' }).end(),
    ];
    const all = await httpApp(workspace, (got, response) => answers.shift()?.(got, response));
    await mention(workspace);
    await workspace.waitFor(() => workspace.delivered.length === 2, 2_000, 'the second try');
    await mention(workspace);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(all.map(({ headers }) => headers['x-slack-retry-reason'])).toEqual([undefined, 'http_timeout', undefined]);
  });

  test('twice, forged, too old, from the future, from another workspace', async () => {
    const workspace = await start('http', {});
    const all = await httpApp(workspace, ok);
    workspace.fault({ delivery: 'command', kind: 'duplicate' });
    await command(workspace);
    expect([all.length, new Set(all.map(({ body }) => body)).size]).toEqual([2, 1]);
    for (const kind of ['forged', 'old', 'future', 'strange-team'] as const) {
      workspace.fault({ delivery: 'command', kind });
      await command(workspace);
    }
    const [forged, old, future, strange] = all.slice(2);
    expect([forged, old, future, strange].map((got) => got && signs(workspace, got))).toEqual([false, true, true, true]);
    expect([old, future].map((got) => got && Math.abs(age(got)) > 590 && Math.sign(age(got)))).toEqual([1, -1]);
    expect(new URLSearchParams(strange?.body).get('team_id')).toBe('T0OTHER0001');
    workspace.assertFaultsUsed();
  });

  test('a request URL is asked whether it is one', async () => {
    const workspace = await start('http', {});
    let gives = '';
    await httpApp(workspace, ({ body }, response) => void response.end(gives || JSON.parse(body).challenge));
    expect(await workspace.verifyRequestUrl()).toBe(true);
    gives = 'something else';
    expect(await workspace.verifyRequestUrl()).toBe(false);
  });
});

type Envelope = { type: string; envelope_id: string; payload: Record<string, unknown>; reason?: string; retry_attempt?: number };

/** One Socket Mode connection; `answer` gives the payload of the acknowledgement, undefined for none. */
async function connect(
  workspace: Workspace,
  answer: (envelope: Envelope) => object | undefined,
): Promise<{ got: Envelope[]; socket: WebSocket }> {
  const { url } = await clientOf(workspace, workspace.appToken).apps.connections.open();
  const socket = new WebSocket(String(url));
  const got: Envelope[] = [];
  socket.on('message', (data) => {
    const envelope = JSON.parse(String(data)) as Envelope;
    got.push(envelope);
    const payload = envelope.envelope_id ? answer(envelope) : undefined;
    if (payload) socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, payload }));
  });
  socket.on('error', () => {});
  ends.push(async () => socket.terminate());
  await workspace.waitFor(() => got.length > 0, 2_000, 'hello');
  return { got, socket };
}

describe('Socket Mode', () => {
  test('hello first; then envelopes, acknowledged by their id, with a payload', async () => {
    const workspace = await start('socket', {});
    const { got } = await connect(workspace, ({ type }) => (type === 'slash_commands' ? { text: 'Checking' } : {}));
    expect(await command(workspace)).toMatchObject({ error: null, status: 200, body: { text: 'Checking' } });
    expect((await mention(workspace)).first).toMatchObject({ error: null, body: null });
    expect(got.map(({ type }) => type)).toEqual(['hello', 'slash_commands', 'events_api']);
    expect(got[1]).toMatchObject({ accepts_response_payload: true, payload: { command: '/leak', text: 'check a' } });
    expect(workspace.ephemerals(workspace.users.ana).map(({ text }) => text)).toEqual(['Checking']);
  });

  test('nobody connected, nobody answering', async () => {
    const workspace = await start('socket');
    expect((await command(workspace)).error).toBe('/leak failed with the error "dispatch_failed"');
    await connect(workspace, () => undefined);
    expect((await command(workspace)).error).toBe('/leak failed with the error "operation_timeout"');
  });

  test('each envelope goes to one connection, any of them', async () => {
    const workspace = await start('socket', {});
    const sockets = [await connect(workspace, () => ({})), await connect(workspace, () => ({}))];
    for (let turn = 0; turn < 40; turn += 1) await command(workspace);
    const counts = sockets.map(({ got }) => got.length - 1);
    expect([counts.reduce((sum, count) => sum + count), Math.min(...counts) > 0]).toEqual([40, true]);
  });

  test('an event that is not acknowledged comes again', async () => {
    const workspace = await start('socket');
    const deaf = await connect(workspace, () => undefined);
    await mention(workspace);
    await workspace.waitFor(() => deaf.got.length >= 3, 2_000, 'a second try');
    expect(deaf.got.slice(1, 3).map(({ retry_attempt }) => retry_attempt)).toEqual([0, 1]);
    expect(new Set(deaf.got.slice(1, 3).map(({ payload }) => payload.event_id)).size).toBe(1);
  });

  test('an event whose connection breaks comes again on another', async () => {
    const workspace = await start('socket', { eventRetriesMs: [0] });
    const deaf = await connect(workspace, () => undefined);
    const first = mention(workspace);
    await workspace.waitFor(() => deaf.got.length === 2, 2_000, 'the event');
    const { got } = await connect(workspace, () => ({}));
    deaf.socket.terminate();
    expect((await first).first).toMatchObject({ error: 'dispatch_failed' });
    await workspace.waitFor(() => got.length === 2, 2_000, 'the second try');
    expect([got[1]?.payload, got[1]?.retry_attempt]).toEqual([deaf.got[1]?.payload, 1]);
  });

  test('the same envelope twice, on demand', async () => {
    const workspace = await start('socket', {});
    const { got } = await connect(workspace, () => ({}));
    workspace.fault({ delivery: 'event', kind: 'duplicate' });
    await mention(workspace);
    await workspace.waitFor(() => got.length === 3, 2_000, 'both');
    expect(got[1]?.payload).toEqual(got[2]?.payload);
  });

  test('ten connections, not eleven; a ticket lets one in once', async () => {
    const workspace = await start('socket', {});
    for (let number = 0; number < 10; number += 1) await connect(workspace, () => ({}));
    const { got, socket } = await connect(workspace, () => ({}));
    expect(got).toEqual([expect.objectContaining({ type: 'disconnect', reason: 'too_many_websockets' })]);
    expect(workspace.sockets()).toBe(10);
    const again = new WebSocket(socket.url);
    const refusedWith = await new Promise((resolve) => again.once('error', (error) => resolve(error.message)));
    expect(refusedWith).toContain('401');
  });

  test('sent away politely and not', async () => {
    const workspace = await start('socket', {});
    const { got, socket } = await connect(workspace, () => ({}));
    workspace.dropSockets('warning');
    await workspace.waitFor(() => got.length === 2, 2_000, 'the warning');
    expect(got[1]).toMatchObject({ type: 'disconnect', reason: 'warning' });
    workspace.dropSockets();
    const code = await new Promise((resolve) => socket.once('close', resolve));
    expect(code).toBe(1006);
    await workspace.waitFor(() => workspace.sockets() === 0, 2_000, 'nobody left');
  });
});
