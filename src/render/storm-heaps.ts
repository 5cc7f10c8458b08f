import type { Incident } from '../model/incident.js';
import type { SlackMessage } from '../model/message.js';
import { section } from './blocks.js';
import { fitLines } from './limits.js';
import { soonestFirst } from './storm.js';
import { count } from './units.js';

/** More are not read in a storm: who is first out of memory is looked at first. A choice. */
const MAX_SHOWN = 8;

/** Those of a storm whose heaps said what grew. */
function told(incidents: readonly Incident[]): Incident[] {
  return soonestFirst(incidents.filter(({ closed, grewWords }) => !closed && grewWords !== undefined));
}

/** Whether there is anything to say of their heaps. */
export function hasHeaps(incidents: readonly Incident[]): boolean {
  return told(incidents).length > 0;
}

/**
 * Which functions grew in the services of a storm: one message for its thread, edited as heaps come in, a line a service, out of memory first. Words of
 * evidence are escaped where they are made (`heap-evidence.ts`).
 */
export function stormHeaps(incidents: readonly Incident[]): SlackMessage {
  const all = told(incidents);
  const shown = all.slice(0, MAX_SHOWN).flatMap(({ grewWords }) => grewWords ?? []);
  const headline =
    all.length === 0 ? 'What grew: nothing is left here' : `What grew, by heaps of ${count(all.length, 'service')}`;
  const more = all.length - shown.length;
  const rest = more > 0 ? [`${count(more, 'more service')}: \`/leak heap\` and its name`] : [];
  const text = fitLines([`*${headline}*`, ...shown, ...rest]);
  return { text: headline, blocks: [section(text)] };
}
