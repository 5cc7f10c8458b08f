import type { SilentHost } from '../model/assessment.js';
import { HEADROOM, type LimitAdvice, NEAR_LIMIT } from '../model/limits.js';
import type { SlackMessage } from '../model/message.js';
import { section } from './blocks.js';
import { silentLine } from './card-lines.js';
import { listed } from './card-view.js';
import { codeBlock, columns } from './columns.js';
import { limitSize } from './docker-figures.js';
import { fitLines } from './limits.js';
import { commandsOf } from './limits-commands.js';
import { groupsOf, type LimitGroup, suggestionOf } from './limits-groups.js';
import { escapeText } from './text.js';
import { duration } from './times.js';
import { bytes, count, percent } from './units.js';

const MAX_ROWS = 12;
/** With the spaces between them 40 columns: as many as fit a phone held upright. */
const WIDTHS = [16, 8, 6, 7];

/** Containers without a memory limit, the largest first, then those near theirs; what to set, and who is fine. */
export function limitsMessage(
  advice: readonly LimitAdvice[],
  silent: readonly SilentHost[],
  { nowMs, windowMs }: { readonly nowMs: number; readonly windowMs: number },
): SlackMessage {
  const groups = groupsOf(advice);
  const shown = groups.slice(0, MAX_ROWS);
  const first = headline(advice);
  const lines = [
    `*${first}*`,
    ...(shown.length > 0 ? [table(shown)] : []),
    ...(groups.length > shown.length ? [`+${count(groups.length - shown.length, 'more service')}`] : []),
    ...legend(shown, windowMs),
    ...standings(advice),
    ...[silentLine(silent, nowMs)].flatMap((line) => (line ? [line] : [])),
  ];
  const commands = commandsOf(shown);
  return { text: first, blocks: [section(fitLines(lines)), ...(commands.length > 0 ? [section(fitLines(commands))] : [])] };
}

/** `Memory limits: 14 containers have none, 3 are near theirs`. */
function headline(advice: readonly LimitAdvice[]): string {
  if (advice.length === 0) return 'Memory limits: no running container is known';
  const having = (standing: LimitAdvice['standing']) => advice.filter((one) => one.standing === standing).length;
  const [none, near, untold] = [having('no-limit'), having('near'), having('untold')];
  const wrong = [
    ...(none > 0 ? [`${count(none, 'container')} ${none === 1 ? 'has' : 'have'} none`] : []),
    ...(near > 0 ? [`${none > 0 ? near : count(near, 'container')} ${near === 1 ? 'is near its own' : 'are near theirs'}`] : []),
  ];
  if (wrong.length > 0) return `Memory limits: ${wrong.join(', ')}`;
  const told = advice.length - untold;
  return told === 0 ? "Memory limits: can't tell yet" : `Memory limits: ${count(told, 'container')} with one, none near it`;
}

function table(groups: readonly LimitGroup[]): string {
  const rows = groups.map((group) => [
    nameOf(group),
    group.mostBytes === undefined ? '?' : bytes(group.mostBytes),
    group.limitBytes === null ? 'none' : limitSize(group.limitBytes),
    suggestionOf(group),
  ]);
  return codeBlock(columns(WIDTHS, [['service', 'most', 'limit', 'set to'], ...rows]));
}

/** `api-svc ×12`. */
function nameOf({ service, members }: LimitGroup): string {
  const times = members.length > 1 ? ` ×${members.length}` : '';
  const room = (WIDTHS[0] ?? 0) - times.length;
  return `${service.name.length > room ? `${service.name.slice(0, room - 1)}…` : service.name}${times}`;
}

/** What the words in the last column mean, those that are there; and how a size was found. */
function legend(groups: readonly LimitGroup[], windowMs: number): string[] {
  const has = (kind: LimitGroup['suggested']['kind']) => groups.some(({ suggested }) => suggested.kind === kind);
  const pressed = groups.some(({ suggested }) => suggested.kind === 'size' && suggested.atLeast);
  return [
    ...(has('size')
      ? [
          `Set to: the most used in ${duration(windowMs)} (page cache not counted; means of 5 min, full rate for 2 h), plus ${percent(HEADROOM, 1)}, rounded up`,
        ]
      : []),
    ...(pressed ? ['≥ it was at its limit or lost a process to it: what it wants was never seen'] : []),
    ...(has('leaking') ? ['leaks: any limit is reached, so none is suggested: `/leak check &lt;service&gt;`'] : []),
    ...(has('too-short') ? ['young: under a day of history, too little to suggest a limit from'] : []),
    ...(has('no-data') ? ['?: it gave no numbers'] : []),
  ];
}

/** Who is fine, counted; and who has a limit and nothing to hold against it. */
function standings(advice: readonly LimitAdvice[]): string[] {
  const fine = advice.filter(({ standing }) => standing === 'fine').length;
  const untold = advice.filter(({ standing }) => standing === 'untold');
  const names = [...new Set(untold.map(({ replica }) => escapeText(replica.service.name, 40)))];
  const below = percent(NEAR_LIMIT, 1);
  return [
    ...(fine > 0 ? [`Fine: ${count(fine, 'container')}, never above ${below} of ${fine === 1 ? 'its' : 'their'} limit`] : []),
    ...(untold.length > 0
      ? [`Can't tell: ${count(untold.length, 'container')} with a limit gave no numbers: ${listed(names, 5)}`]
      : []),
  ];
}
