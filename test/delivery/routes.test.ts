import { describe, expect, test } from '@jest/globals';
import type { Chart } from '../../src/model/chart.js';
import type { Target } from '../../src/model/message.js';
import { makeUndelivered } from '../../src/store/undelivered.js';
import { BLOCK, said } from './harness.js';
import { useStage } from './stage.js';

const { slack, start } = await useStage();
const word = (method: string, error: string, times = 99) => slack.fault({ method, kind: 'word', word: error, times });
const visible = () => slack.messages.map((one) => one.text);
const toOps: Target = { kind: 'channel', channel: 'C1' };
const chart: Chart = {
  title: 'api-svc',
  altText: 'memory rises',
  config: { type: 'line', data: { labels: [], datasets: [] }, options: {} },
};
const buttons = { type: 'actions', elements: [{ type: 'button', action_id: 'ack' }] };

test('not a member: the card goes through the response URL, in the channel, with the invitation, and is edited there', async () => {
  const { outbox, replies, settle } = await start();
  const replyId = await replies.put({ url: slack.replyUrl, replaces: true });
  word('chat.postMessage', 'not_in_channel');
  await outbox.say('a', { ...toOps, replyId, user: 'U2' }, said('sampling…'), chart);
  await settle('C1');
  expect(slack.messages).toEqual([expect.objectContaining({ text: 'sampling…', response_type: 'in_channel', reply: true })]);
  expect(JSON.stringify(slack.messages[0]?.blocks)).toContain('/invite @leakwatch');
  await outbox.attachChart('a', 1, 'F0000000001');
  expect((await outbox.get('a'))?.version).toBe(1);
  await outbox.say('a', { ...toOps, replyId, user: 'U2' }, said('leaking'), chart);
  await settle('C1');
  expect(visible()).toEqual(['leaking']);
  expect(slack.callsOf('chat.postMessage')).toHaveLength(1);
});

test('not a member and nobody asked: the message ends and is counted', async () => {
  const { outbox, settle } = await start();
  word('chat.postMessage', 'channel_not_found');
  await outbox.say('a', toOps, said('alert'));
  await settle('C1');
  expect(await outbox.get('a')).toMatchObject({ state: 'failed', error: 'channel_not_found' });
  expect(await outbox.failures(0)).toEqual([
    expect.objectContaining({ key: 'a', error: 'channel_not_found', channel: expect.stringMatching(/^C/) }),
  ]);
  expect(slack.callsOf('chat.postMessage')).toHaveLength(1);
});

describe('a channel that does not take what nobody asked for', () => {
  const fallbackChannel = 'C0OPS';
  const toTeam = { kind: 'channel', channel: '#te<am' } as const;
  const inTeam = (args: Record<string, string>) => args.channel === '#te<am';
  const shut = (error: string) => slack.fault({ method: 'chat.postMessage', kind: 'word', word: error, times: 99, when: inTeam });

  for (const error of ['not_in_channel', 'channel_not_found', 'is_archived', 'restricted_action', 'some_new_error']) {
    test(`${error}: said in LEAKWATCH_CHANNEL, once, with whose it was; edited there`, async () => {
      const { outbox, settle, asked } = await start({ fallbackChannel });
      shut(error);
      await outbox.say('a', toTeam, said('api-svc is leaking'));
      await settle('#te<am');
      expect(asked.at(-1)).toMatchObject({ name: 'deliver', payload: { channel: 'C0OPS' } });
      expect(visible()).toEqual([]);
      await settle('C0OPS');
      await outbox.say('a', toTeam, said('api-svc is leaking faster'));
      await settle('C0OPS');
      expect(slack.messages).toEqual([expect.objectContaining({ text: 'api-svc is leaking faster', channel: 'C0OPS' })]);
      const blocks = JSON.stringify(slack.messages[0]?.blocks);
      expect(blocks).toContain(`Meant for #te&lt;am, where Slack does not let me post (\`${error}\`)`);
      expect(await outbox.get('a')).toMatchObject({ state: 'sent', postedChannel: 'C0OPS' });
      expect(await outbox.pendingChannels()).toEqual([]);
    });
  }

  for (const error of ['is_archived', 'not_in_channel']) {
    test(`${error}, since the root was said there: what is new is said in LEAKWATCH_CHANNEL, and edited there`, async () => {
      const { outbox, settle } = await start({ fallbackChannel });
      await outbox.say('a', toTeam, said('api-svc is leaking'));
      await settle('#te<am');
      word('chat.update', error, 1);
      await outbox.say('a', toTeam, said('api-svc: out of memory in 1 h'));
      await settle('#te<am');
      await settle('C0OPS');
      await outbox.say('a', toTeam, said('api-svc: fixed'));
      await settle('C0OPS');
      expect(visible()).toEqual(['api-svc is leaking', 'api-svc: fixed']);
      expect(slack.messages[1]).toMatchObject({ channel: 'C0OPS' });
      expect(JSON.stringify(slack.messages[1]?.blocks)).toContain(
        `Meant for #te&lt;am, where Slack does not let me post (\`${error}\`)`,
      );
      expect(JSON.stringify(slack.messages[1]?.blocks)).not.toContain('late');
      expect(await outbox.get('a')).toMatchObject({ state: 'sent', postedChannel: 'C0OPS', ts: slack.messages[1]?.ts });
    });
  }

  test('the root is not ours any more (the app was installed anew): one fresh root in its place', async () => {
    const { outbox, settle } = await start({ fallbackChannel });
    await outbox.say('a', toOps, said('api-svc is leaking'));
    await settle('C1');
    word('chat.update', 'cant_update_message', 1);
    for (const text of ['worse', 'fixed']) {
      await outbox.say('a', toOps, said(text));
      await settle('C1');
    }
    expect(visible()).toEqual(['api-svc is leaking', 'fixed']);
    expect(JSON.stringify(slack.messages[1]?.blocks)).not.toMatch(/Meant for|late/);
    expect(slack.messages[1]).toMatchObject({ channel: 'C1' });
  });

  test('nor does that one: it ends there, and is counted', async () => {
    const { outbox, settle } = await start({ fallbackChannel });
    word('chat.postMessage', 'is_archived');
    await outbox.say('a', toTeam, said('alert'));
    await settle('#te<am');
    await settle('C0OPS');
    expect(slack.callsOf('chat.postMessage').map(({ args }) => args.channel)).toEqual(['#te<am', 'C0OPS']);
    expect(await outbox.failures(0)).toEqual([expect.objectContaining({ key: 'a', error: 'is_archived', channel: 'C0OPS' })]);
  });

  test('an answer to somebody, and what belongs into a thread, go nowhere else', async () => {
    const { outbox, settle } = await start({ fallbackChannel });
    shut('not_in_channel');
    await outbox.say('a', { ...toTeam, user: 'U2' }, said('leaking'));
    await outbox.say('b', { ...toTeam, threadTs: '1.000001' }, said('evidence'));
    await settle('#te<am');
    expect(slack.callsOf('chat.postMessage').filter(({ args }) => args.channel === 'C0OPS')).toEqual([]);
    expect(await outbox.failures(0)).toHaveLength(2);
  });
});

