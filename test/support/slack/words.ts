/** The nouns of the local workspace. Ids, time stamps and field names are as Slack's; times in names say their unit. */
export type Json = Record<string, unknown>;
export type Block = Readonly<Json>;

export type User = {
  readonly id: string;
  readonly name: string;
  readonly teamId: string;
  readonly isBot: boolean;
  /** A guest of this workspace. */
  readonly isRestricted: boolean;
  readonly isDeactivated: boolean;
};

export type Channel = {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly isArchived: boolean;
  /** Shared with another workspace (Slack Connect). */
  readonly isExtShared: boolean;
  readonly members: Set<string>;
};

export type Metadata = { readonly event_type: string; readonly event_payload: Json };

export type Message = {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly attachments: readonly Block[];
  readonly metadata?: Metadata;
  readonly edited: boolean;
  /** Only this person sees it: it is in no history and no method changes it. */
  readonly ephemeralFor?: string;
  /** A reply that is shown in the channel too. */
  readonly isBroadcast: boolean;
  readonly fileIds: readonly string[];
  readonly reactions: readonly { readonly name: string; readonly users: readonly string[] }[];
};

export type View = {
  readonly id: string;
  readonly type: 'modal' | 'home';
  readonly forUser: string;
  readonly rootId: string;
  readonly view: Json;
  readonly hash: string;
};

/** `@here` and the like, and user groups, that a message would have called. */
export type Broadcast = { readonly channel: string; readonly ts: string; readonly mention: string };

/** What Slack answers instead of doing as asked: its word, and what it adds to the answer. */
export class SlackRefusal extends Error {
  readonly word: string;
  readonly more: Json;

  constructor(word: string, more: Json = {}) {
    super(word);
    this.word = word;
    this.more = more;
  }
}
