import { randomBytes } from 'node:crypto';
import { messageJson } from './message-json.js';
import { APP_ID, BOT, TEAM } from './seed.js';
import type { State } from './state.js';
import { viewJson } from './web-api/views.js';
import type { Block, Channel, Json, Message, User, View } from './words.js';

/** Deprecated by Slack and sent all the same; apps must not trust it. */
const TOKEN = 'deprecatedverificationtoken';
const HOME_TEAM = { id: TEAM.id, domain: 'home' };

export type Asked = { readonly user: User; readonly channel: Channel; readonly responseUrl: string; readonly triggerId: string };

/** What people type arrives with these three encoded, and nothing else. */
export function encodeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** The fields of a slash command, all of them strings (docs.slack.dev/interactivity/implementing-slash-commands). */
export function commandPayload({ user, channel, responseUrl, triggerId }: Asked, command: string, text: string): Json {
  return {
    ...{ token: TOKEN, team_id: user.teamId, team_domain: HOME_TEAM.domain },
    ...{ channel_id: channel.id, channel_name: channel.kind === 'im' ? 'directmessage' : channel.name },
    ...{ user_id: user.id, user_name: user.name, command, text: encodeText(text), api_app_id: APP_ID },
    ...{ is_enterprise_install: 'false', response_url: responseUrl, trigger_id: triggerId },
  };
}

/** What every click, choice and submission has. The person's team may be another one than ours. */
function interaction(type: string, user: User, triggerId: string): Json {
  return {
    ...{ type, token: TOKEN, api_app_id: APP_ID, team: HOME_TEAM, enterprise: null, is_enterprise_install: false },
    ...{ user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId }, trigger_id: triggerId },
  };
}

export function messageClickPayload(
  state: State,
  { user, channel, responseUrl, triggerId }: Asked,
  message: Message,
  action: Json,
): Json {
  const isEphemeral = message.ephemeralFor !== undefined;
  const thread = message.threadTs ? { thread_ts: message.threadTs } : {};
  return {
    ...interaction('block_actions', user, triggerId),
    container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: isEphemeral, ...thread },
    channel: { id: channel.id, name: channel.kind === 'private' ? 'privategroup' : channel.name },
    // An ephemeral message is not stored: Slack cannot say what was in it.
    ...(isEphemeral ? {} : { message: messageJson(state, message) }),
    state: { values: {} },
    response_url: responseUrl,
    actions: [action],
  };
}

export function viewClickPayload(user: User, triggerId: string, view: View, action: Json): Json {
  return {
    ...interaction('block_actions', user, triggerId),
    container: { type: 'view', view_id: view.id },
    view: viewJson(view),
    actions: [action],
  };
}

export function viewPayload(
  type: 'view_submission' | 'view_closed',
  user: User,
  triggerId: string,
  view: View,
  values: Json,
): Json {
  const { trigger_id, ...common } = interaction(type, user, triggerId);
  const more = type === 'view_submission' ? { trigger_id, response_urls: [] } : { is_cleared: false };
  return { ...common, ...more, view: viewJson(view, values) };
}

export function shortcutPayload(
  state: State,
  { user, channel, responseUrl, triggerId }: Asked,
  message: Message,
  callbackId: string,
): Json {
  return {
    ...interaction('message_action', user, triggerId),
    ...{ callback_id: callbackId, response_url: responseUrl, action_ts: state.nextTs(), message_ts: message.ts },
    channel: { id: channel.id, name: channel.name },
    message: messageJson(state, message),
  };
}

export function globalShortcutPayload(state: State, user: User, triggerId: string, callbackId: string): Json {
  return { ...interaction('shortcut', user, triggerId), callback_id: callbackId, action_ts: state.nextTs() };
}

/** The action of an element as it was shown: what was chosen, and where it stands. */
export function actionOf(state: State, block: Block, element: Block, selected?: string): Json {
  const { type, action_id, text, value, options, option_groups } = element;
  const groups = (option_groups as readonly { options: readonly Block[] }[] | undefined) ?? [];
  const all = [...((options as readonly Block[] | undefined) ?? []), ...groups.flatMap((group) => group.options)];
  const option = all.find((one) => one.value === selected);
  const chosen =
    type === 'button'
      ? { text, ...(value === undefined ? {} : { value }), ...(element.style ? { style: element.style } : {}) }
      : type === 'users_select'
        ? { selected_user: selected }
        : type === 'checkboxes' || String(type).startsWith('multi_')
          ? { selected_options: option ? [option] : [] }
          : { selected_option: option ?? null };
  return { type, action_id: action_id ?? '', block_id: block.block_id, ...chosen, action_ts: state.nextTs() };
}

/** An event in its envelope; `event_id` is the same for every try. */
export function eventPayload(event: Json, channel: Channel | undefined): Json {
  const id = randomBytes(5).toString('hex').toUpperCase();
  const event_context = Buffer.from(JSON.stringify({ et: event.type, tid: TEAM.id, aid: APP_ID, cid: channel?.id })).toString(
    'base64',
  );
  return {
    ...{ token: TOKEN, team_id: TEAM.id, context_team_id: TEAM.id, context_enterprise_id: null, api_app_id: APP_ID },
    ...{ type: 'event_callback', event, event_id: `Ev0${id}`, event_time: Math.floor(Number(event.event_ts)), event_context },
    authorizations: [{ enterprise_id: null, team_id: TEAM.id, user_id: BOT.id, is_bot: true, is_enterprise_install: false }],
    is_ext_shared_channel: channel?.isExtShared ?? false,
  };
}

/** As docs.slack.dev/reference/events/file_shared shows it. */
export function fileSharedEvent(state: State, user: User, channel: Channel, id: string): Json {
  return {
    ...{ type: 'file_shared', channel_id: channel.id, file_id: id, user_id: user.id, file: { id } },
    event_ts: state.nextTs(),
  };
}

export function mentionEvent(state: State, user: User, message: Message): Json {
  const foreign = user.teamId === TEAM.id ? {} : { user_team: user.teamId, source_team: user.teamId };
  const element = {
    type: 'rich_text_section',
    elements: [
      { type: 'user', user_id: BOT.id },
      { type: 'text', text: message.text },
    ],
  };
  return {
    ...{ type: 'app_mention', user: user.id, text: message.text, ts: message.ts, event_ts: message.ts, channel: message.channel },
    ...{ team: user.teamId, client_msg_id: `${randomBytes(4).toString('hex')}-0000-4000-8000-000000000000`, ...foreign },
    ...(message.threadTs
      ? { thread_ts: message.threadTs, parent_user_id: state.find(message.channel, message.threadTs)?.user }
      : {}),
    ...(user.isBot ? { bot_id: `B${user.id.slice(1)}`, app_id: 'A0ROBOT0001', subtype: 'bot_message' } : {}),
    blocks: [{ type: 'rich_text', block_id: 'text', elements: [element] }],
  };
}
