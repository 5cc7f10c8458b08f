import { expect, test } from '@jest/globals';
import { freePort } from '../support/parts/process.js';
import { said } from './harness.js';
import type { Fault } from './slack-server.js';
import { useStage } from './stage.js';

const { slack, start } = await useStage();
const toOps = { kind: 'channel', channel: 'C1' } as const;

const UNKNOWN: Omit<Fault, 'method'>[] = [
  { kind: 'http500' },
  { kind: 'timeout' },
  { kind: 'reset' },
  { kind: 'html' },
  { kind: 'nothing' },
  { kind: 'cut' },
  { kind: 'word', word: 'fatal_error' },
];
for (const fault of UNKNOWN.flatMap((one) => [
  { ...one, after: true },
  { ...one, after: false },
])) {
  test(`${fault.kind} ${fault.after ? 'after' : 'before'} Slack stored the message: one message, with its latest text`, async () => {
    const { outbox, settle, drain } = await start();
    slack.fault({ ...fault, method: 'chat.postMessage' });
    await outbox.say('a', toOps, said('api-svc is leaking'));
    await drain('C1');
    await outbox.say('a', toOps, said('api-svc is leaking faster'));
    await settle('C1');
    expect(slack.messages.map((one) => one.text)).toEqual(['api-svc is leaking faster']);
    const entry = await outbox.get('a');
    expect(entry).toMatchObject({ state: 'sent', sentVersion: 2, ts: slack.messages[0]?.ts });
  });
}

test('in a channel that is configured by its name: looked for under the id that Slack named before, and edited there', async () => {
  const named = { kind: 'channel', channel: '#ops' } as const;
  const { outbox, settle, drain } = await start();
  slack.ids.set('#ops', 'C0OPS');
  await outbox.say('first', named, said('cart is leaking'));
  await settle('#ops');
  slack.fault({ method: 'chat.postMessage', kind: 'timeout', after: true });
  await outbox.say('a', named, said('api-svc is leaking'));
  await drain('#ops');
  await outbox.say('a', named, said('api-svc is leaking faster'));
  await settle('#ops');
  expect(slack.messages.map((one) => one.text)).toEqual(['cart is leaking', 'api-svc is leaking faster']);
  expect(await outbox.get('a')).toMatchObject({ state: 'sent', postedChannel: 'C0OPS', sentVersion: 2 });
});

test('a reply in a thread is looked for in its thread', async () => {
  const { outbox, settle } = await start();
  slack.fault({ method: 'chat.postMessage', kind: 'timeout', after: true });
  await outbox.say('a', { ...toOps, threadTs: '1700000000.000001' }, said('in the thread'));
  await settle('C1');
  expect(slack.messages).toHaveLength(1);
  expect(slack.callsOf('conversations.replies').length).toBeGreaterThan(0);
  expect(slack.callsOf('conversations.history')).toHaveLength(0);
});

test('a message of another bot with our key does not count', async () => {
  const { outbox, settle } = await start();
  const metadata = { event_type: 'leakwatch_message', event_payload: { key: 'a', v: 1 } };
  const ts = `${(Date.now() / 1000).toFixed(6)}`;
  slack.messages.push({ channel: 'C1', ts, text: 'fake', blocks: [], bot_id: 'B2', metadata });
  slack.fault({ method: 'chat.postMessage', kind: 'http500' });
  await outbox.say('a', toOps, said('real'));
  await settle('C1');
  expect(slack.messages.map((one) => one.text)).toEqual(['fake', 'real']);
});

test('without the history scope: 60 s of silence, then a repeat that says so; others are not held up', async () => {
  const { outbox, settle } = await start({ limits: { repeatAfterMs: 2_000 } });
  slack.fault({ method: 'chat.postMessage', kind: 'timeout', after: true });
  slack.fault({ method: 'conversations.history', kind: 'word', word: 'missing_scope', times: 99 });
  const from = Date.now();
  await outbox.say('a', toOps, said('first'));
  await outbox.say('b', toOps, said('second'));
  await settle('C1');
  expect(slack.messages.map((one) => one.text)).toEqual(['first', 'second', 'first']);
  expect(JSON.stringify(slack.messages[0]?.blocks)).not.toContain('repeat');
  expect(JSON.stringify(slack.messages[2]?.blocks)).toContain('May be a repeat');
  expect(Date.now() - from).toBeGreaterThan(2_000);
  expect(slack.callsOf('conversations.history')).toHaveLength(1);
});

