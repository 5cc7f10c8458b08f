import type { Ack } from '../delivery/delivery.js';
import type { Sent } from '../files.js';
import { encodeText, fileSharedEvent, mentionEvent } from '../payloads.js';
import { BOT } from '../seed.js';
import { type ActContext, placeOf } from './acts.js';
import { event } from './event.js';

export type DropAct = {
  readonly user: string;
  readonly channel: string;
  readonly files: readonly Sent[];
  /** `@leakwatch` in it mentions the bot. */
  readonly text?: string;
  readonly threadTs?: string;
};

/** `first`: how the first try of each event went, the mention's last. Empty: nothing was delivered. */
export type Dropped = { readonly ts: string; readonly fileIds: readonly string[]; readonly first: readonly Ack[] };

/**
 * Sends files into a channel or thread: one message. The app is told of each file (`file_shared`, which says neither thread nor name), and
 * of a mention in the words beside them, which lists them.
 */
export async function drop(context: ActContext, act: DropAct): Promise<Dropped> {
  const { state, files, installed } = context;
  const { user, channel } = placeOf(context, act.user, act.channel);
  const fileIds = act.files.map((file) => files.add(user.id, file));
  const text = encodeText(act.text ?? '').replaceAll(`@${BOT.name}`, `<@${BOT.id}>`);
  const thread = act.threadTs ? { threadTs: act.threadTs } : {};
  const message = state.add({ channel: channel.id, user: user.id, text, fileIds, ...thread });
  for (const id of fileIds) files.shown(id, { channel: channel.id, ts: message.ts, ...thread });
  const first: Ack[] = [];
  if (channel.members.has(BOT.id)) {
    const told = installed.events.includes('file_shared') && context.scopes.includes('files:read');
    for (const id of told ? fileIds : [])
      first.push((await event(context, fileSharedEvent(state, user, channel, id), channel)).first);
    if (text.includes(`<@${BOT.id}>`) && installed.events.includes('app_mention')) {
      const mention = { ...mentionEvent(state, user, message), files: fileIds.map((id) => files.info(id)), upload: false };
      first.push((await event(context, mention, channel)).first);
    }
  }
  return { ts: message.ts, fileIds, first };
}
