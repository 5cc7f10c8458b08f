import type { BlockCheck } from './block-kit/validate.js';
import { type Args, text } from './web-api/args.js';
import { type Block, type Metadata, SlackRefusal } from './words.js';

/** `text` of a new message is cut there (docs.slack.dev/reference/methods/chat.postMessage). */
const MAX_TEXT = 40_000;
/** Slack names no number; ids and versions are far below it. */
const MAX_METADATA_BYTES = 8_000;
/** Hard limit; 20 are what people should see (slack-facts §1.2). */
const MAX_ATTACHMENTS = 100;
const MAX_MARKDOWN_TEXT = 12_000;

export type Content = {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly attachments: readonly Block[];
  readonly metadata?: Metadata;
  readonly cut: boolean;
};

/**
 * What a message says, of `chat.*` arguments or of an answer to a command. Throws Slack's words: `no_text`, `invalid_blocks`
 * with both of its arrays, and the like. Each block gets the `block_id` that Slack would make up.
 */
export function contentOf(args: Args, check: BlockCheck): Content {
  const markdown = text(args, 'markdown_text');
  const given = text(args, 'text') ?? markdown ?? '';
  const blocks = blocksOf(args.blocks, check);
  const attachments = attachmentsOf(args.attachments, check);
  if (markdown && (text(args, 'text') || blocks.length > 0)) throw new SlackRefusal('markdown_text_conflict');
  if (markdown && markdown.length > MAX_MARKDOWN_TEXT) throw new SlackRefusal('msg_too_long');
  if (given.trim() === '' && blocks.length === 0 && attachments.length === 0) throw new SlackRefusal('no_text');
  const metadata = metadataOf(args.metadata);
  const cut = given.length > MAX_TEXT;
  return { text: given.slice(0, MAX_TEXT), blocks, attachments, cut, ...(metadata ? { metadata } : {}) };
}

function blocksOf(given: unknown, check: BlockCheck): Block[] {
  if (given === undefined || given === null || given === '') return [];
  if (!Array.isArray(given)) throw new SlackRefusal('invalid_blocks_format');
  refuse(check(given, 'message', '/blocks'));
  return given.map((block: Block, at) => ({ block_id: madeUpId(at), ...block }));
}

/** Throws `msg_blocks_too_long`, or `invalid_blocks` with what is wrong said twice, as Slack does. */
function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return;
  if (problems.includes('msg_blocks_too_long')) throw new SlackRefusal('msg_blocks_too_long');
  const messages = problems.map((problem) => `[ERROR] ${problem}`);
  throw new SlackRefusal('invalid_blocks', { errors: problems, response_metadata: { messages } });
}

let made = 0;
/** Slack makes up a new one for each block of each version of a message. */
function madeUpId(at: number): string {
  made += 1;
  return `b${made.toString(36)}${at}`;
}

function attachmentsOf(given: unknown, check: BlockCheck): Block[] {
  if (given === undefined || given === null || given === '') return [];
  if (!Array.isArray(given)) throw new SlackRefusal('invalid_attachments');
  if (given.length > MAX_ATTACHMENTS) throw new SlackRefusal('too_many_attachments');
  given.forEach((attachment: Block, at) => {
    if (attachment.blocks === undefined) return;
    if (!Array.isArray(attachment.blocks) || attachment.blocks.length > 20) throw new SlackRefusal('invalid_attachments');
    refuse(check(attachment.blocks, 'message', `/attachments/${at}/blocks`));
  });
  return given;
}

function metadataOf(given: unknown): Metadata | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  if (typeof given !== 'object' || Array.isArray(given)) throw new SlackRefusal('invalid_metadata_format');
  const { event_type, event_payload } = given as Partial<Metadata>;
  if (typeof event_type !== 'string' || event_type === '' || typeof event_payload !== 'object' || event_payload === null)
    throw new SlackRefusal('invalid_metadata_schema');
  if (Buffer.byteLength(JSON.stringify(given)) > MAX_METADATA_BYTES) throw new SlackRefusal('metadata_too_large');
  return { event_type, event_payload };
}
