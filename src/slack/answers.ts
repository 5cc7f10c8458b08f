import type { AckFn, RespondFn, ViewResponseAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { withDeadline } from '../errors.js';
import type { SlackMessage } from '../model/message.js';
import { deliverSoon } from '../queue/deliver-soon.js';
import { plainMessage } from '../render/plain-message.js';
import { asMentions } from './as-mentions.js';
import { type Ask, answerKey, type FormReply, type Modal, type Reply, type SlackContext } from './ask.js';
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

export type Click = {
  readonly ack: AckFn<void>;
  /** Null: Slack gave no way to answer. */
  readonly respond: RespondFn | null;
  readonly open: (view: Modal['view']) => Promise<unknown>;
  /** What was clicked on is seen by this person alone. */
  readonly alone: boolean;
};

/**
 * A click is acknowledged without words. A question that one person was asked is replaced by the answer; an error leaves it
 * standing, so that it can be pressed again. A message that all see is never replaced by what one of them did: it is changed by
 * the job that was begun, or not at all.
 */
export async function answerClick(
  { ack, respond, open, alone }: Click,
  { log }: SlackContext,
  work: () => Promise<Reply | Modal>,
): Promise<void> {
  const { reply } = await answer(work, log);
  await ack();
  if (reply.to === 'modal') return openForm(reply, open, respond, log);
  const begun = reply.to === 'ack';
  if (begun && !alone) return;
  await tell(respond, reply.message, begun, log);
}

async function openForm({ view }: Modal, open: Click['open'], respond: RespondFn | null, log: Logger): Promise<void> {
  try {
    await open(view);
  } catch (error) {
    log.warn({ err: error }, 'a form was not opened');
    await tell(
      respond,
      plainMessage('Slack did not open the form in time. Nothing was changed; press it once more.'),
      false,
      log,
    );
  }
}

async function tell(respond: RespondFn | null, message: SlackMessage, replace: boolean, log: Logger): Promise<void> {
  if (!respond) return;
  const words = sendable(message);
  try {
    await withDeadline(5_000, 'response_url', () => respond({ response_type: 'ephemeral', replace_original: replace, ...words }));
  } catch (error) {
    log.warn({ err: error }, 'a click was handled, but its answer was not taken');
  }
}

/** A form that was sent in: what is wrong with it stands beside the field, everything else beside `field`, and it stays open. */
export async function answerForm(
  ack: AckFn<ViewResponseAction>,
  field: string,
  { log }: SlackContext,
  work: () => Promise<FormReply>,
): Promise<void> {
  const { reply } = await answer(work, log);
  if (reply.to === 'closed') return ack();
  const errors = reply.to === 'fields' ? reply.problems : { [field]: reply.message.text };
  await ack({ response_action: 'errors', errors: { ...errors } });
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
  if (reply.to === 'person' && (first || !again)) await whisper(client, ask, asMentions(reply.message), context);
  if (again) throw new Error('not handled: to be delivered again');
}

async function sayHere(ask: Ask, message: SlackMessage, { outbox, enqueue }: SlackContext): Promise<void> {
  const target = { kind: 'channel', channel: ask.channel, ...(ask.threadTs ? { threadTs: ask.threadTs } : {}) } as const;
  await outbox.say(answerKey(ask), target, message);
  await deliverSoon(enqueue, ask.channel);
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