for (const error of ['is_archived', 'restricted_action_thread_locked', 'app_access_restricted']) {
  test(`${error}: one request, no retry, and the one who asked is told once`, async () => {
    const { outbox, replies, settle } = await start();
    word('chat.postMessage', error);
    const target = { ...toOps, replyId: await replies.put({ url: slack.replyUrl, replaces: true }), user: 'U2' };
    await outbox.say('a', target, said('leaking'));
    await settle('C1');
    await outbox.say('a', target, said('leaking faster'));
    await settle('C1');
    expect(slack.callsOf('chat.postMessage')).toHaveLength(2);
    expect(visible()).toEqual([expect.stringContaining('I could not show my answer')]);
    expect(slack.messages[0]).toMatchObject({ response_type: 'ephemeral' });
    expect(await outbox.failures(0)).toHaveLength(1);
  });
}

test('an unknown word is tried again, but not for ever', async () => {
  const { outbox, settle } = await start();
  word('chat.postMessage', 'some_new_error');
  await outbox.say('a', { ...toOps, user: 'U2' }, said('leaking'));
  await settle('C1');
  expect(slack.callsOf('chat.postMessage')).toHaveLength(3);
  expect(visible()).toEqual([expect.stringContaining('`some_new_error`')]);
});

test('a refused token: nothing is thrown away, nothing else is sent, the log says whose turn it is', async () => {
  const { outbox, drain, settle, redis } = await start({ limits: { tokenPauseMs: 150 } });
  const undelivered = makeUndelivered(redis);
  word('chat.postMessage', 'token_revoked', 1);
  await outbox.say('a', toOps, said('alert'));
  await outbox.say('b', { ...toOps, channel: 'C2' }, said('another'));
  await drain('C1');
  await drain('C2');
  expect(slack.callsOf('chat.postMessage')).toHaveLength(1);
  expect(await undelivered()).toEqual({ waiting: 2, sinceMs: (await outbox.get('a'))?.createdAtMs, refused: true });
  await settle('C1');
  await settle('C2');
  expect(visible()).toEqual(['alert', 'another']);
  // An edit that waits is no silence: its message is there.
  await outbox.say('a', toOps, said('alert, worse'));
  expect(await undelivered()).toEqual({ waiting: 0, sinceMs: null, refused: false });
});

test('a deleted message is not posted again, nor is anybody told', async () => {
  const { outbox, settle } = await start();
  await outbox.say('a', { ...toOps, user: 'U2' }, said('alert'));
  await settle('C1');
  slack.messages.length = 0;
  await outbox.say('a', { ...toOps, user: 'U2' }, said('worse'));
  await settle('C1');
  expect(visible()).toEqual([]);
  expect(await outbox.get('a')).toMatchObject({ state: 'failed', error: expect.stringContaining('deleted') });
});

