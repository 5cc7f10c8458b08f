import type { AckFn, RespondFn } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { withDeadline } from '../errors.js';
import type { SlackMessage } from '../model/message.js';
import { type Ask, answerKey, type Reply, type SlackContext } from './ask.js';
import { answer } from './edge.js';

type Work = () => Promise<Reply>;

/** Blocks are built and snapshot-tested by `render/`, which knows more kinds than Slack's types do. */
function sendable(message: SlackMessage): { text: string; blocks: KnownBlock[] } {
  return { text: message.text, blocks: message.blocks as unknown as KnownBlock[] };
}

/** A command's answer is its acknowledgement, seen by the asker alone. */
export async function answerCommand(ack: AckFn<Record<string, unknown>>, { log }: SlackContext, work: Work): Promise<void> {
  const { reply } = await answer(work, log);
  await ack({ response_type: 'ephemeral', ...sendable(reply.message) });
}

/**
 * A click is acknowledged without words; the answer replaces the question it was a button of. An error leaves the question
 * standing, so that it can be pressed again.
 */
export async function answerClick(ack: AckFn<void>, respond: RespondFn | null, { log }: SlackContext, work: Work): Promise<void> {
  const { reply } = await answer(work, log);
  await ack();
  if (!respond) return;
  const begun = reply.to === 'ack';
  const words = sendable(reply.message);
  try {
    await withDeadline(5_000, 'response_url', () => respond({ response_type: 'ephemeral', replace_original: begun, ...words }));
  } catch (error) {
    log.warn({ err: error }, 'a click was handled, but its answer was not taken');
  }
}

/**
 * A mention is answered in its thread: by the job that was begun, or here. Slack delivers a mention again when it is not
 * acknowledged: that is what happens when the world fails, and the person is told at the first time only.
 */
export async function answerMention(
  client: WebClient,
  ask: Ask,
  context: SlackContext,
  first: boolean,
  work: Work,
): Promise<void> {
  const { reply, again } = await answer(work, context.log);
  if (reply.to === 'place') await sayHere(ask, reply.message, context);
  if (reply.to === 'person' && (first || !again)) await whisper(client, ask, reply.message, context);
  if (again) throw new Error('not handled: to be delivered again');
}

async function sayHere(ask: Ask, message: SlackMessage, { outbox, enqueue }: SlackContext): Promise<void> {
  const target = { kind: 'channel', channel: ask.channel, ...(ask.threadTs ? { threadTs: ask.threadTs } : {}) } as const;
  await outbox.say(answerKey(ask), target, message);
  await enqueue('deliver', { v: 1, channel: ask.channel }, { collapse: ask.channel });
}

async function whisper(client: WebClient, ask: Ask, message: SlackMessage, { log, inbox }: SlackContext): Promise<void> {
  try {
    // With Redis away the person is told all the same: twice at worst.
    if (!(await inbox.first(ask.once).catch(() => true))) return;
    const thread = ask.threadTs ? { thread_ts: ask.threadTs } : {};
    await client.chat.postEphemeral({ channel: ask.channel, user: ask.user, ...thread, ...sendable(message) });
  } catch (error) {
    log.warn({ err: error, channel: ask.channel }, 'a person could not be told');
  }
}
