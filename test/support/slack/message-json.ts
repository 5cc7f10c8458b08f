import { APP_ID, BOT, TEAM } from './seed.js';
import type { State } from './state.js';
import type { Json, Message } from './words.js';

/** A message as Slack's answers and payloads show it. Metadata only where it was asked for (`include_all_metadata`). */
export function messageJson(state: State, message: Message, withMetadata = false): Json {
  const { ts, threadTs, user, text, blocks, attachments, metadata } = message;
  const author = state.users.get(user);
  const replies = state.messages.filter((one) => one.channel === message.channel && one.threadTs === ts);
  return {
    type: 'message',
    ...{ user, text, ts, team: author?.teamId ?? TEAM.id },
    ...(author?.isBot
      ? { bot_id: user === BOT.id ? BOT.botId : `B${user.slice(1)}`, app_id: user === BOT.id ? APP_ID : 'A0ROBOT0001' }
      : {}),
    ...(blocks.length > 0 ? { blocks } : {}),
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(threadTs ? { thread_ts: threadTs } : {}),
    ...(replies.length > 0 ? { thread_ts: ts, reply_count: replies.length, latest_reply: replies.at(-1)?.ts } : {}),
    ...(message.isBroadcast ? { subtype: 'thread_broadcast' } : {}),
    ...(message.edited ? { edited: { user, ts } } : {}),
    ...(message.fileIds.length > 0 ? { files: message.fileIds.map((id) => ({ id })), subtype: 'file_share' } : {}),
    ...(message.reactions.length > 0 ? { reactions: message.reactions.map((one) => ({ ...one, count: one.users.length })) } : {}),
    ...(withMetadata && metadata ? { metadata } : {}),
  };
}
