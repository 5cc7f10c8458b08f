import { codeBlock } from './columns.js';
import { containerWord, limitSize } from './docker-figures.js';
import type { LimitGroup } from './limits-groups.js';
import { escapeText } from './text.js';
import { count } from './units.js';

const MAX_COMMANDS = 5;
const MAX_NAMES = 4;

/** What to type, a line a service and host, to be pasted; and what to write so that it lasts. Nothing when nothing is suggested. */
export function commandsOf(groups: readonly LimitGroup[]): string[] {
  const several = new Set(groups.flatMap(({ members }) => members.map(({ replica }) => replica.host))).size > 1;
  const commands = groups.flatMap((group) => ofGroup(group, several));
  if (commands.length === 0) return [];
  const shown = commands.slice(0, MAX_COMMANDS);
  const more = commands.length - shown.length;
  return [
    'Now, without a restart (until the container is re-created):',
    codeBlock(shown),
    ...(more > 0 ? [`+${count(more, 'more command')} of the same form`] : []),
    'To last: `mem_limit: …` with the same size in Compose, `deploy.resources.limits.memory` in Swarm; this re-creates the container',
  ];
}

/** `docker update --memory 640m --memory-swap 640m shop-api-1 shop-api-2  # on hv-03`: the same for swap, so that a leak ends and does not crawl. */
function ofGroup({ suggested, members }: LimitGroup, several: boolean): string[] {
  if (suggested.kind !== 'size') return [];
  const size = limitSize(suggested.bytes);
  const hosts = [...new Set(members.map(({ replica }) => replica.host))];
  return hosts.flatMap((host) => {
    const words = members.flatMap(({ replica }) => {
      const word = replica.host === host ? containerWord(replica.containerName, replica.run.containerId) : undefined;
      return word === undefined ? [] : [word];
    });
    if (words.length === 0) return [];
    const rest = words.length > MAX_NAMES ? ` and ${words.length - MAX_NAMES} more` : '';
    const note =
      several || rest ? `  # ${[several ? `on ${escapeText(host, 40)}` : '', rest.trim()].filter(Boolean).join(' ')}` : '';
    return [`docker update --memory ${size} --memory-swap ${size} ${words.slice(0, MAX_NAMES).join(' ')}${note}`];
  });
}
