import { type Block, plainText, section } from './blocks.js';
import { escapeText } from './text.js';
import { bytes, bytesOf, plainRate } from './units.js';

export const NOT_A_LEAK = 'not_a_leak';

/** Why a growing service is no leak: what people say most often. `other` wants words. */
export const REASONS = {
  fills: 'A cache or pool that fills up once',
  load: 'More traffic or data than before',
  batch: 'A batch or migration that comes to an end',
  known: 'Known and accepted',
  other: 'Something else: say it below',
} as const;

export type NotALeakView = {
  readonly service: string;
  /** What the form carries to its submission. */
  readonly metadata: string;
  /** Bytes of the fullest replica now, and the least limit; absent: not known. */
  readonly usedBytes?: number;
  readonly limitBytes?: number;
};

const input = (block_id: string, label: string, element: Block, more: Block = {}): Block => ({
  ...{ type: 'input', block_id, label: plainText(label), element: { action_id: block_id, ...element } },
  ...more,
});

/** The form behind *Not a leak*: why, and from where on it is to be said all the same. Block ids are the names of its fields. */
export function notALeakForm({ service, metadata, usedBytes, limitBytes }: NotALeakView): Block {
  const ceiling = suggestCeiling(usedBytes, limitBytes);
  const now =
    usedBytes === undefined ? undefined : `Now ${limitBytes === undefined ? bytes(usedBytes) : bytesOf(usedBytes, limitBytes)}`;
  const quiet = `*${escapeText(service, 60)}*: nothing is said of it until a replica passes the ceiling, it grows faster than the rate below, or a third new image runs.`;
  const options = Object.entries(REASONS).map(([value, text]) => ({ text: plainText(text), value }));
  const optional = { optional: true };
  return {
    ...{ type: 'modal', callback_id: NOT_A_LEAK, private_metadata: metadata },
    ...{ title: plainText('Not a leak'), submit: plainText('Be quiet'), close: plainText('Cancel') },
    blocks: [
      section(quiet),
      input('why', 'Why', { type: 'static_select', placeholder: plainText('A reason'), options }),
      input('words', 'In your words', { type: 'plain_text_input', max_length: 300 }, optional),
      input(
        'ceiling',
        'Ceiling per replica',
        { type: 'plain_text_input', max_length: 20, ...(ceiling ? { initial_value: bytes(ceiling) } : {}) },
        { hint: plainText([now, 'such as 400 MiB or 1.5 GiB'].filter(Boolean).join('; ')) },
      ),
      input(
        'rate',
        'Or when it grows faster than',
        { type: 'plain_text_input', max_length: 20, placeholder: plainText('60 MiB/h') },
        optional,
      ),
    ],
  };
}

/** `up to 400 MiB a replica and 60 MiB/h`: until when nothing is said. A rate of null: at any. */
export function quietUpTo({
  ceilingBytes,
  bytesPerHour,
}: {
  readonly ceilingBytes: number;
  readonly bytesPerHour: number | null;
}): string {
  return `up to ${bytes(ceilingBytes)} a replica${bytesPerHour === null ? '' : ` and ${plainRate(bytesPerHour)}`}`;
}

/**
 * Half as much again as it holds, yet no more than 90 % of its limit, so that it is said before it is out of memory; above that,
 * half of what is left.
 *
 *     limit ───────────────────────────
 *     90 %  ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─     ceiling = min(1.5 × now, 90 %)
 *             now × 1.5
 *     now   ▁▂▃
 */
export function suggestCeiling(usedBytes: number | undefined, limitBytes: number | undefined): number | undefined {
  if (usedBytes === undefined) return limitBytes === undefined ? undefined : 0.9 * limitBytes;
  const roomy = 1.5 * usedBytes;
  if (limitBytes === undefined || limitBytes <= usedBytes) return roomy;
  const ceiling = Math.min(roomy, 0.9 * limitBytes);
  return ceiling > usedBytes ? ceiling : (usedBytes + limitBytes) / 2;
}
