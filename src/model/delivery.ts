import type { Chart } from './chart.js';
import type { Outbox, OutboxEntry, Via } from './message.js';

/** Where a version of a message arrived. Ephemerals and answers through a response URL have no `ts` that can be used. */
export type Receipt = { readonly version: number; readonly via: Via; readonly ts?: string; readonly channel?: string };

/** What delivery learned about an entry that holds for its later tries. */
export type EntryNote = Partial<Pick<OutboxEntry, 'repeat' | 'plain' | 'unreadable' | 'told' | 'via' | 'tries'>>;

/** One drain looks at no more: what is behind gets its turn when these are out. */
export const PENDING_AT_ONCE = 200;

/**
 * Port: the outbox as the one who empties it sees it. Each call is one atomic step; those that take a `claim` do nothing, and
 * say so with null or false, when that claim is no longer the channel's. Implemented in `store/`.
 */
export type OutboxDrain = Outbox & {
  /** What waits in a channel, by first `say`: the first `PENDING_AT_ONCE`, and where these are all edits, the first posts behind them. */
  pending(channel: string): Promise<readonly OutboxEntry[]>;
  /** A post is about to be sent: its time is kept, and the content to send is that of now. Null: not to be sent by us. */
  intend(key: string, claim: Claim): Promise<OutboxEntry | null>;
  /** `a copy`: it stands in another place already, and this one is one too many. */
  receipt(key: string, receipt: Receipt): Promise<'kept' | 'a copy'>;
  /** What Slack called a channel when it was last posted to by its name (`#ops`): reading wants the id. The name where that is not known. */
  channelId(channel: string): Promise<string>;
  /** The post in flight surely did not arrive. */
  unsent(key: string, claim: Claim): Promise<boolean>;
  /** Slack will never take this version. A newer one, if there is one, is tried. */
  fail(key: string, version: number, error: string): Promise<void>;
  note(key: string, note: EntryNote): Promise<void>;
  /** The post in flight, or an edit, was refused for good where it is: it is to be said anew, in another channel or in the same. False when it is no longer ours. */
  redirect(key: string, claim: Claim, channel: string, error: string): Promise<boolean>;
  /** The picture is dropped, because Slack does not take the file. */
  dropPicture(key: string, fileId: string): Promise<void>;
  /** Redis' clock: the one that intents are kept in. */
  nowMs(): Promise<number>;
};

/**
 * The right to send to a channel. It ends by itself; a request may only begin while `inTime()`, which leaves room for the
 * request's own time limit, so that nobody takes over while one is in flight.
 *
 *     take/renew ──── send window ────┬──── request time limit ────┬── margin ──▶ free for others
 *                  inTime() is true   │  false
 */
export type Claim = {
  readonly channel: string;
  readonly token: string;
  /** False when somebody else has it. */
  renew(): Promise<boolean>;
  /** By this process' monotonic clock alone, so that it can be asked in the very line that writes to the socket. */
  inTime(): boolean;
  release(): Promise<void>;
};

/** Port: who may send to a channel. Implemented in `store/`. */
export type Claims = { take(channel: string): Promise<Claim | { readonly freeInMs: number }> };

/** Port: how often Slack may be written to, over all workers. Both `may…` take what they allow. Implemented in `store/`. */
export type Budget = {
  /** 0: now; else the milliseconds until it is worth asking again. */
  mayPost(channel: string): Promise<number>;
  mayUpdate(): Promise<number>;
  /** How long posts to a channel have to rest still; takes nothing. */
  pausedMs(channel: string): Promise<number>;
  /** Slack asked for silence, or is ill: no posts in a channel, no updates anywhere, or nothing at all. */
  pause(what: Pause, ms: number): Promise<void>;
};
export type Pause = { readonly posts: string } | 'updates' | 'all';

/**
 * What nobody was told of yet: how many messages, since when the first of them waits (Redis time; null: none does), and whether everything
 * rests because Slack refuses the token.
 */
export type Undelivered = { readonly waiting: number; readonly sinceMs: number | null; readonly refused: boolean };

/** What became of one entry. `holds`: this message, later posts of the channel too (order), or the whole channel. */
export type Step =
  | { readonly kind: 'done' }
  /** It is another channel's now, and is to be delivered there. */
  | { readonly kind: 'moved'; readonly channel: string }
  | { readonly kind: 'wait'; readonly ms: number; readonly holds: 'entry' | 'posts' | 'channel'; readonly why: string };

/** Where the crash tests strike. */
export type Checkpoint = (name: 'before-post' | 'after-post' | 'after-receipt') => Promise<void> | void;

/** Port: takes one entry one step on. Implemented in `delivery/`. */
export type Delivery = { step(entry: OutboxEntry, claim: Claim, checkpoint: Checkpoint): Promise<Step> };

/**
 * Port: puts a picture where messages can show it; gives its file id once Slack has made it ready, or why Slack will never
 * take it. Throws when it is worth another try. Implemented in `delivery/`.
 */
export type Uploader = {
  upload(png: Uint8Array, chart: Chart, signal: AbortSignal): Promise<{ readonly fileId: string } | { readonly refused: string }>;
  /** A text that messages can link to: its address in Slack. Until a message of ours names it, nobody but us can open it. */
  uploadText(document: Document, signal: AbortSignal): Promise<{ readonly permalink: string } | { readonly refused: string }>;
};

/** `type`: text/markdown unless it is said. */
export type Document = { readonly filename: string; readonly title: string; readonly text: string; readonly type?: string };

/** The way a message takes: where it was said before, else what its target asks for. */
export function routeOf(entry: OutboxEntry): Via {
  if (entry.via) return entry.via;
  if (entry.target.kind === 'channel') return 'web';
  return entry.target.replyId ? 'reply' : 'ephemeral';
}

/** Whether the next thing to do for it is a new post in its channel: what order and spacing are about. */
export function needsPost(entry: OutboxEntry): boolean {
  return !entry.ts && routeOf(entry) !== 'reply';
}

/** Whether its picture is still to be drawn. */
export function needsChart(entry: OutboxEntry): boolean {
  if (!entry.chart || entry.state === 'failed' || entry.chartDrawn === entry.chartVersion) return false;
  return !(entry.via === 'reply' && entry.target.kind === 'channel');
}
