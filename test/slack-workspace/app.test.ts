import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { startWorkspace, type Workspace, type WorkspaceOptions } from '../support/slack/workspace.js';

/** The workspace against a real Bolt app, the way Leakwatch is one, in both of Slack's ways to deliver. */
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function workspaceWith(delivery: 'http' | 'socket', prepare: (app: App) => void, options: Partial<WorkspaceOptions> = {}) {
  const workspace = await startWorkspace({ delivery, rateLimits: false, ...options });
  ends.push(workspace.stop);
  await (delivery === 'http' ? httpApp : socketApp)(workspace, prepare);
  return workspace;
}

async function makeApp(
  workspace: Workspace,
  receiver: HTTPReceiver | SocketModeReceiver,
  prepare: (app: App) => void,
): Promise<App> {
  const app = new App({
    receiver,
    authorize: async () => ({ botToken: workspace.botToken, botId: workspace.botId, botUserId: workspace.botUserId }),
    clientOptions: { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 } },
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
  });
  prepare(app);
  await app.init();
  return app;
}

async function httpApp(workspace: Workspace, prepare: (app: App) => void): Promise<void> {
  const receiver = new HTTPReceiver({ signingSecret: workspace.signingSecret, logLevel: LogLevel.ERROR });
  await makeApp(workspace, receiver, prepare);
  const server = createServer(receiver.requestListener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  workspace.setRequestUrl(`http://127.0.0.1:${(server.address() as { port: number }).port}/slack/events`);
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}

async function socketApp(workspace: Workspace, prepare: (app: App) => void): Promise<void> {
  const receiver = new SocketModeReceiver({
    appToken: workspace.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: workspace.apiUrl } },
  });
  const app = await makeApp(workspace, receiver, prepare);
  await app.start();
  ends.push(() => app.stop());
}

const button = { type: 'button' as const, text: { type: 'plain_text' as const, text: 'Share' }, action_id: 'share', value: '7' };

describe.each(['http', 'socket'] as const)('%s', (delivery) => {
  test('a command is acknowledged to the person alone, and answered in the channel', async () => {
    const seen: unknown[] = [];
    const workspace = await workspaceWith(delivery, (app) => {
      app.command('/leak', async ({ command, ack, client }) => {
        seen.push(command);
        await ack({ response_type: 'ephemeral', text: `Checking ${command.text}` });
        await client.chat.postMessage({ channel: command.channel_id, text: 'api-svc leaks' });
      });
    });
    const { ana } = workspace.users;
    const { ops } = workspace.channels;
    const outcome = await workspace.command({ user: ana, channel: ops, text: 'check <api> & "svc"' });
    expect(outcome).toMatchObject({ error: null, status: 200, body: { text: expect.stringContaining('Checking') } });
    await workspace.waitFor(() => workspace.messages(ops).length > 0, 2_000, 'the answer');
    expect(workspace.ephemerals(ana).map(({ text }) => text)).toEqual(['Checking check &lt;api&gt; &amp; "svc"']);
    expect(seen).toEqual([
      expect.objectContaining({
        ...{ command: '/leak', team_id: workspace.teamId, user_id: ana, channel_id: ops, channel_name: 'ops' },
        ...{ api_app_id: expect.stringMatching(/^A/), trigger_id: expect.stringMatching(/^\d+\.\d+\.\w+$/) },
        ...{ response_url: expect.stringMatching(/^http:/), is_enterprise_install: 'false' },
      }),
    ]);
    expect(workspace.transcript(ops)).toBe('#ops\nleakwatch:\n  api-svc leaks');
  });

  test('a mention in a thread arrives with its thread, and not where the bot is not', async () => {
    const seen: unknown[] = [];
    const workspace = await workspaceWith(delivery, (app) => {
      app.event('app_mention', async ({ event, body, say }) => {
        seen.push([event.text, event.thread_ts, body.team_id, body.authorizations?.[0]?.user_id]);
        await say({ text: 'here', thread_ts: event.thread_ts ?? event.ts });
      });
    });
    const { users, channels } = workspace;
    const root = await workspace.mention({ user: users.ana, channel: channels.ops, text: 'top' });
    await workspace.waitFor(() => workspace.messages(channels.ops).length === 2, 2_000, 'the first answer');
    await workspace.mention({ user: users.bo, channel: channels.ops, text: 'check <b>', threadTs: root.ts });
    await workspace.waitFor(() => workspace.messages(channels.ops).length === 4, 2_000, 'two answers');
    const bot = `<@${workspace.botUserId}>`;
    expect(seen).toEqual([
      [`${bot} top`, undefined, workspace.teamId, workspace.botUserId],
      [`${bot} check &lt;b&gt;`, root.ts, workspace.teamId, workspace.botUserId],
    ]);
    expect(await workspace.mention({ user: users.ana, channel: channels.lobby, text: 'top' })).toMatchObject({ first: null });
    expect(workspace.transcript(channels.ops)).toBe(
      [
        '#ops',
        'ana:',
        '  @leakwatch top',
        '    leakwatch:',
        '      here',
        '    bo:',
        '      @leakwatch check <b>',
        '    leakwatch:',
        '      here',
      ].join('\n'),
    );
  });

  test('a click carries what was shown, and its response URL replaces it; a stranger carries their own team', async () => {
    const seen: unknown[] = [];
    const workspace = await workspaceWith(delivery, (app) => {
      app.action('share', async ({ body, ack, respond, action }) => {
        await ack();
        seen.push([body.user.team_id, body.type === 'block_actions' && body.container.message_ts, action]);
        await respond({ replace_original: true, text: 'shared' });
      });
    });
    const { users, channels } = workspace;
    const slack = new WebClient(workspace.botToken, { slackApiUrl: workspace.apiUrl });
    const { ts } = await slack.chat.postMessage({
      channel: channels.shared,
      text: 'card',
      blocks: [{ type: 'actions', elements: [button] }],
    });
    const outcome = await workspace.click({
      user: users.stranger,
      channel: channels.shared,
      messageTs: ts ?? '',
      actionId: 'share',
    });
    expect(outcome.error).toBeNull();
    await workspace.waitFor(() => workspace.messages(channels.shared)[0]?.text === 'shared', 2_000, 'the replacement');
    expect(seen).toEqual([
      [
        'T0OTHER0001',
        ts,
        expect.objectContaining({ type: 'button', value: '7', action_ts: expect.stringMatching(/^\d{10}\.\d{6}$/) }),
      ],
    ]);
    await expect(workspace.click({ user: users.stranger, channel: channels.shared, actionId: 'share' })).rejects.toThrow(
      'sees no share',
    );
  });
});
