import { BOT } from '../seed.js';
import type { State } from '../state.js';
import { type Channel, SlackRefusal } from '../words.js';
import { type Args, need } from './args.js';

/** The channel that the bot can see under an id, `#name` or a user's id (their direct messages). Throws `channel_not_found`. */
export function channelOf(state: State, args: Args): Channel {
  const wanted = need(args, 'channel');
  const named = wanted.startsWith('#') ? wanted.slice(1) : wanted;
  const channel =
    state.channels.get(wanted) ??
    [...state.channels.values()].find(({ name, kind }) => name === named && kind === 'public') ??
    (state.users.has(wanted) ? directWith(state, wanted) : undefined);
  if (!channel || (channel.kind === 'private' && !channel.members.has(BOT.id))) throw new SlackRefusal('channel_not_found');
  return channel;
}

/** A channel in which the bot can change something; `canJoin`: a public one also without being there. */
export function ownChannel(state: State, args: Args, canJoin = false): Channel {
  const channel = channelOf(state, args);
  if (channel.isArchived) throw new SlackRefusal('is_archived');
  if (!channel.members.has(BOT.id) && !canJoin) throw new SlackRefusal('not_in_channel');
  return channel;
}

export function directWith(state: State, userId: string): Channel {
  const user = state.user(userId);
  const id = `D${user.id.slice(1)}`;
  const known = state.channels.get(id);
  if (known) return known;
  const members = new Set([user.id, BOT.id]);
  const made: Channel = { id, name: user.name, kind: 'im', isArchived: false, isExtShared: false, members };
  state.channels.set(id, made);
  return made;
}

/** `channels:history` for public channels, `groups:history` for private ones, and so on. */
export function scopeFor(verb: 'history' | 'read'): (args: Args, api: { state: State }) => string[] {
  return (args, { state }) => {
    const kind = state.channels.get(String(args.channel))?.kind ?? 'public';
    return [`${{ public: 'channels', private: 'groups', im: 'im' }[kind]}:${verb}`];
  };
}