test('a history that Slack keeps putting off (429): looked for as long as that may help, then a repeat that says so', async () => {
  const { outbox, settle } = await start({ limits: { lookUpMs: 700 } });
  slack.fault({ method: 'chat.postMessage', kind: 'http500' });
  slack.fault({ method: 'conversations.history', kind: 'limited', retryAfter: '0.1', times: 999 });
  await outbox.say('a', toOps, said('alert'));
  await settle('C1');
  expect(slack.callsOf('conversations.history').length).toBeGreaterThan(3);
  const [first, second] = slack.callsOf('chat.postMessage');
  expect(Number(second?.atMs) - Number(first?.atMs)).toBeGreaterThanOrEqual(700);
  expect(slack.messages).toEqual([expect.objectContaining({ text: 'alert' })]);
  expect(JSON.stringify(slack.messages[0]?.blocks)).toContain('May be a repeat');
});

test('a Slack that does not know the history at all: said again after the silence, not never', async () => {
  const { outbox, settle } = await start();
  slack.fault({ method: 'chat.postMessage', kind: 'http500' });
  slack.fault({ method: 'conversations.history', kind: 'http404', times: 99 });
  await outbox.say('a', toOps, said('hello'));
  await settle('C1');
  expect(slack.messages.map((one) => one.text)).toEqual(['hello']);
  expect(slack.callsOf('conversations.history')).toHaveLength(1);
});

test('where Slack names no bot, its user tells which messages are ours', async () => {
  const { outbox, settle } = await start();
  slack.me.bot_id = undefined;
  slack.fault({ method: 'chat.postMessage', kind: 'timeout', after: true });
  await outbox.say('a', toOps, said('hello'));
  await settle('C1');
  expect(slack.messages.map((one) => one.text)).toEqual(['hello']);
});

test('a refused connection was surely not sent: it is posted later without a look at the history', async () => {
  const { outbox, drain, settle } = await start();
  const dead = await start({}, `http://127.0.0.1:${await freePort()}/api/`);
  await outbox.say('a', toOps, said('hello'));
  await dead.drain('C1');
  expect(await outbox.get('a')).toMatchObject({ state: 'pending', tries: 1 });
  await drain('C1');
  await settle('C1');
  expect(slack.messages).toHaveLength(1);
  expect(slack.callsOf('conversations.history')).toHaveLength(0);
});

