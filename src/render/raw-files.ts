import type { TakenHeap } from '../model/heap-taking.js';
import type { SlackMessage } from '../model/message.js';
import { type Block, context, plainText, section } from './blocks.js';
import { MAX_BUTTON_VALUE } from './limits.js';
import { escapeCode, escapeText, linked } from './text.js';
import { slackClock } from './times.js';
import { bytes, count } from './units.js';

/** `url` null: it is not in the archive that the bot reads. */
export type RawFile = { readonly heap: TakenHeap; readonly url: string | null };

/** Under evidence whose heaps were kept; `key` names what was found. */
export function rawFilesButton(key: string | undefined): Block[] {
  if (key === undefined || key === '' || key.length > MAX_BUTTON_VALUE) return [];
  const text = plainText('Raw files');
  const label = 'Links to the heaps as they were sent, for operators';
  return [
    { type: 'actions', elements: [{ type: 'button', action_id: 'raw_files', text, value: key, accessibility_label: label }] },
  ];
}

/** For one person: a link a file, oldest first. An address may have 2,000 letters: each has a section to itself. */
export function rawFilesMessage(service: string, files: readonly RawFile[], untilMs: number | null, nowMs: number): SlackMessage {
  const there = files.filter(({ url }) => url !== null);
  const name = escapeText(service, 60);
  const until = untilMs === null ? '' : `, until ${slackClock(untilMs, nowMs)}, for whoever has the link`;
  const headline =
    there.length > 0 ? `${count(there.length, 'raw heap')} of ${name}${until}` : `No raw heap of ${name} can be fetched`;
  const lines = [`*${headline}*`, ...there.map((file) => lineOf(file, nowMs)), ...awayLines(files)];
  const hint = there.length > 0 ? [context(hintOf(there))] : [];
  return { text: headline, blocks: [...lines.map(section), ...hint] };
}

function lineOf({ heap, url }: RawFile, nowMs: number): string {
  const { name, profile, takenAtMs, image } = heap;
  const words = `${escapeText(name, 60)}, ${profile}`;
  return `${linked(url ?? '', words)} ${slackClock(takenAtMs, nowMs)} · ${bytes(heap.bytes)} · ${escapeText(image, 60)}`;
}

/** Those of other hosts lie in folders there, unless all share a bucket; after a month none does. */
function awayLines(files: readonly RawFile[]): string[] {
  const away = files.filter(({ url }) => url === null).map(({ heap }) => heap);
  if (away.length === 0) return [];
  const hosts = [...new Set(away.map(({ host }) => `\`${escapeCode(host, 40)}\``))].slice(0, 5);
  return [
    `${count(away.length, 'heap')} not in the archive that the bot reads: removed by now, or in \`heaps/\` of the agent’s folder on ${hosts.join(', ')}. ` +
      'With a bucket (`LEAKWATCH_ARCHIVE_URL`) all hosts share one.',
  ];
}

/** What to open them with. */
function hintOf(files: readonly RawFile[]): string {
  const [first] = files;
  const how =
    first?.heap.profile === 'massif'
      ? '`leakwatch massif FILE`'
      : first?.heap.runtime && first.heap.runtime !== 'go'
        ? '`leakwatch heap FILE --base EARLIER`'
        : '`go tool pprof -diff_base EARLIER FILE`';
  return `${how} · labels in them may name your customers`;
}

/** Who may, in words: mentions in a message that one person sees reach nobody else. */
export function operatorsOnly(operators: readonly string[]): string {
  if (operators.length === 0)
    return 'Raw heaps are for operators, and there are none: `LEAKWATCH_OPERATORS` of the bot says who they are.';
  const who = operators.slice(0, 10).map((id) => (id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`));
  const more = operators.length > who.length ? ` and ${operators.length - who.length} more` : '';
  return `Raw heaps are for operators: they may hold what your customers sent. Ask ${who.join(', ')}${more}.`;
}
