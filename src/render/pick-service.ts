import type { SlackMessage } from '../model/message.js';
import { type Block, plainText, section } from './blocks.js';
import { MAX_LABEL, MAX_OPTIONS } from './limits.js';
import { plainMessage } from './plain-message.js';
import { clip, escapeText, visible } from './text.js';

/** A service that can be chosen: `value` comes back with the click (≤ 75 characters, made by `slack/choice.ts`). */
export type PickEntry = { readonly name: string; readonly project?: string; readonly replicas: number; readonly value: string };

/** Slack takes 25; more than five are a wall, and a menu reads better. */
const MAX_BUTTONS = 5;

/** A question with its answers: buttons while there are few, a menu when there are more, the first hundred of a large fleet. */
export function pickService(question: string, entries: readonly PickEntry[]): SlackMessage {
  const asked = escapeText(question, 200);
  if (entries.length === 0) {
    return plainMessage('No containers are known yet. Is an agent running beside the engine? `/leak status` tells.');
  }
  const more = entries.length > MAX_OPTIONS ? ` The first ${MAX_OPTIONS} of ${entries.length}; the others by name.` : '';
  const elements = entries.length <= MAX_BUTTONS ? buttons(entries) : [menu(entries.slice(0, MAX_OPTIONS))];
  return {
    text: asked,
    blocks: [section(`${asked}${more}`), { type: 'actions', elements }],
  };
}

/** `[api-svc ·12] [api-srv ·2, staging]` */
export function buttons(entries: readonly PickEntry[]): Block[] {
  return entries.slice(0, MAX_BUTTONS).map((entry, index) => ({
    type: 'button',
    action_id: `check_service_${index}`,
    text: plainText(label(entry)),
    value: entry.value,
    accessibility_label: clip(`Check ${visible(entry.name)}`, MAX_LABEL),
  }));
}

function menu(entries: readonly PickEntry[]): Block {
  return {
    type: 'static_select',
    action_id: 'check_service',
    placeholder: plainText('Service'),
    options: entries.map((entry) => ({ text: plainText(label(entry)), value: entry.value })),
  };
}

/** `api-svc ·12, shop`, plain text. */
export function label({ name, project, replicas }: PickEntry): string {
  const tail = clip(` ·${replicas}${project ? `, ${visible(project)}` : ''}`, 40);
  return `${clip(visible(name), MAX_LABEL - tail.length)}${tail}`;
}
