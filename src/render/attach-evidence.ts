import { type Block, plainText, section } from './blocks.js';
import { MAX_OPTIONS } from './limits.js';
import { label, type PickEntry } from './pick-service.js';

/** Of the shortcut, as in `manifest.yml`, and of the form that it opens. */
export const ATTACH_EVIDENCE = 'attach_evidence';

export type AttachView = {
  /** Services with an open incident, and the others. */
  readonly open: readonly PickEntry[];
  readonly others: readonly PickEntry[];
  /** The value of the entry that is chosen already. */
  readonly chosen?: string;
  /** What the form carries to its submission. */
  readonly metadata: string;
};

/** Which service? A menu, open incidents first; of a fleet that no menu holds, any other by its name. Block ids are the names of its fields. */
export function attachForm({ open, others, chosen, metadata }: AttachView): Block {
  const groups = [
    { label: plainText('Open incidents'), options: options(open) },
    { label: plainText(open.length > 0 ? 'Other services' : 'Services'), options: options(others) },
  ].filter((group) => group.options.length > 0);
  const first = groups.flatMap((group) => group.options).find(({ value }) => value === chosen);
  const menu = {
    ...{ type: 'static_select', action_id: 'service', placeholder: plainText('Service'), option_groups: groups },
    ...(first ? { initial_option: first } : {}),
  };
  const isShort = open.length > MAX_OPTIONS || others.length > MAX_OPTIONS;
  const words =
    'The answer comes into the thread of that message, seen by all, and if it leaks, so does what is found from now on.';
  return {
    ...{ type: 'modal', callback_id: ATTACH_EVIDENCE, private_metadata: metadata },
    ...{ title: plainText('Attach leak evidence'), submit: plainText('Attach'), close: plainText('Cancel') },
    blocks: [
      section(words),
      { type: 'input', block_id: 'service', label: plainText('Service'), element: menu, ...(isShort ? { optional: true } : {}) },
      ...(isShort ? [byName(open.length + others.length)] : []),
    ],
  };
}

function options(entries: readonly PickEntry[]) {
  return entries.slice(0, MAX_OPTIONS).map((entry) => ({ text: plainText(label(entry)), value: entry.value }));
}

function byName(count: number): Block {
  return {
    ...{ type: 'input', block_id: 'name', optional: true, label: plainText('Or by its name') },
    hint: plainText(`The menu has the first ${MAX_OPTIONS} of each kind; there are ${count} services.`),
    element: { type: 'plain_text_input', action_id: 'name', max_length: 300 },
  };
}
