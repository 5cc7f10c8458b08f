import { expect } from '@jest/globals';
import type { SlackMessage } from '../../src/model/message.js';

type Block = Record<string, unknown>;
type Text = { readonly type?: unknown; readonly text?: unknown };

/** What Slack would refuse, and what nobody should be able to make us say, as sentences; none: the message is fine. */
export function problemsOf(message: SlackMessage): string[] {
  const texts = textsOf(message);
  return [
    ...(message.blocks.length > 50 ? ['more than 50 blocks'] : []),
    ...(Buffer.byteLength(message.text) > 3_900 ? [`text has ${Buffer.byteLength(message.text)} bytes`] : []),
    ...(JSON.stringify(message.blocks).length > 13_000 ? ['blocks are too long together'] : []),
    ...(message.text.includes('\n') || message.text.length === 0 ? ['text is not one line'] : []),
    ...message.blocks.flatMap(wrongBlock),
    ...texts.flatMap(wrongText),
    ...(/\p{Cs}/u.test(JSON.stringify(message)) ? ['half a character'] : []),
  ];
}

/** Every string that Slack would read as its markup. */
export function textsOf({ text, blocks }: SlackMessage): string[] {
  const inBlocks = blocks.flatMap((block) => [block.text as Text | undefined, ...elementsOf(block)]);
  return [text, ...inBlocks.flatMap((one) => (one?.type === 'mrkdwn' ? [String(one.text)] : []))];
}

export function expectAccepted(message: SlackMessage): void {
  expect(problemsOf(message)).toEqual([]);
}

function elementsOf(block: Block): Text[] {
  return Array.isArray(block.elements) ? (block.elements as Text[]) : [];
}

function wrongBlock(block: Block): string[] {
  const elements = elementsOf(block);
  if (block.type === 'section') return within('section.text', (block.text as Text).text, 1, 3_000);
  if (block.type === 'context')
    return [...size('context', elements, 10), ...elements.flatMap(({ text }) => within('context', text, 1, 3_000))];
  if (block.type !== 'actions') return [`a block of type ${String(block.type)}`];
  const ids = elements.map((element) => (element as Block).action_id);
  return [
    ...size('actions', elements, 25),
    ...(new Set(ids).size < ids.length ? ['an action_id twice'] : []),
    ...elements.flatMap((element) => wrongElement(element as Block)),
  ];
}

function wrongElement(element: Block): string[] {
  if (element.type === 'button') {
    return [
      ...within('button.text', (element.text as Text).text, 1, 75),
      ...within('button.value', element.value, 1, 2_000),
      ...within('accessibility_label', element.accessibility_label, 1, 75),
    ];
  }
  const options = element.options as { text: Text; value: string }[];
  return [
    ...size('options', options, 100),
    ...options.flatMap(({ text, value }) => [...within('option', text.text, 1, 75), ...within('option.value', value, 1, 75)]),
  ];
}

function size(what: string, list: readonly unknown[], most: number): string[] {
  return list.length < 1 || list.length > most ? [`${what}: ${list.length} elements`] : [];
}

function within(what: string, text: unknown, least: number, most: number): string[] {
  if (typeof text !== 'string') return [`${what} is not text`];
  return text.length < least || text.length > most ? [`${what} has ${text.length} characters`] : [];
}

/** Our own markup: a time for each reader, the person who asked, and a channel. */
const OURS = /<!date\^\d+\^[^<>|]*\|[^<>|]*>|<@U0ASKER>|<#C0CHANNEL>/g;
const INVISIBLE = /[\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u;

function wrongText(text: string): string[] {
  return [
    ...(/[<>]/.test(text.replace(OURS, '')) ? [`live markup: ${text.slice(0, 200)}`] : []),
    ...(/&(?!amp;|lt;|gt;)/.test(text) ? ['a bare &'] : []),
    ...(INVISIBLE.test(text) ? ['an invisible character'] : []),
    ...(/NaN|Infinity|undefined|null|\[object|Invalid/.test(text) ? [`not a number: ${text.slice(0, 300)}`] : []),
    ...(text.split('```').length % 2 === 0 ? ['an open code block'] : []),
  ];
}
