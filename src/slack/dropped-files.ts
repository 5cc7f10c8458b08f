import type { AppMentionEvent, FileSharedEvent } from '@slack/types';
import { plainMessage } from '../render/plain-message.js';
import type { Ask, Reply, SlackContext } from './ask.js';
import { isCommand } from './commands/table.js';
import type { Identity } from './identity.js';
import type { Words } from './parse.js';

/** A message carries ten at most (help centre); of more, the first are read. */
const MOST_FILES = 10;
/** Said with a file they mean the file: of a service they would have its name behind them. Nothing said is `help`. */
const OF_THE_FILE = ['help', 'heap', 'massif'];

/**
 * A file was shown in a conversation that we are in. Slack says neither where exactly nor what it is: the job asks. Our own are no news.
 * `isShared`: people of other workspaces are there.
 */
export async function fileShared(
  { file_id, channel_id, user_id }: FileSharedEvent,
  once: string,
  isShared: boolean,
  { botUserId, teamId }: Identity,
  { enqueue }: SlackContext,
): Promise<void> {
  if (user_id === botUserId || !file_id || !channel_id) return;
  const seen = { v: 1, channel: channel_id, fileIds: [file_id], homeTeam: teamId } as const;
  await enqueue('dropped', { ...seen, ...(isShared ? { isShared: true } : {}) }, { once });
}

export function filesOf({ files = [] }: Pick<AppMentionEvent, 'files'>): string[] {
  return files.flatMap(({ id }) => (id ? [id] : [])).slice(0, MOST_FILES);
}

/** Files came with a mention: they are read. Null: the words beside them are a command of their own, to be answered too. */
export async function filesOfMention(
  fileIds: readonly string[],
  words: Words,
  ask: Ask,
  ts: string,
  { teamId }: Identity,
  { enqueue }: SlackContext,
): Promise<Reply | null> {
  const isOfFile = !isCommand(words) || (OF_THE_FILE.includes(words.name) && words.args.length === 0);
  const threadTs = ask.threadTs ?? ts;
  const mention = { ts, threadTs, user: ask.user, ...(isOfFile ? { asked: true as const } : {}) };
  await enqueue(
    'dropped',
    { v: 1, channel: ask.channel, fileIds: [...fileIds], homeTeam: teamId, mention },
    { once: `${ask.once}-files` },
  );
  return isOfFile ? { to: 'ack', message: plainMessage('Reading what you sent…') } : null;
}
