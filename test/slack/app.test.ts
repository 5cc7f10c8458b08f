import { afterEach, expect, jest, test } from '@jest/globals';
import type { App, Receiver, ReceiverEvent } from '@slack/bolt';
import { pino } from 'pino';
import type { Replica } from '../../src/model/replica.js';
import { makeApp } from '../../src/slack/app.js';
import { encodeChoice } from '../../src/slack/choice.js';
import { slackLogger } from '../../src/slack/slack-logger.js';
import { replica } from '../support/fleet.js';
import { slackContext } from '../support/slack-context.js';

const API = 'http://127.0.0.1:9/api/';
const fleet: Replica[] = [replica('shop/api-svc')];

/** The app with a receiver played by hand: what Slack sends in, what is enqueued and acknowledged out. */
async function started(over: Parameters<typeof slackContext>[1] = {}) {
  const world = slackContext(fleet, over);
  let app: App | undefined;
  const receiver: Receiver = {
    init(made) {
      app = made;
    },
    start: async () => {},
    stop: async () => {},
  };
  const logger = slackLogger(pino({ level: 'silent' }));
  const identity = () => ({ teamId: 'T1', botUserId: 'U0BOT', botId: '' });
  await makeApp({
    ...{ receiver, botToken: 'xoxb-1', slackApiUrl: API, identity, context: world.context, logger },
    nowMs: () => 1_700_000_000_000,
  });
  const acks: unknown[] = [];
  const send = async (body: object) => {
    await app?.processEvent({ body, ack: async (words) => void acks.push(words) } as ReceiverEvent);
  };
  return { ...world, acks, send };
}

const mention = (event: object, over: object = {}) => ({
  ...{ type: 'event_callback', team_id: 'T1', event_id: 'Ev1' },
  event: { type: 'app_mention', user: 'U1', text: '<@U0BOT> check api-svc', ts: '1.1', channel: 'C1', ...event },
  ...over,
});
const button = { type: 'button', action_id: 'check_service_0', value: encodeChoice({ serviceId: 'shop/api-svc' }) };
const click = (over: object) => ({
  ...{ type: 'block_actions', team: { id: 'T1' }, channel: { id: 'C1' }, actions: [button] },
  ...over,
});

let world: Awaited<ReturnType<typeof started>>;
afterEach(() => expect(world.urls).toEqual([]));

test('words before the bot’s name are not for it', async () => {
  world = await started();
  await world.send(mention({ text: 'hm, <@U0BOT> check api-svc' }));
  expect(world.enqueued.map(({ name }) => name)).toEqual(['check']);
});

test.each([
  ['with a user', { user: 'U2', bot_id: 'B2' }],
  ['without one', { user: undefined, bot_id: 'B2', subtype: 'bot_message' }],
])('another bot that mentions the bot, %s, is not answered', async (_, event) => {
  world = await started();
  await world.send(mention(event));
  expect([world.enqueued, world.said]).toEqual([[], []]);
});

test('an event without an id is known by its message', async () => {
  world = await started();
  await world.send(mention({}, { event_id: undefined }));
  expect(world.enqueued[0]?.options.once).toBe('C1:1.1');
});

test('a click that says nothing of the message it was in, nor of the person’s team beside its own', async () => {
  world = await started();
  await world.send(click({ user: { id: 'U1' } }));
  expect(world.enqueued[0]?.payload).toMatchObject({ serviceId: 'shop/api-svc', target: { channel: 'C1' } });
  expect(world.acks).toHaveLength(1);
});

const home = (event: object = {}, teamId = 'T1') => ({
  ...{ type: 'event_callback', team_id: teamId, event_id: 'Ev2' },
  event: { type: 'app_home_opened', user: 'U1', tab: 'home', channel: 'D1', event_ts: '1.1', ...event },
});

test('the home tab is made once, however often it is opened at one time', async () => {
  world = await started();
  await world.send(home());
  await world.send(home());
  const [first, second] = world.enqueued;
  expect(first).toMatchObject({ name: 'home', payload: { v: 1, user: 'U1' }, options: { collapse: 'U1' } });
  expect(second?.options.once).toBe(first?.options.once);
  await world.send(home({ user: 'U2' }));
  expect(world.enqueued[2]?.options.once).not.toBe(first?.options.once);
});

test.each([
  ['the messages tab', home({ tab: 'messages' })],
  ['somebody from another workspace', home({ user_team: 'T9' })],
  ['another workspace', home({}, 'T9')],
])('%s: no home tab, and no word', async (_, body) => {
  world = await started();
  await world.send(body);
  expect([world.enqueued, world.said]).toEqual([[], []]);
});

test('a click of a stranger in our channel begins nothing', async () => {
  world = await started();
  await world.send(click({ user: { id: 'U9', team_id: 'T9' } }));
  expect(world.enqueued).toEqual([]);
  expect(world.acks).toHaveLength(1);
});

const shortcut = (over: object) => ({
  ...{ type: 'message_action', callback_id: 'attach_evidence', team: { id: 'T1' }, channel: { id: 'C1' }, trigger_id: '1.2.3' },
  ...{ message: { type: 'message', ts: '1.1', text: 'api-svc?' }, message_ts: '1.1', response_url: '', ...over },
});

test.each([
  ['T9', 0],
  ['T1', 1],
])('a shortcut of somebody of %s: what can be chosen is looked up %i times', async (team, times) => {
  const inventory = { all: jest.fn(async () => fleet) };
  world = await started({ inventory });
  await world.send(shortcut({ user: { id: 'U9', team_id: team } }));
  expect(inventory.all).toHaveBeenCalledTimes(times);
  expect(world.acks).toHaveLength(1);
});
