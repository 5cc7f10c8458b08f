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
  /** Times it was tried since it last reached Slack: what the wait before the next try grows with. */
  readonly tries: number;
  /** How long after it was first said it was posted. */
  readonly lateMs?: number;
  /** When the post in flight began, Redis time: what a reconciliation looks back to. */
  readonly intentAtMs?: number;
  readonly intentVersion?: number;
  /** When Slack last confirmed a version, Redis time. */
  readonly sentAtMs?: number;
  /** Where it really is: Slack's answer, not what was asked for. */
  readonly ts?: string;
  readonly postedChannel?: string;
  /** The way it was said, which is the only way it can be edited: Web API, a response URL, or an ephemeral (never edited). */
  readonly via?: Via;
  /** Drawn after the message is out; the file id is set once Slack has made the file ready. */
  readonly chart?: Chart;
  /** The version that `chart` came with; `chartDrawn` is equal to it once that chart was drawn or given up. */
  readonly chartVersion?: number;
  readonly chartDrawn?: number;
  /** The picture that is shown, and its own text: it may be the chart before `chart`. */
  readonly chartFileId?: string;
  readonly chartAltText?: string;
  /** Said under the message in place of a picture. */
  readonly chartNote?: string;
  /** Posted once more without knowing whether the first one arrived: said in the message. */
  readonly repeat?: boolean;
  /** What was said last is what is to be said now, but for the picture: all that is new to who cannot be shown an edit. */
  readonly onlyPictureIsNew?: boolean;
  /** Slack took this version without its blocks only. */
  readonly plain?: boolean;
  /** The history cannot be read, so that an unknown outcome stays unknown. */
  readonly unreadable?: boolean;
  /** The person who asked was told that it failed. */
  readonly told?: boolean;
  /** It is said in another channel than it was meant for, since that one did not take it: Slack's word. */
  readonly meantFor?: { readonly channel: string; readonly error: string };
  readonly error?: string;
};

export type Via = 'web' | 'reply' | 'ephemeral';

/** Port: what is to be said. Every call is safe to repeat. Implemented in `store/`. */
export type Outbox = {
  /**
   * Says `message` to `target` under `key`, or changes what was said under it. A content equal to the present one changes
   * nothing; the target is that of the first call. Gives the entry. The caller has it sent afterwards
   * (`deliverSoon`); `deliver` has the chart drawn once the message is out.
   */
  say(key: string, target: Target, message: SlackMessage, chart?: Chart): Promise<OutboxEntry>;
  get(key: string): Promise<OutboxEntry | null>;
  /** It will be changed, and what is said in its thread needs it: it lives on for 90 days, however long it does not change. */
  keep(key: string): Promise<void>;
  /** The picture is ready: shown with the next version. Ignored when the entry has moved on to another chart. */
  attachChart(key: string, version: number, fileId: string): Promise<void>;
  /** There will be no picture: `note` is said under the message instead. Ignored like `attachChart`. */
  chartFailed(key: string, version: number, note: string): Promise<void>;
  /** Messages that ended in a permanent error since then, newest first, a thousand at most: for `status`. */
  failures(
    sinceMs: number,
  ): Promise<readonly { readonly key: string; readonly error: string; readonly atMs: number; readonly channel: string }[]>;
  /** Channels with something to deliver: swept each minute, so that a lost job strands nothing. */
  pendingChannels(): Promise<readonly string[]>;
};

/** The queue a target's messages are drained in: one per channel, so that order holds and one post is in flight. */
export function drainOf(target: Target): string {
  return target.channel;
}

/** Port: where to answer a person without being a member. Implemented in `store/`; entries live 30 minutes, 5 uses. */
export type Replies = {
  put(reply: ReplyUrl): Promise<string>;
  /** Counts one use; null when it has expired or was used five times. */
  use(replyId: string): Promise<ReplyUrl | null>;
};

/** `replaces`: of a click, whose message it can change. A command's cannot: each answer is a message of its own (bolt-js#2287). */
export type ReplyUrl = { readonly url: string; readonly replaces: boolean };

/** Port: the address of a message, by its channel and time stamp; null when Slack does not say. Implemented in `delivery/`. */
export type Permalink = (channel: string, ts: string) => Promise<string | null>;
