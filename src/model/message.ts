import type { Chart } from './chart.js';

/** A message as Slack takes it. `text` is the notification and what a screen reader says: it carries the verdict alone. */
export type SlackMessage = { readonly text: string; readonly blocks: readonly Record<string, unknown>[] };

/**
 * Where a message goes. `person`: seen by one person alone. `replyId` names a stored `response_url` (a bearer secret that
 * lives 30 minutes, so it is kept out of jobs and logs): how a person is answered where the bot is not a member.
 */
export type Target =
  | {
      readonly kind: 'channel';
      readonly channel: string;
      readonly threadTs?: string;
      readonly replyId?: string;
      readonly user?: string;
    }
  | {
      readonly kind: 'person';
      readonly channel: string;
      readonly user: string;
      readonly threadTs?: string;
      readonly replyId?: string;
    };

/**
 * One visible message and its latest wanted content. `version` rises with every change of content; `sentVersion` is the one
 * that Slack has. What exists is updated, never posted again.
 *
 *     pending ──intent──▶ (Slack) ──receipt──▶ sent ──new version──▶ pending …
 *        └── permanent error ──▶ failed (said to the person who asked, counted in status)
 */
export type OutboxEntry = {
  readonly key: string;
  readonly target: Target;
  readonly message: SlackMessage;
  readonly version: number;
  readonly sentVersion: number;
  readonly state: 'pending' | 'intent' | 'sent' | 'failed';
  readonly createdAtMs: number;
  /** When the post in flight began, Redis time: what a reconciliation looks back to. */
  readonly intentAtMs?: number;
  /** Where it really is: Slack's answer, not what was asked for. */
  readonly ts?: string;
  readonly postedChannel?: string;
  /** Drawn after the message is out; the file id is set once Slack has made the file ready. */
  readonly chart?: Chart;
  readonly chartFileId?: string;
  readonly error?: string;
};

/** Port: what is to be said. Every call is safe to repeat. Implemented in `store/`. */
export type Outbox = {
  /**
   * Says `message` to `target` under `key`, or changes what was said under it. A content equal to the present one changes
   * nothing. Gives the entry. The caller enqueues `deliver` for `drainOf(target)` afterwards.
   */
  say(key: string, target: Target, message: SlackMessage, chart?: Chart): Promise<OutboxEntry>;
  get(key: string): Promise<OutboxEntry | null>;
  /** The picture is ready: shown with the next version. Ignored when the entry has moved on to another chart. */
  attachChart(key: string, version: number, fileId: string): Promise<void>;
};

/** The queue a target's messages are drained in: one per channel, so that order holds and one post is in flight. */
export function drainOf(target: Target): string {
  return target.channel;
}

/** Port: where to answer a person without being a member. Implemented in `store/`; entries live 30 minutes, 5 uses. */
export type Replies = {
  put(responseUrl: string): Promise<string>;
  /** Counts one use; null when it has expired or was used five times. */
  use(replyId: string): Promise<string | null>;
};
