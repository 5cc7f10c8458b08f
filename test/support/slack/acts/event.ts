import type { Ack } from '../delivery/delivery.js';
import { encodeText, eventPayload, mentionEvent } from '../payloads.js';
import { BOT, TEAM } from '../seed.js';
import type { Channel, Json, Message } from '../words.js';
import { type ActContext, deliver, placeOf } from './acts.js';

export type MentionAct = { readonly user: string; readonly channel: string; readonly text: string; readonly threadTs?: string };

/** `first`: how the first try went; null when Slack delivers nothing (the bot is not there, or has not subscribed). */
export type Mentioned = { readonly ts: string; readonly eventId: string | null; readonly first: Ack | null };

/** Writes a message; a mention of the bot in it (`@leakwatch`, or put before it) is delivered as `app_mention`. */
export async function mention(context: ActContext, act: MentionAct): Promise<Mentioned> {
  const text = act.text.includes(`@${BOT.name}`) ? act.text : `@${BOT.name} ${act.text}`;
  return say(context, { ...act, text });
}

export async function say(context: ActContext, act: MentionAct): Promise<Mentioned> {
  const { state, installed } = context;
  const { user, channel } = placeOf(context, act.user, act.channel);
  const encoded = encodeText(act.text).replaceAll(`@${BOT.name}`, `<@${BOT.id}>`);
  const thread = act.threadTs ? { threadTs: act.threadTs } : {};
  const message: Message = state.add({ channel: channel.id, user: user.id, text: encoded, ...thread });
  const calls = encoded.includes(`<@${BOT.id}>`) && channel.kind !== 'im';
  if (!calls || !channel.members.has(BOT.id) || !installed.events.includes('app_mention')) {
    return { ts: message.ts, eventId: null, first: null };
  }
  return { ts: message.ts, ...(await event(context, mentionEvent(state, user, message), channel)) };
}

/** Opens the app's home tab. */
export async function openHome(context: ActContext, userId: string): Promise<Ack | null> {
  const { state, installed } = context;
  const user = state.user(userId);
  if (!installed.hasHome || !installed.events.includes('app_home_opened')) return null;
  const ts = state.nextTs();
  const view = [...state.views.values()].find((one) => one.type === 'home' && one.forUser === userId);
  // How Slack marks people of another workspace in events; that it sends this one for them is assumed, so that it has to be refused.
  const foreign = user.teamId === TEAM.id ? {} : { user_team: user.teamId, source_team: user.teamId };
  const opened = {
    ...foreign,
    type: 'app_home_opened',
    user: user.id,
    tab: 'home',
    channel: `D${user.id.slice(1)}`,
    event_ts: ts,
  };
  return (await event(context, { ...opened, ...(view ? { view: view.view } : {}) }, undefined)).first;
}

/** Delivers an event, and again when it was not taken: the same `event_id`, up to three times (docs.slack.dev/apis/events-api). */
export async function event(
  context: ActContext,
  body: Json,
  channel: Channel | undefined,
): Promise<{ eventId: string; first: Ack }> {
  const payload = eventPayload(body, channel);
  const first = await deliver(context, { kind: 'event', payload });
  again(context, payload, first, 1);
  return { eventId: String(payload.event_id), first };
}

function again(context: ActContext, payload: Json, last: Ack, num: number): void {
  const waitMs = context.retriesMs[num - 1];
  if (!last.error || last.noRetry || waitMs === undefined) return;
  const reason = last.error === 'operation_timeout' ? 'http_timeout' : last.status === 0 ? 'connection_failed' : 'http_error';
  context.state.later(waitMs, () => {
    void deliver(context, { kind: 'event', payload, retry: { num, reason } }).then((ack) =>
      again(context, payload, ack, num + 1),
    );
  });
}
