import { distance } from 'fastest-levenshtein';
import { personError } from '../../errors.js';
import { escapeText } from '../../render/text.js';
import type { Command } from '../ask.js';
import type { Words } from '../parse.js';
import { check } from './check.js';
import { heap } from './heap.js';
import { helpOf } from './help.js';
import { history } from './history.js';
import { ack, reopen, resolve, snooze } from './incident.js';
import { limits } from './limits.js';
import { massif } from './massif.js';
import { report } from './report.js';
import { status } from './status.js';
import { top } from './top.js';
import { trend } from './trend.js';
import { unwatch, watch } from './watch.js';

const WORKING: readonly Command[] = [
  ...[check, top, limits, history, report, status],
  ...[ack, snooze, resolve, reopen, watch, unwatch],
  trend,
  heap,
  massif,
];

/** Every command there is. A new one is a file beside this one and a word here. */
export const COMMANDS: readonly Command[] = [...WORKING, helpOf(WORKING)];

export function isCommand({ name }: Words): boolean {
  return COMMANDS.some((command) => command.name === name);
}

/** The command a person typed. Throws a person's error that names the nearest one, or the check of a service that is called so. */
export function commandOf({ name, args }: Words): Command {
  const found = COMMANDS.find((command) => command.name === name);
  if (found) return found;
  const word = escapeText(name, 80);
  const rest = args.length > 0 ? ` ${escapeText(args.join(' '), 120)}` : '';
  const near = nearest(name);
  if (near) throw personError(`I do not know \`${word}\`. Did you mean \`/leak ${near.name}${rest}\`?`);
  throw personError(
    `I do not know \`${word}\`. To ask about a service: \`/leak check ${word}${rest}\`. All commands: \`/leak help\`.`,
  );
}

/** At most two slips, and no more than half of the letters: of a short word two make another one (`api` is no `ack`). Letters that changed places are one. */
function nearest(name: string): Command | undefined {
  const letters = (word: string) => [...word].sort().join('');
  const slipsTo = (command: string) => (letters(command) === letters(name) ? 1 : distance(command, name));
  const most = Math.min(2, Math.floor(name.length / 2));
  const near = COMMANDS.map((command) => ({ command, slips: slipsTo(command.name) })).filter(({ slips }) => slips <= most);
  return near.sort((a, b) => a.slips - b.slips)[0]?.command;
}
