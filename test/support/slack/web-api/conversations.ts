import { messageJson } from '../message-json.js';
import { BOT, TEAM } from '../seed.js';
import type { State } from '../state.js';
import { type Channel, type Json, type Message, SlackRefusal } from '../words.js';
import { type Args, count, flag, need, text } from './args.js';
import { type Api, type Methods, TIER_2, TIER_3, TIER_4 } from './method.js';
import { channelOf, directWith, scopeFor } from './places.js';

function channelJson({ id, name, kind, isArchived, isExtShared, members }: Channel): Json {
  return {
    ...{ id, name, is_channel: kind === 'public', is_group: kind === 'private', is_im: kind === 'im' },
    ...{ is_private: kind !== 'public', is_archived: isArchived, is_member: members.has(BOT.id) },
    ...{ is_ext_shared: isExtShared, is_shared: isExtShared, is_org_shared: false, context_team_id: TEAM.id },
    num_members: members.size,
  };
}

/** A channel whose messages the bot may read. */
function readable(args: Args, state: State): Channel {
  const channel = channelOf(state, args);
  if (!channel.members.has(BOT.id)) throw new SlackRefusal('not_in_channel');
  return channel;
}

function within(args: Args): (message: Message) => boolean {
  const [oldest, latest] = [text(args, 'oldest') ?? '0', text(args, 'latest')];
  const inclusive = flag(args, 'inclusive');
  const [from, to] = [Number(oldest), latest === undefined ? Number.POSITIVE_INFINITY : Number(latest)];
  return ({ ts }) => (Number(ts) > from && Number(ts) < to) || (inclusive && (ts === oldest || ts === latest));
}

/** One page of messages in the order given; the cursor is the next one's time stamp. Throws `invalid_cursor`. */
function page(all: readonly Message[], args: Args, state: State): Json {
  const limit = count(args, 'limit', 100, 999);
  const cursor = text(args, 'cursor');
  const from = cursor === undefined ? 0 : all.findIndex(({ ts }) => cursorOf(ts) === cursor);
  if (from < 0) throw new SlackRefusal('invalid_cursor');
  const next = all[from + limit];
  const metadata = flag(args, 'include_all_metadata');
  return {
    messages: all.slice(from, from + limit).map((message) => messageJson(state, message, metadata)),
    has_more: next !== undefined,
    ...(next ? { response_metadata: { next_cursor: cursorOf(next.ts) } } : {}),
  };
}

function cursorOf(ts: string): string {
  return Buffer.from(`next_ts:${ts.replace('.', '')}`).toString('base64');
}

function stored(state: State, channel: Channel): Message[] {
  return state.messages.filter((one) => one.channel === channel.id && one.ephemeralFor === undefined);
}

function replies(args: Args, { state }: Api): Json {
  const channel = readable(args, state);
  const ts = need(args, 'ts');
  const asked = stored(state, channel).find((one) => one.ts === ts);
  if (!asked) throw new SlackRefusal('thread_not_found');
  const rootTs = asked.threadTs ?? ts;
  const inside = within(args);
  const thread = stored(state, channel).filter((one) => one.ts === rootTs || (one.threadTs === rootTs && inside(one)));
  return page(thread, args, state);
}

const history = { token: 'bot', scopes: scopeFor('history'), perMinute: TIER_3 } as const;
const read = { token: 'bot', scopes: scopeFor('read'), perMinute: TIER_3 } as const;

export const conversations: Methods = {
  'conversations.history': {
    ...history,
    run(args, { state }) {
      const channel = readable(args, state);
      const inside = within(args);
      const roots = stored(state, channel).filter((one) => (one.threadTs === undefined || one.isBroadcast) && inside(one));
      return page(roots.reverse(), args, state);
    },
  },
  'conversations.replies': { ...history, run: replies },
  'conversations.info': { ...read, run: (args, { state }) => ({ channel: channelJson(channelOf(state, args)) }) },
  'conversations.list': {
    ...read,
    perMinute: TIER_2,
    run(args, { state }) {
      const types = (text(args, 'types') ?? 'public_channel').split(',');
      const wanted = [...state.channels.values()].filter(
        ({ kind, members }) =>
          (kind === 'public' && types.includes('public_channel')) ||
          (kind === 'private' && types.includes('private_channel') && members.has(BOT.id)) ||
          (kind === 'im' && types.includes('im')),
      );
      const shown = flag(args, 'exclude_archived') ? wanted.filter(({ isArchived }) => !isArchived) : wanted;
      return { channels: shown.map(channelJson), response_metadata: { next_cursor: '' } };
    },
  },
  'conversations.members': {
    ...read,
    perMinute: TIER_4,
    run: (args, { state }) => ({ members: [...channelOf(state, args).members], response_metadata: { next_cursor: '' } }),
  },
  'conversations.open': {
    token: 'bot',
    scopes: ['im:write'],
    perMinute: TIER_3,
    run: (args, { state }) => ({ channel: { id: directWith(state, need(args, 'users')).id } }),
  },
  'conversations.join': {
    token: 'bot',
    scopes: ['channels:join'],
    perMinute: TIER_3,
    run(args, { state }) {
      const channel = channelOf(state, args);
      if (channel.kind !== 'public') throw new SlackRefusal('method_not_supported_for_channel_type');
      if (channel.isArchived) throw new SlackRefusal('is_archived');
      channel.members.add(BOT.id);
      state.changed();
      return { channel: channelJson(channel) };
    },
  },
};