for (const [retryAfter, expected] of [['1', 1_000] as const, ['abc', 30_000] as const, [undefined, 30_000] as const]) {
  test(`429 with Retry-After ${retryAfter}: that channel rests as long, another does not`, async () => {
    const { outbox, drain, settle, budget } = await start();
    slack.fault({ method: 'chat.postMessage', kind: 'limited', ...(retryAfter ? { retryAfter } : {}) });
    const from = Date.now();
    await outbox.say('a', toOps, said('one'));
    await drain('C1');
    await outbox.say('b', { ...toOps, channel: 'C2' }, said('other channel'));
    await settle('C2');
    expect(slack.messages.map((one) => one.text)).toEqual(['other channel']);
    expect(Date.now() - from).toBeLessThan(900);
    if (expected > 1_000) {
      const left = await budget.pausedMs('C1');
      return expect(left).toBeGreaterThan(28_000);
    }
    await settle('C1');
    expect(slack.messages).toHaveLength(2);
    const [first, , third] = slack.callsOf('chat.postMessage');
    expect((third?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
}

test('twenty messages arrive in the order they were said, through failures of every kind', async () => {
  const { outbox, settle } = await start();
  for (const kind of ['http500', 'limited', 'timeout'] as const) {
    const when = (args: Record<string, string>) => /[37]$/.test(args.text ?? '');
    slack.fault({ method: 'chat.postMessage', kind, after: kind !== 'limited', retryAfter: '0.1', when });
  }
  const texts = Array.from({ length: 20 }, (_, n) => `message ${n}`);
  for (const [n, text] of texts.entries()) await outbox.say(`k${n}`, toOps, said(text));
  await settle('C1', 15_000);
  expect(slack.messages.map((one) => one.text)).toEqual(texts);
});

test('Slack could not be reached for two hours: what comes then has its last text, and says how late it is, also when it is edited', async () => {
  const { outbox, settle, redis, drain } = await start();
  slack.fault({ method: 'chat.postMessage', kind: 'limited', retryAfter: '0.1' });
  await outbox.say('a', toOps, said('api-svc is leaking'));
  await outbox.say('b', toOps, said('cart is leaking'));
  await drain('C1');
  const [name] = await redis.keys('*outbox:a');
  await redis.hincrby(String(name), 'createdAtMs', -125 * 60_000);
  await outbox.say('a', toOps, said('api-svc is leaking faster'));
  await settle('C1');
  await outbox.say('a', toOps, said('api-svc is fixed'));
  await settle('C1');
  expect(slack.messages.map(({ text }) => text)).toEqual(['api-svc is fixed', 'cart is leaking']);
  const [late, inTime] = slack.messages.map(({ blocks }) => JSON.stringify(blocks));
  expect(late).toContain('Said 2 h late: it could not be posted before.');
  expect(inTime).not.toContain('late');
});

test('posts of a channel are about a second apart, over all workers', async () => {
  const options = { budget: { postSpacingMs: 200 } };
  const [one, two] = [await start(options), await start(options)];
  for (const key of ['a', 'b', 'c', 'd']) await one.outbox.say(key, toOps, said(key));
  await Promise.all([one.settle('C1'), two.settle('C1')]);
  expect(slack.messages).toHaveLength(4);
  const times = slack.callsOf('chat.postMessage').map((call) => call.atMs);
  for (const [n, at] of times.slice(1).entries()) expect(at - (times[n] ?? 0)).toBeGreaterThanOrEqual(150);
});

test('updates share the budget; what is behind it is the latest state when its turn comes', async () => {
  const { outbox, settle, drain } = await start({ budget: { updateBurst: 2, updatesPerMinute: 120 } });
  await outbox.say('a', toOps, said('v1'));
  await settle('C1');
  for (let n = 2; n <= 12; n += 1) {
    await outbox.say('a', toOps, said(`v${n}`));
    await drain('C1');
  }
  await settle('C1');
  expect(slack.messages.map((one) => one.text)).toEqual(['v12']);
  expect(slack.callsOf('chat.update').length).toBeLessThanOrEqual(6);
  await outbox.say('new', toOps, said('a post does not wait for the update budget'));
  await drain('C1');
  expect(slack.messages).toHaveLength(2);
});

test('an edit that Slack refuses with an unknown word is given up after some tries; the edits behind it come through', async () => {
  const { outbox, settle } = await start();
  for (const key of ['poison', 'fine']) await outbox.say(key, toOps, said(`${key} v1`));
  await outbox.say('elsewhere', { ...toOps, channel: 'C2' }, said('elsewhere v1'));
  for (const channel of ['C1', 'C2']) await settle(channel);
  const when = ({ text }: Record<string, string>) => text?.startsWith('poison') ?? false;
  slack.fault({ method: 'chat.update', kind: 'word', word: 'some_new_word', times: 1_000, when });
  for (const key of ['poison', 'fine']) await outbox.say(key, toOps, said(`${key} v2`));
  await outbox.say('elsewhere', { ...toOps, channel: 'C2' }, said('elsewhere v2'));
  for (const channel of ['C1', 'C2']) await settle(channel);
  expect(slack.messages.map(({ text }) => text)).toEqual(['poison v1', 'fine v2', 'elsewhere v2']);
  expect(await outbox.get('poison')).toMatchObject({ state: 'failed', error: 'some_new_word' });
  // A newer version is a new attempt.
  await outbox.say('poison', toOps, said('mended'));
  await settle('C1');
  expect(slack.messages[0]?.text).toBe('mended');
});

test('a root that is kept lives for 90 days, and no change makes that shorter; what is not kept lives for a week', async () => {
  const { outbox, settle, redis } = await start();
  const DAY_MS = 24 * 3_600_000;
  const daysLeft = async () => {
    const lives = await Promise.all((await redis.keys('leakwatch:v1:outbox:*')).map((name) => redis.pttl(name)));
    return lives.map((ms) => Math.ceil(ms / DAY_MS)).sort((a, b) => a - b);
  };
  for (const key of ['root', 'evidence']) await outbox.say(key, toOps, said(key));
  await settle('C1');
  expect(await daysLeft()).toEqual([7, 7]);
  await outbox.keep('root');
  await outbox.say('root', toOps, said('root, closed'));
  await settle('C1');
  expect(await daysLeft()).toEqual([7, 90]);
});