test('the picture comes before the buttons; a file that Slack refuses is dropped and said, the text stays', async () => {
  const { outbox, settle } = await start();
  await outbox.say('a', toOps, { text: 'leaking', blocks: [BLOCK('leaking'), buttons] }, chart);
  await settle('C1');
  await outbox.attachChart('a', 1, 'F0000000001');
  await settle('C1');
  expect(slack.messages[0]?.blocks.map((block) => block.type)).toEqual(['section', 'image', 'actions']);
  expect(slack.messages[0]?.blocks[1]).toEqual({ type: 'image', slack_file: { id: 'F0000000001' }, alt_text: 'memory rises' });
  word('chat.update', 'invalid_blocks', 1);
  await outbox.say('a', toOps, { text: 'worse', blocks: [BLOCK('worse'), buttons] }, chart);
  await settle('C1');
  expect(slack.messages).toHaveLength(1);
  expect(slack.messages[0]?.blocks.map((block) => block.type)).toEqual(['section', 'context', 'actions']);
});

test('blocks that Slack does not take: once more as plain text, then the end', async () => {
  const { outbox, settle } = await start();
  slack.fault({ method: 'chat.postMessage', kind: 'word', word: 'invalid_blocks', when: (args) => args.blocks !== '[]' });
  await outbox.say('a', toOps, said('leaking'));
  await settle('C1');
  expect(slack.messages).toEqual([expect.objectContaining({ text: 'leaking', blocks: [] })]);
  word('chat.postMessage', 'msg_too_long');
  await outbox.say('b', { ...toOps, user: 'U2' }, said('long'));
  await settle('C1');
  expect(await outbox.get('b')).toMatchObject({ state: 'failed', error: 'msg_too_long' });
});

test('a private answer with a response URL is edited in its place; five uses are the end, then an ephemeral', async () => {
  const { outbox, replies, settle } = await start();
  const target: Target = {
    kind: 'person',
    channel: 'C1',
    user: 'U2',
    replyId: await replies.put({ url: slack.replyUrl, replaces: true }),
  };
  for (let n = 1; n <= 6; n += 1) {
    await outbox.say('a', target, said(`v${n}`));
    await settle('C1');
  }
  expect(visible()).toEqual(['v5', 'v6']);
  expect(slack.messages[0]).toMatchObject({ response_type: 'ephemeral' });
  expect(slack.messages[1]).toMatchObject({ ephemeral: true, user: 'U2' });
});

test('a private answer without one is an ephemeral; after an unknown outcome it is said once more, marked, and left at that', async () => {
  const { outbox, settle } = await start();
  slack.fault({ method: 'chat.postEphemeral', kind: 'timeout', after: true, times: 9 });
  await outbox.say('a', { kind: 'person', channel: 'C1', user: 'U2' }, said('leaking'));
  await settle('C1');
  expect(visible()).toEqual(['leaking', 'leaking']);
  expect(JSON.stringify(slack.messages[1]?.blocks)).toContain('May be a repeat');
  expect(await outbox.get('a')).toMatchObject({ state: 'sent' });
});

for (const [status, expected] of [['used_url', 'ephemeral'] as const, ['expired_url', 'ephemeral'] as const]) {
  test(`${status}: the private answer is shown as an ${expected} instead`, async () => {
    const { outbox, replies, settle } = await start();
    slack.fault({ method: 'reply/1', kind: 'word', word: status });
    await outbox.say(
      'a',
      { kind: 'person', channel: 'C1', user: 'U2', replyId: await replies.put({ url: slack.replyUrl, replaces: true }) },
      said('leaking'),
    );
    await settle('C1');
    expect(slack.messages).toEqual([expect.objectContaining({ text: 'leaking', ephemeral: true })]);
  });
}

test('a command’s URL replaces nothing: the picture comes alone, other words come whole', async () => {
  const { outbox, replies, settle } = await start();
  const replyId = await replies.put({ url: slack.replyUrl, replaces: false });
  const target: Target = { kind: 'person', channel: 'C1', user: 'U2', replyId };
  await outbox.say('a', target, said('leaking'), chart);
  await settle('C1');
  await outbox.attachChart('a', 1, 'F0000000001');
  await settle('C1');
  await outbox.say('a', target, said('fixed'), chart);
  await settle('C1');
  expect(visible()).toEqual(['leaking', 'memory rises', 'fixed']);
  expect(slack.messages[1]?.blocks).toEqual([{ type: 'image', slack_file: { id: 'F0000000001' }, alt_text: 'memory rises' }]);
  expect(slack.messages[2]?.blocks.map((block) => block.type)).toEqual(['section', 'image']);
});

test('an ephemeral without a URL: its picture comes alone, too', async () => {
  const { outbox, settle } = await start();
  await outbox.say('a', { kind: 'person', channel: 'C1', user: 'U2' }, said('leaking'), chart);
  await settle('C1');
  await outbox.attachChart('a', 1, 'F0000000001');
  await settle('C1');
  expect(visible()).toEqual(['leaking', 'memory rises']);
});
