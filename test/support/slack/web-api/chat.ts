import { contentOf } from '../content.js';
import { messageJson } from '../message-json.js';
import { BOT } from '../seed.js';
import { type Json, type Message, SlackRefusal } from '../words.js';
import { type Args, flag, need, text } from './args.js';
import { type Api, type Methods, TIER_3, TIER_4 } from './method.js';
import { channelOf, ownChannel } from './places.js';

/** `chat.update` counts UTF-8 bytes (measured by others: 3,971 taken, 4,121 refused). */
const MAX_UPDATE_BYTES = 4_000;
const MAX_EPHEMERAL_LENGTH = 40_000;

function postMessage(args: Args, api: Api): Json {
  const { state } = api;
  const channel = ownChannel(state, args, api.scopes.includes('chat:write.public'));
  const { cut, ...content } = contentOf(linked(args), api.blocks);
  const threadTs = text(args, 'thread_ts');
  if (threadTs) requireThread(api, channel.id, threadTs);
  const thread = threadTs ? { threadTs, isBroadcast: flag(args, 'reply_broadcast') } : {};
  const message = state.add({ channel: channel.id, user: BOT.id, ...content, ...thread });
  return {
    channel: channel.id,
    ts: message.ts,
    message: messageJson(state, message, true),
    ...(cut ? { warning: 'message_truncated', response_metadata: { warnings: ['message_truncated'] } } : {}),
  };
}

/** With `link_names` or `parse=full` plain words call people, too (docs.slack.dev/messaging/formatting-message-text). */
function linked(args: Args): Args {
  if (!flag(args, 'link_names') && args.parse !== 'full') return args;
  return { ...args, text: String(args.text ?? '').replace(/@(here|channel|everyone)\b/g, '<!$1>') };
}

/** Answers go to a root that exists; Slack's list has no better word for one that does not. */
export function requireThread({ state }: Pick<Api, 'state'>, channel: string, threadTs: string): void {
  const root = state.find(channel, threadTs);
  if (!root || root.ephemeralFor !== undefined || root.threadTs !== undefined) throw new SlackRefusal('cannot_reply_to_message');
}

/** A message of the bot's that can be changed. Ephemerals are not found: they are not stored. */
function ownMessage(args: Args, { state }: Api, refusal: string): Message {
  const channel = ownChannel(state, args);
  const message = state.find(channel.id, need(args, 'ts'));
  if (!message || message.ephemeralFor !== undefined) throw new SlackRefusal('message_not_found');
  if (message.user !== BOT.id) throw new SlackRefusal(refusal);
  return message;
}

function update(args: Args, api: Api): Json {
  const message = ownMessage(args, api, 'cant_update_message');
  if (Buffer.byteLength(text(args, 'text') ?? '') > MAX_UPDATE_BYTES) throw new SlackRefusal('msg_too_long');
  const { cut: _never, metadata, ...content } = contentOf(args, api.blocks);
  const kept = args.attachments === undefined ? { attachments: message.attachments } : {};
  const next = api.state.replace(message, { ...content, ...kept, ...(metadata ? { metadata } : {}), edited: true });
  return { channel: next.channel, ts: next.ts, text: next.text, message: messageJson(api.state, next, true) };
}

function postEphemeral(args: Args, api: Api): Json {
  const { state } = api;
  const channel = ownChannel(state, args);
  const user = need(args, 'user');
  if (!channel.members.has(user)) throw new SlackRefusal('user_not_in_channel');
  if ((text(args, 'text') ?? '').length > MAX_EPHEMERAL_LENGTH) throw new SlackRefusal('msg_too_long');
  const { cut: _never, metadata: _unused, ...content } = contentOf(args, api.blocks);
  const threadTs = text(args, 'thread_ts');
  if (threadTs) requireThread(api, channel.id, threadTs);
  const thread = threadTs ? { threadTs } : {};
  const { ts } = state.add({ channel: channel.id, user: BOT.id, ephemeralFor: user, ...content, ...thread });
  return { message_ts: ts };
}

const bot = { token: 'bot', scopes: ['chat:write'] } as const;

export const chat: Methods = {
  'chat.postMessage': { ...bot, perMinute: null, run: postMessage },
  'chat.update': { ...bot, perMinute: TIER_3, run: update },
  'chat.postEphemeral': { ...bot, perMinute: TIER_4, run: postEphemeral },
  'chat.delete': {
    ...bot,
    perMinute: TIER_3,
    run(args, api) {
      const message = ownMessage(args, api, 'cant_delete_message');
      api.state.remove(message);
      return { channel: message.channel, ts: message.ts };
    },
  },
  'chat.getPermalink': {
    token: 'bot',
    scopes: [],
    perMinute: null,
    run(args, { state, origin }) {
      const channel = channelOf(state, args);
      const ts = need(args, 'message_ts');
      const message = state.find(channel.id, ts);
      if (!message || message.ephemeralFor !== undefined) throw new SlackRefusal('message_not_found');
      const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${channel.id}` : '';
      return { channel: channel.id, permalink: `${origin()}/archives/${channel.id}/p${ts.replace('.', '')}${thread}` };
    },
  },
  'assistant.threads.setStatus': {
    ...bot,
    perMinute: null,
    run(args, api) {
      const channel = ownChannel(api.state, { channel: need(args, 'channel_id') });
      if (!api.state.find(channel.id, need(args, 'thread_ts'))) throw new SlackRefusal('invalid_thread_ts');
      return {};
    },
  },
};
