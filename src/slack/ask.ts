import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import type { Heaps } from '../model/heap-taking.js';
import type { KnownElsewhere } from '../model/history.js';
import type { Hosts } from '../model/host.js';
import type { Incidents, Storms } from '../model/incident.js';
import type { Outbox, Permalink, Replies, SlackMessage, Target } from '../model/message.js';
import type { RawLinks } from '../model/raw-file.js';
import type { Inventory } from '../model/replica.js';
import type { RulesPort } from '../model/rules.js';
import type { SampleStore } from '../model/sample.js';
import type { Enqueue } from '../queue/enqueue.js';
import type { StatusView } from '../render/status.js';
import type { TellAlone } from './tell-alone.js';

/** Somebody wants something: a command, a mention or a click, with what Slack said about it. */
export type Ask = {
  readonly via: 'command' | 'mention' | 'click';
  readonly user: string;
  readonly channel: string;
  /** The thread it was asked in; its answer goes there. Commands have none: Slack takes no commands in threads. */
  readonly threadTs?: string;
  /** A bearer secret for 30 minutes: goes into `Replies` and nowhere else. */
  readonly responseUrl?: string;
  /** The same for every delivery of the same request: what makes a doubled delivery do nothing. */
  readonly once: string;
  readonly atMs: number;
};

/**
 * What a handler answers; only the edge sends. `ack`: a word to the person that work has begun, left out where there is no
 * acknowledgement to put it in. `person`: to the asker alone. `place`: where it was asked, for all in the thread.
 */
export type Reply = { readonly to: 'ack' | 'person' | 'place'; readonly message: SlackMessage };

/** A form, opened by the trigger of a click or a shortcut: three seconds after it, Slack opens none. `view` is Block Kit's. */
export type Modal = { readonly to: 'modal'; readonly view: Readonly<Record<string, unknown>> };

/** What becomes of a form that was sent in: closed, or open still with a sentence beside the field it is about (by block id). */
export type FormReply =
  | { readonly to: 'closed' }
  | { readonly to: 'fields'; readonly problems: Readonly<Record<string, string>> };

/** Ports for handlers. Every call has a deadline of about a second: Slack gives three for all of it. */
export type SlackContext = {
  readonly inventory: Pick<Inventory, 'all'>;
  readonly hosts: Pick<Hosts, 'all'>;
  /** Who is known to a metrics server alone; nobody where there is none. */
  readonly elsewhere: Pick<KnownElsewhere, 'all'>;
  readonly replies: Pick<Replies, 'put'>;
  readonly outbox: Pick<Outbox, 'get' | 'say'>;
  readonly incidents: Pick<Incidents, 'incident' | 'watched' | 'commit' | 'open' | 'ofService' | 'since'>;
  readonly storms: Pick<Storms, 'members'>;
  readonly samples: Pick<SampleStore, 'read'>;
  readonly rules: Pick<RulesPort, 'now'>;
  /** True for the first who asks about an id within a day. */
  readonly inbox: { first(id: string): Promise<boolean> };
  /** The address of a message; null: not known. */
  readonly permalink: Permalink;
  readonly tellAlone: TellAlone;
  /** One of `LEAKWATCH_OPERATORS`: may have a command run in a container, and a heap as it was sent. */
  readonly isOperator: (user: string) => Promise<boolean>;
  /** Ids of people and of usergroups, as they were configured. */
  readonly operators: readonly string[];
  readonly heaps: Pick<Heaps, 'finding' | 'ofService'>;
  readonly rawLinks: RawLinks;
  readonly enqueue: Enqueue;
  readonly status: () => Promise<StatusView>;
  readonly log: Logger;
};

/** One word of the grammar, the same in `/leak …` and `@leakwatch …`. Its help line lives here, and `help` is made of them. */
export type Command = {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  run(args: readonly string[], ask: Ask, context: SlackContext): Promise<Reply>;
};

/** The outbox key of the answer to a request: the same request always has the same answer. 32 hex digits. */
export function answerKey(ask: Ask): string {
  return digest(ask.once).slice(0, 32);
}

/** SHA-256, 64 hex digits. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** For the payload of a heap: who asks may have a command run in the container for it. */
export async function execOf({ user }: Ask, { isOperator }: Pick<SlackContext, 'isOperator'>): Promise<{ mayExec?: true }> {
  return (await isOperator(user)) ? { mayExec: true } : {};
}

/** Where the answer goes: the channel or thread it was asked in, or the person alone. */
export async function targetOf(ask: Ask, personOnly: boolean, replies: Pick<Replies, 'put'>): Promise<Target> {
  const replyId = ask.responseUrl ? await replies.put({ url: ask.responseUrl, replaces: ask.via === 'click' }) : undefined;
  return {
    kind: personOnly ? 'person' : 'channel',
    channel: ask.channel,
    user: ask.user,
    ...(ask.threadTs ? { threadTs: ask.threadTs } : {}),
    ...(replyId ? { replyId } : {}),
  };
}
