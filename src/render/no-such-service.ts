import type { SlackMessage } from '../model/message.js';
import { buttons, type PickEntry } from './pick-service.js';
import { clip, escapeText } from './text.js';
import { clock } from './units.js';

export type NoSuchService = {
  readonly word: string;
  readonly suggestions: readonly PickEntry[];
  /** How many services there are at all. */
  readonly services: number;
  readonly hosts: readonly { readonly name: string; readonly silentSinceMs?: number }[];
};

/** Names what was looked through, what is near, and which hosts could not be asked: their last list was used. */
export function noSuchService({ word, suggestions, services, hosts }: NoSuchService): SlackMessage {
  const named = `"${escapeText(clip(word, 80))}"`;
  const first =
    hosts.length === 0
      ? `No ${named}: no agent has reported yet. Is one running beside the engine? \`/leak status\` tells.`
      : `No ${named} among ${services} ${services === 1 ? 'service' : 'services'} on ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}.`;
  const silent = hosts.flatMap(({ name, silentSinceMs }) =>
    silentSinceMs ? [`${escapeText(name)} has been silent since ${clock(silentSinceMs)}: its last list was used.`] : [],
  );
  const hint = suggestions.length > 0 ? 'Did you mean' : services > 0 ? 'All services: `/leak check` without a name.' : '';
  const lines = [first, ...silent, hint].filter(Boolean);
  return {
    text: first,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n'), verbatim: true } },
      ...(suggestions.length > 0 ? [{ type: 'actions', elements: buttons(suggestions) }] : []),
    ],
  };
}
