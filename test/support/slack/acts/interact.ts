import {
  actionOf,
  globalShortcutPayload,
  messageClickPayload,
  shortcutPayload,
  viewClickPayload,
  viewPayload,
} from '../payloads.js';
import { TEAM } from '../seed.js';
import { checkView } from '../web-api/views.js';
import type { Block, Json, Message, View } from '../words.js';
import { type ActContext, deliver, interactionOutcome, type Outcome, placeOf, refused } from './acts.js';

export type ClickAct = {
  readonly user: string;
  readonly channel?: string;
  /** Of a message, an ephemeral one too; left out with `ephemeral`: the newest that only this person sees and that has it. */
  readonly messageTs?: string;
  readonly ephemeral?: boolean | string;
  readonly viewId?: string;
  readonly actionId: string;
  /** Which of several buttons with this action id; of a menu, the value of the option that is chosen. */
  readonly value?: string;
  readonly option?: string;
};

type Found = { readonly block: Block; readonly element: Block };

/** Presses a button or chooses from a menu, as it is shown now. Throws when it is not shown to this person. */
export async function click(context: ActContext, act: ClickAct): Promise<Outcome> {
  if (act.viewId) return clickInView(context, act, act.viewId);
  const { user, channel } = placeOf(context, act.user, act.channel ?? '');
  const ts = act.messageTs ?? (typeof act.ephemeral === 'string' ? act.ephemeral : undefined);
  const shown = context.state.messages.filter(
    (one) => one.channel === channel.id && (one.ephemeralFor === undefined ? !act.ephemeral : one.ephemeralFor === user.id),
  );
  const message = shown.findLast((one) => (ts === undefined || one.ts === ts) && elementOf(one.blocks, act) !== undefined);
  const found = message && elementOf(message.blocks, act);
  if (!message || !found)
    throw new Error(`${user.name} sees no ${act.actionId} (${act.value ?? 'any value'}) in #${channel.name}`);
  return press(context, act, message, found);
}

async function press(context: ActContext, act: ClickAct, message: Message, { block, element }: Found): Promise<Outcome> {
  const { state, triggers, responseUrls } = context;
  const { user, channel } = placeOf(context, act.user, message.channel);
  const responseUrl = responseUrls.issue(user.id, channel.id, message.ts);
  const asked = { user, channel, responseUrl, triggerId: triggers.issue(user.id) };
  const action = actionOf(state, block, element, act.option ?? act.value);
  const payload = messageClickPayload(state, asked, message, action);
  return interactionOutcome(await deliver(context, { kind: 'interactivity', payload }));
}

async function clickInView(context: ActContext, act: ClickAct, viewId: string): Promise<Outcome> {
  const { state, triggers } = context;
  const view = viewFor(context, act.user, viewId);
  const found = elementOf(view.view.blocks as Block[], act);
  if (!found) throw new Error(`the view has no ${act.actionId}`);
  const action = actionOf(state, found.block, found.element, act.option ?? act.value);
  const payload = viewClickPayload(state.user(act.user), triggers.issue(act.user, viewId), view, action);
  return interactionOutcome(await deliver(context, { kind: 'interactivity', payload }));
}

function elementOf(blocks: readonly Block[], { actionId, value }: ClickAct): Found | undefined {
  for (const block of blocks) {
    for (const element of elementsIn(block)) {
      const isMenu = element.type !== 'button';
      if ((element.action_id ?? '') === actionId && (value === undefined || isMenu || element.value === value))
        return { block, element };
    }
  }
  return undefined;
}

function elementsIn(block: Block): Block[] {
  const { elements, accessory, element, actions, child_blocks } = block as Record<string, Block[] & Block>;
  const nested = [...(child_blocks ?? []), ...(block.type === 'carousel' ? (elements ?? []) : [])].flatMap(elementsIn);
  return [...(elements ?? []), ...(actions ?? []), ...[accessory, element].filter((one) => one !== undefined), ...nested];
}

function viewFor({ state }: ActContext, userId: string, viewId: string): View {
  const view = state.views.get(viewId);
  if (view?.forUser !== userId) throw new Error(`${userId} has no view ${viewId} open`);
  return view;
}

export type SubmitAct = { readonly user: string; readonly viewId: string; readonly values?: Json };

/** Submits a modal; the app may keep it open with errors, change it, put another on top, or let it close. */
export async function submitView(context: ActContext, { user, viewId, values }: SubmitAct): Promise<Outcome> {
  const { state, triggers, api } = context;
  const view = viewFor(context, user, viewId);
  const payload = viewPayload('view_submission', state.user(user), triggers.issue(user, viewId), view, values ?? {});
  const ack = await deliver(context, { kind: 'interactivity', payload });
  if (ack.error) return interactionOutcome(ack);
  const answer = (ack.body ?? {}) as { response_action?: string; view?: unknown };
  const stack = [...state.views.values()].filter(({ rootId }) => rootId === view.rootId);
  if (answer.response_action === undefined) state.views.delete(viewId);
  if (answer.response_action === 'clear') for (const { id } of stack) state.views.delete(id);
  if (answer.response_action === 'update')
    state.views.set(viewId, { ...view, view: checkView(answer.view, 'modal', api, viewId) });
  if (answer.response_action === 'push') {
    const id = `${viewId}P${stack.length}`;
    state.views.set(id, { ...view, id, view: checkView(answer.view, 'modal', api) });
  }
  state.changed();
  return interactionOutcome(ack);
}

/** Closes a modal; the app is told only when it asked to be. */
export async function closeView(context: ActContext, user: string, viewId: string): Promise<void> {
  const view = viewFor(context, user, viewId);
  context.state.views.delete(viewId);
  context.state.changed();
  if (view.view.notify_on_close !== true) return;
  const payload = viewPayload('view_closed', context.state.user(user), '', view, {});
  await deliver(context, { kind: 'interactivity', payload });
}

export type ShortcutAct = {
  readonly user: string;
  readonly callbackId: string;
  /** Of a message shortcut; a global one has neither. */
  readonly channel?: string;
  readonly messageTs?: string;
};

export async function shortcut(context: ActContext, act: ShortcutAct): Promise<Outcome> {
  const { state, triggers, responseUrls, installed } = context;
  if (!installed.shortcuts.some(({ callbackId }) => callbackId === act.callbackId)) return refused('no such shortcut');
  const triggerId = triggers.issue(act.user);
  if (act.channel === undefined || act.messageTs === undefined) {
    const payload = globalShortcutPayload(state, state.user(act.user), triggerId, act.callbackId);
    return interactionOutcome(await deliver(context, { kind: 'interactivity', payload }));
  }
  const { user, channel } = placeOf(context, act.user, act.channel);
  if (user.teamId !== TEAM.id) return refused('not available to people from outside');
  const message = state.find(channel.id, act.messageTs);
  if (!message) throw new Error(`no message ${act.messageTs} in #${channel.name}`);
  const responseUrl = responseUrls.issue(user.id, channel.id);
  const payload = shortcutPayload(state, { user, channel, responseUrl, triggerId }, message, act.callbackId);
  return interactionOutcome(await deliver(context, { kind: 'interactivity', payload }));
}
