import type { SlackMessage } from '../model/message.js';
import { section } from './blocks.js';
import { fitLines } from './limits.js';
import { buttons, type PickEntry } from './pick-service.js';
import { escapeText } from './text.js';
import { slackClock } from './times.js';
import { count } from './units.js';

export type NoSuchService = {
  readonly word: string;
  readonly nowMs: number;
  readonly suggestions: readonly PickEntry[];
  /** How many services there are at all. */
  readonly services: number;
  /** Whether a metrics server was looked through, too. */
  readonly elsewhere?: boolean;
  readonly hosts: readonly { readonly name: string; readonly silentSinceMs?: number }[];
};

/** More silent hosts than this are counted. */
const MAX_SILENT = 5;

/** Names what was looked through, what is near, and which hosts could not be asked: their last list was used. */
export function noSuchService({ word, nowMs, suggestions, services, elsewhere, hosts }: NoSuchService): SlackMessage {
  const named = `"${escapeText(word, 80)}"`;
  const first =
    hosts.length === 0
      ? `No ${named}: no agent has reported yet. Is one running beside the engine? \`/leak status\` tells.`
      : `No ${named} among ${count(services, 'service')} on ${count(hosts.length, 'host')}${elsewhere ? ', nor in Prometheus' : ''}.`;
  const silent = hosts.flatMap(({ name, silentSinceMs }) =>
    silentSinceMs
      ? [`${escapeText(name)} has been silent since ${slackClock(silentSinceMs, nowMs)}: its last list was used.`]
      : [],
  );
  const lines = [first, ...silent.slice(0, MAX_SILENT), moreSilent(silent.length - MAX_SILENT), hint(suggestions, services)];
  return {
    text: first,
    blocks: [
      section(fitLines(lines.filter(Boolean))),
      ...(suggestions.length > 0 ? [{ type: 'actions', elements: buttons(suggestions) }] : []),
    ],
  };
}

function moreSilent(hosts: number): string {
  return hosts > 0 ? `${count(hosts, 'more host')} silent.` : '';
}

function hint(suggestions: readonly PickEntry[], services: number): string {
  if (suggestions.length > 0) return 'Did you mean';
  return services > 0 ? 'All services: `/leak check` without a name.' : '';
}
