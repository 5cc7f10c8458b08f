import type { BlockAction, MessageShortcut, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import type { AppMentionEvent } from '@slack/types';
import { type Ask, digest } from './ask.js';
import { decodeOrigin, type Form } from './form.js';

/** Whether a response URL is Slack's: another is not kept, and nothing is ever said there. */
export type TrustsUrl = (url: string) => boolean;

/** A command. `once` is all of what was sent: a doubled delivery is the same to the letter, a second request never is. */
export function askOfCommand(command: SlashCommand, atMs: number, trusted: TrustsUrl): Ask {
  return {
    via: 'command',
    user: command.user_id,
    channel: command.channel_id,
    ...(trusted(command.response_url) ? { responseUrl: command.response_url } : {}),
    once: digest(JSON.stringify(command)),
    atMs,
  };
}

/** A mention, answered in its thread; outside of one, it begins one. */
export function askOfMention(event: AppMentionEvent, eventId: string | undefined, atMs: number): Ask {
  return {
    via: 'mention',
    user: event.user ?? '',
    channel: event.channel,
    threadTs: event.thread_ts ?? event.ts,
    // Slack's id of the event, the same at every delivery; without one the message itself is what cannot come twice.
    once: eventId ?? `${event.channel}:${event.ts}`,
    atMs,
  };
}

/** `alone`: it was on a message that this person alone sees. */
export type Clicked = { readonly ask: Ask; readonly value: string; readonly alone: boolean };

/** A click on a button or a menu entry, with the value that it carries. */
export function askOfClick(body: BlockAction, atMs: number, trusted: TrustsUrl): Clicked {
  const [action] = body.actions;
  const value =
    action?.type === 'button' ? action.value : action?.type === 'static_select' ? action.selected_option?.value : undefined;
  const container: Record<string, unknown> = body.container ?? {};
  const thread = body.message?.thread_ts ?? container.thread_ts;
  return {
    value: value ?? '',
    alone: container.is_ephemeral === true,
    ask: {
      via: 'click',
      user: body.user.id,
      channel: body.channel?.id ?? String(container.channel_id),
      ...(typeof thread === 'string' ? { threadTs: thread } : {}),
      ...(trusted(body.response_url) ? { responseUrl: body.response_url } : {}),
      once: digest(JSON.stringify(body)),
      atMs,
    },
  };
}

/** A shortcut of a message, with what that says: of its thread, or of the one that it begins. */
export function askOfShortcut(body: MessageShortcut, atMs: number, trusted: TrustsUrl): { ask: Ask; words: string } {
  const { message, channel, user, response_url } = body;
  const threadTs: unknown = message.thread_ts;
  return {
    words: message.text ?? '',
    ask: {
      ...{ via: 'click', user: user.id, channel: channel.id, once: digest(JSON.stringify(body)), atMs },
      threadTs: typeof threadTs === 'string' ? threadTs : message.ts,
      ...(trusted(response_url) ? { responseUrl: response_url } : {}),
    },
  };
}

/** A form that was sent in. Who sent it can be answered in the channel where it was opened. */
export function askOfForm(body: ViewSubmitAction, atMs: number): { ask: Ask; form: Form } {
  const { private_metadata, state } = body.view;
  const origin = decodeOrigin(private_metadata);
  const values: Record<string, string> = {};
  for (const [block, elements] of Object.entries(state.values)) {
    const [element] = Object.values(elements);
    const value = element?.selected_option?.value ?? element?.value;
    if (value) values[block] = value;
  }
  const { channel, threadTs } = origin;
  const place = { channel, ...(threadTs ? { threadTs } : {}) };
  return {
    form: { origin, values },
    ask: { via: 'click', user: body.user.id, ...place, once: digest(JSON.stringify(body)), atMs },
  };
}
