import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChatPostMessageResponse, WebClient } from '@slack/web-api';
import { startWorkspace, type Workspace, type WorkspaceOptions } from '../support/slack/workspace.js';
import { clientOf, refusalOf, wordOf } from './client.js';

/** Slack's own client against the workspace. */
let workspace: Workspace;
let slack: WebClient;

async function start(options: Partial<WorkspaceOptions> = {}): Promise<void> {
  await workspace?.stop();
  workspace = await startWorkspace({ delivery: 'http', rateLimits: false, ...options });
  slack = clientOf(workspace);
}
beforeEach(() => start());
afterEach(() => workspace.stop());

const raw = async (path: string, init: RequestInit) =>
  (await fetch(`${workspace.apiUrl}${path}`, { method: 'POST', ...init })).json();
/** Any arguments, also such as the SDK's types do not let through. */
const post = (more: Record<string, unknown>) =>
  slack.apiCall('chat.postMessage', { channel: workspace.channels.ops, ...more }) as Promise<
    ChatPostMessageResponse & { warning?: string }
  >;

describe('who calls', () => {
  test('auth.test names bot and team', async () => {
    const { botUserId, botId, teamId } = workspace;
    expect(await slack.auth.test()).toMatchObject({ ok: true, user_id: botUserId, bot_id: botId, team_id: teamId });
  });
  test("no token, a wrong one, the app's for a bot's method and the other way round", async () => {
    expect(await wordOf(clientOf(workspace, '').auth.test())).toBe('not_authed');
    expect(await wordOf(clientOf(workspace, 'xoxb-other').auth.test())).toBe('invalid_auth');
    expect(await wordOf(clientOf(workspace, workspace.appToken).auth.test())).toBe('not_allowed_token_type');
    expect(await wordOf(slack.apps.connections.open())).toBe('not_allowed_token_type');
  });
  test.each(['token_revoked', 'account_inactive'] as const)('%s', async (word) => {
    workspace.setTokenProblem(word);
    expect(await wordOf(slack.auth.test())).toBe(word);
    workspace.setTokenProblem(undefined);
    expect(await wordOf(slack.auth.test())).toBe('nothing');
  });
  test('a scope that is missing is named, and what there is', async () => {
    await start({ scopes: ['chat:write', 'commands'] });
    const { ops, secret } = workspace.channels;
    expect(await refusalOf(slack.conversations.history({ channel: ops }))).toMatchObject({
      error: 'missing_scope',
      needed: 'channels:history',
      provided: 'chat:write,commands',
    });
    expect(await refusalOf(slack.conversations.history({ channel: secret }))).toMatchObject({ needed: 'groups:history' });
  });
  test("the scopes are the manifest's, and in the headers of answers and refusals", async () => {
    for (const body of ['channel=C0OPS000001&text=a', 'channel=C0NOTHERE01&text=a']) {
      const { headers } = await fetch(`${workspace.apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { authorization: `Bearer ${workspace.botToken}`, 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
      expect(headers.get('x-oauth-scopes')?.split(',')).toEqual(expect.arrayContaining(['commands', 'chat:write', 'files:read']));
      expect(headers.get('x-accepted-oauth-scopes')).toBe('chat:write');
    }
  });
  test('no user groups on the free plan', async () => {
    await start({ scopes: ['usergroups:read'], freePlan: true });
    expect(await wordOf(slack.usergroups.list())).toBe('plan_upgrade_required');
    expect(await wordOf(slack.usergroups.users.list({ usergroup: 'S1' }))).toBe('plan_upgrade_required');
  });
});

describe('how it is called', () => {
  test('a token among form fields is taken, among JSON it is not', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const json = { 'content-type': 'application/json; charset=utf-8' };
    expect(await raw('auth.test', { headers: form, body: `token=${workspace.botToken}` })).toMatchObject({ ok: true });
    expect(await raw('auth.test', { headers: json, body: JSON.stringify({ token: workspace.botToken }) })).toEqual({
      ok: false,
      error: 'not_authed',
    });
    const bearer = { ...json, authorization: `Bearer ${workspace.botToken}` };
    const body = JSON.stringify({ channel: workspace.channels.ops, text: 'a', blocks: [{ type: 'divider' }] });
    expect(await raw('chat.postMessage', { headers: bearer, body })).toMatchObject({ ok: true });
    expect(workspace.calls.filter(({ args }) => 'token' in args)).toEqual([]);
  });
  test('broken bodies, and methods that are none', async () => {
    const json = { 'content-type': 'application/json', authorization: `Bearer ${workspace.botToken}` };
    expect(await raw('auth.test', { headers: json, body: '{' })).toEqual({ ok: false, error: 'invalid_json' });
    expect(await raw('auth.test', { headers: json, body: '[]' })).toEqual({ ok: false, error: 'json_not_object' });
    expect(await raw('auth.test', { headers: { ...json, 'content-type': 'text/plain' }, body: 'a' })).toEqual({
      ok: false,
      error: 'invalid_post_type',
    });
    expect(await raw('chat.shout', { headers: json, body: '{}' })).toEqual({
      ok: false,
      error: 'unknown_method',
      req_method: 'chat.shout',
    });
    expect(await raw('__proto__', { headers: json, body: '{}' })).toMatchObject({ error: 'unknown_method' });
  });
  test('an argument that is missing is named', async () => {
    expect(await refusalOf(slack.apiCall('chat.postMessage', { text: 'a' }))).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] missing required field: channel'] },
    });
  });
});

describe('where', () => {
  test('channels in which the bot is not, that are not there, or that are archived', async () => {
    const { lobby, hidden, archived, secret, ops } = workspace.channels;
    expect(await wordOf(post({ channel: lobby, text: 'a' }))).toBe('not_in_channel');
    expect(await wordOf(post({ channel: hidden, text: 'a' }))).toBe('channel_not_found');
    expect(await wordOf(post({ channel: 'C0NOTHERE01', text: 'a' }))).toBe('channel_not_found');
    expect(await wordOf(post({ channel: archived, text: 'a' }))).toBe('is_archived');
    expect(await post({ channel: secret, text: 'a' })).toMatchObject({ ok: true });
    expect(await post({ channel: '#ops', text: 'a' })).toMatchObject({ ok: true, channel: ops });
    expect(await wordOf(slack.conversations.history({ channel: lobby }))).toBe('not_in_channel');
  });
  test('chat:write.public opens public channels only; joining makes a member', async () => {
    await start({ scopes: ['chat:write', 'chat:write.public', 'channels:join'] });
    const { lobby, hidden } = workspace.channels;
    expect(await post({ channel: lobby, text: 'a' })).toMatchObject({ ok: true });
    expect(await wordOf(post({ channel: hidden, text: 'a' }))).toBe('channel_not_found');
    await start({ scopes: ['chat:write', 'channels:join'] });
    expect(await wordOf(post({ channel: lobby, text: 'a' }))).toBe('not_in_channel');
    await slack.conversations.join({ channel: lobby });
    expect(await post({ channel: lobby, text: 'a' })).toMatchObject({ ok: true });
  });
  test("a user's id is their direct messages", async () => {
    const { channel } = await slack.chat.postMessage({ channel: workspace.users.ana, text: 'a' });
    expect(channel).toMatch(/^D/);
  });
  test('what a channel and a person are', async () => {
    await start({ scopes: ['channels:read', 'users:read'] });
    const { shared, lobby } = workspace.channels;
    expect((await slack.conversations.info({ channel: shared })).channel).toMatchObject({ is_ext_shared: true, is_member: true });
    expect((await slack.conversations.info({ channel: lobby })).channel).toMatchObject({ is_member: false, is_archived: false });
    const { user } = await slack.users.info({ user: workspace.users.stranger });
    expect(user).toMatchObject({ is_stranger: true, team_id: 'T0OTHER0001' });
    expect(await wordOf(slack.users.info({ user: 'U0NOBODY001' }))).toBe('user_not_found');
  });
});

describe('what is said', () => {
  test('nothing at all, text only blank, blocks that are none', async () => {
    expect(await wordOf(post({}))).toBe('no_text');
    expect(await wordOf(post({ text: ' \n' }))).toBe('no_text');
    expect(await wordOf(post({ text: 'a', blocks: '[{' }))).toBe('invalid_blocks_format');
    expect(await wordOf(post({ text: 'a', blocks: { type: 'divider' } }))).toBe('invalid_blocks_format');
    expect(await wordOf(post({ text: 'a', markdown_text: 'b' }))).toBe('markdown_text_conflict');
  });
  test('invalid blocks: both arrays', async () => {
    const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'x'.repeat(3_001) } }];
    const refusal = await refusalOf(post({ text: 'a', blocks }));
    const problem = 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]';
    expect(refusal).toMatchObject({
      ...{ ok: false, error: 'invalid_blocks', errors: [problem] },
      response_metadata: { messages: [`[ERROR] ${problem}`] },
    });
    expect(workspace.messages(workspace.channels.ops)).toEqual([]);
  });
  test('more blocks than fit', async () => {
    const blocks = Array(5).fill({ type: 'section', text: { type: 'plain_text', text: 'x'.repeat(2_900) } });
    expect(await wordOf(post({ text: 'a', blocks }))).toBe('msg_blocks_too_long');
  });
  test('a long text is cut and said so; an edit counts bytes', async () => {
    const { ts, warning } = (await post({ text: 'ä'.repeat(40_001) })) as { ts?: string; warning?: string };
    expect(warning).toBe('message_truncated');
    expect(workspace.messages(workspace.channels.ops)[0]?.text).toHaveLength(40_000);
    const { ops } = workspace.channels;
    const update = (text: string) => slack.chat.update({ channel: ops, ts: ts ?? '', text });
    expect(await wordOf(update('ä'.repeat(2_001)))).toBe('msg_too_long');
    expect(await wordOf(update('ä'.repeat(2_000)))).toBe('nothing');
  });
  test('metadata has a form and a size', async () => {
    expect(await wordOf(post({ text: 'a', metadata: 'x' }))).toBe('invalid_metadata_format');
    expect(await wordOf(post({ text: 'a', metadata: { event_type: 'a' } }))).toBe('invalid_metadata_schema');
    const big = { event_type: 'a', event_payload: { key: 'x'.repeat(9_000) } };
    expect(await wordOf(post({ text: 'a', metadata: big }))).toBe('metadata_too_large');
  });
  test('time stamps are strings that rise', async () => {
    const stamps = await Promise.all(Array.from({ length: 50 }, async () => String((await post({ text: 'a' })).ts)));
    expect(stamps.every((ts) => /^\d{10}\.\d{6}$/.test(ts))).toBe(true);
    expect(new Set(stamps).size).toBe(50);
    expect(workspace.messages(workspace.channels.ops).map(({ ts }) => ts)).toEqual([...stamps].sort());
  });
});

describe('what was said', () => {
  const { divider } = { divider: { type: 'divider' } };

  test('an edit: text without blocks takes the blocks away, attachments and metadata stay', async () => {
    const { ops } = workspace.channels;
    const metadata = { event_type: 'a', event_payload: { key: '1' } };
    const { ts } = await post({ text: 'a', blocks: [divider], attachments: [{ text: 'b' }], metadata });
    await slack.chat.update({ channel: ops, ts: String(ts), text: 'c' });
    expect(workspace.messages(ops)).toEqual([
      expect.objectContaining({ ts, text: 'c', blocks: [], attachments: [{ text: 'b' }], metadata, edited: true }),
    ]);
  });
  test("only one's own is edited and deleted, and only what is there", async () => {
    const { ops } = workspace.channels;
    const { ts } = await workspace.say({ user: workspace.users.ana, channel: ops, text: 'hello' });
    expect(await wordOf(slack.chat.update({ channel: ops, ts, text: 'a' }))).toBe('cant_update_message');
    expect(await wordOf(slack.chat.delete({ channel: ops, ts }))).toBe('cant_delete_message');
    expect(await wordOf(slack.chat.update({ channel: ops, ts: '1.000000', text: 'a' }))).toBe('message_not_found');
    const own = await post({ text: 'a' });
    expect(await wordOf(slack.chat.delete({ channel: ops, ts: String(own.ts) }))).toBe('nothing');
    expect(workspace.messages(ops).map(({ text }) => text)).toEqual(['hello']);
  });
  test('what one person sees is in no history and cannot be edited', async () => {
    const { ops } = workspace.channels;
    const { ana, stranger } = workspace.users;
    const { message_ts: ts } = await slack.chat.postEphemeral({ channel: ops, user: ana, text: 'psst' });
    expect((await slack.conversations.history({ channel: ops })).messages).toEqual([]);
    expect(await wordOf(slack.chat.update({ channel: ops, ts: ts ?? '', text: 'a' }))).toBe('message_not_found');
    expect(await wordOf(slack.chat.getPermalink({ channel: ops, message_ts: ts ?? '' }))).toBe('message_not_found');
    expect(await wordOf(slack.chat.postEphemeral({ channel: ops, user: stranger, text: 'a' }))).toBe('user_not_in_channel');
    expect(workspace.ephemerals(ana).map(({ text }) => text)).toEqual(['psst']);
    expect(workspace.messages(ops)).toEqual([]);
  });
  test('history: newest first, roots only, pages, a window, metadata when asked for', async () => {
    const { ops } = workspace.channels;
    const metadata = { event_type: 'a', event_payload: { key: '1' } };
    const [a, b, c] = [await post({ text: 'a', metadata }), await post({ text: 'b' }), await post({ text: 'c' })];
    await post({ text: 'reply', thread_ts: a.ts });
    const texts = async (more: object) => {
      const { messages, response_metadata } = await slack.conversations.history({ channel: ops, ...more });
      return [messages?.map(({ text }) => text).join(''), response_metadata?.next_cursor ?? ''] as const;
    };
    expect(await texts({})).toEqual(['cba', '']);
    const [first, cursor] = await texts({ limit: 2 });
    expect([first, await texts({ limit: 2, cursor })]).toEqual(['cb', ['a', '']]);
    expect(await wordOf(slack.conversations.history({ channel: ops, cursor: 'x' }))).toBe('invalid_cursor');
    expect(await texts({ oldest: a.ts, latest: c.ts })).toEqual(['b', '']);
    expect(await texts({ oldest: a.ts, latest: b.ts, inclusive: true })).toEqual(['ba', '']);
    const [, , plain] = (await slack.conversations.history({ channel: ops })).messages ?? [];
    const [, , full] = (await slack.conversations.history({ channel: ops, include_all_metadata: true })).messages ?? [];
    expect([plain?.metadata, full?.metadata, full?.bot_id]).toEqual([undefined, metadata, workspace.botId]);
  });
  test('threads: root first; a root that is not there, or that is a reply itself', async () => {
    const { ops } = workspace.channels;
    const root = await post({ text: 'root' });
    const reply = await post({ text: 'reply', thread_ts: root.ts });
    const { messages } = await slack.conversations.replies({ channel: ops, ts: String(root.ts) });
    expect(messages?.map(({ text, thread_ts }) => [text, thread_ts])).toEqual([
      ['root', root.ts],
      ['reply', root.ts],
    ]);
    expect(await wordOf(slack.conversations.replies({ channel: ops, ts: '1700000000.000000' }))).toBe('thread_not_found');
    expect(await wordOf(post({ text: 'a', thread_ts: '1700000000.000000' }))).toBe('cannot_reply_to_message');
    expect(await wordOf(post({ text: 'a', thread_ts: reply.ts }))).toBe('cannot_reply_to_message');
  });
  test('reactions', async () => {
    await start({ scopes: ['chat:write', 'reactions:write'] });
    const { ops: channel } = workspace.channels;
    const { ts } = await post({ text: 'a' });
    const eyes = { channel, timestamp: String(ts), name: 'eyes' };
    expect(await wordOf(slack.reactions.add(eyes))).toBe('nothing');
    expect(await wordOf(slack.reactions.add(eyes))).toBe('already_reacted');
    expect(await wordOf(slack.reactions.remove(eyes))).toBe('nothing');
    expect(await wordOf(slack.reactions.remove(eyes))).toBe('no_reaction');
    expect(await wordOf(slack.reactions.add({ ...eyes, name: 'Eyes!' }))).toBe('invalid_name');
    expect(await wordOf(slack.reactions.add({ ...eyes, timestamp: '1' }))).toBe('bad_timestamp');
  });
});

describe('calls to many are kept count of', () => {
  const rich = (element: object) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [element] }] });
  const section = (type: string, text: string) => ({ type: 'section', text: { type, text } });
  test.each([
    [{ text: '<!here> a' }, ['<!here>']],
    [{ text: 'a', blocks: [section('mrkdwn', 'b <!channel|x> <!subteam^S1|ops>')] }, ['<!channel|x>', '<!subteam^S1|ops>']],
    [{ text: 'a', blocks: [rich({ type: 'broadcast', range: 'everyone' })] }, ['<!everyone>']],
    [{ text: '@here', link_names: true }, ['<!here>']],
    [{ text: 'a', attachments: [{ text: '<!here>' }] }, ['<!here>']],
    [{ text: '&lt;!here&gt; @here', blocks: [section('plain_text', '<!here>'), rich({ type: 'text', text: '<!here>' })] }, []],
  ])('%j', async (message, mentions) => {
    await post(message);
    expect(workspace.broadcasts.map(({ mention }) => mention)).toEqual(mentions);
  });
});

test('blocks.validate says the same as a post, as data and without a token', async () => {
  const blocks = [{ type: 'section', text: { type: 'plain_text', text: '' } }];
  expect(await refusalOf(clientOf(workspace, '').apiCall('blocks.validate', { blocks }))).toMatchObject({
    error: 'invalid_blocks',
    errors: [{ code: 'failed_constraint', message: 'must be more than 0 characters', pointer: '/0/text/text' }],
  });
  expect(await clientOf(workspace, '').apiCall('blocks.validate', { blocks: [{ type: 'divider' }] })).toMatchObject({ ok: true });
});

test('the rest of what there is: lists, members, permalinks, a status', async () => {
  await start({ scopes: ['channels:read', 'groups:read', 'users:read', 'chat:write', 'im:write'] });
  const { channels, users } = workspace;
  const names = async (types: string) => (await slack.conversations.list({ types })).channels?.map(({ name }) => name);
  expect(await names('public_channel')).toEqual(['ops', 'random', 'lobby', 'old-ops', 'partner']);
  expect(await names('private_channel')).toEqual(['secret']);
  expect((await slack.conversations.members({ channel: channels.shared })).members).toContain(users.stranger);
  expect((await slack.users.list({})).members?.find(({ id }) => id === users.gone)?.deleted).toBe(true);
  expect((await slack.conversations.open({ users: users.ana })).channel?.id).toMatch(/^D/);
  const { ts } = await post({ text: 'a' });
  const { permalink } = await slack.chat.getPermalink({ channel: channels.ops, message_ts: String(ts) });
  expect(permalink).toContain(`/archives/${channels.ops}/p${ts?.replace('.', '')}`);
  const status = (thread_ts: string) =>
    slack.apiCall('assistant.threads.setStatus', { channel_id: channels.ops, thread_ts, status: 'is looking' });
  expect([await wordOf(status(String(ts))), await wordOf(status('1.0'))]).toEqual(['nothing', 'invalid_thread_ts']);
});
