/** A message that files came with, by channel and time stamp. */
export type Carrier = { readonly channel: string; readonly ts: string };

/** Where a file was shown: its message, and the thread that this is in. */
export type FileShare = Carrier & { readonly threadTs?: string };

/** What Slack says of a file. `bytes`: its size; `mimetype`: empty where Slack does not know it. */
export type SlackFile = {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly mimetype: string;
  /** The workspace of who uploaded it; absent: Slack does not say. */
  readonly team?: string;
  readonly shares: readonly FileShare[];
  /** Where its bytes are, for who has the token; null: not in Slack (a link into another service), or removed. */
  readonly address: string | null;
};

/** Why a file cannot be had, in words for a person with what to do about it; trying again does not help. */
export type NoFile = { readonly problem: string };

/** Port: files that people put into conversations. What may get better is thrown as a world's error. Implemented in `delivery/`. */
export type SlackFiles = {
  /** Null: it was removed, or we may not see it. */
  about(fileId: string, signal: AbortSignal): Promise<SlackFile | NoFile | null>;
  /** Its bytes, at most `mostBytes`: one that is larger is a problem, and is not read further. */
  read(file: SlackFile, mostBytes: number, signal: AbortSignal): Promise<Buffer | NoFile>;
};

/** Files of one message as far as they were heard of; `asked`: somebody mentioned us with them, so that they are answered anyhow. */
export type Dropped = { readonly fileIds: readonly string[]; readonly asked: boolean };

/** Port: what is remembered of files that came, and of answers about heaps, to know their threads. Implemented in `store/`. */
export type DroppedFiles = {
  /** Adds to what is known of a message, for a day; gives all of it. The same again changes nothing. */
  add(carrier: Carrier, found: Dropped): Promise<Dropped>;
  of(carrier: Carrier): Promise<Dropped>;
  /** An answer about a heap was said in a channel, under this key of the outbox. */
  answered(channel: string, outboxKey: string, nowMs: number): Promise<void>;
  /** Keys of those answers, newest first, of the last seven days. */
  answersIn(channel: string): Promise<readonly string[]>;
};

/** What can be read. `go`: pprof's protobuf, of whatever runtime; `python`: a count of its garbage collector's objects. */
export const FILE_KINDS = ['massif', 'go', 'jvm', 'v8', 'tcmalloc', 'jemalloc', 'python'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

const HEAP_NAME = /(?:^|[^a-z])(?:massif\.out|heap|heapprofile|pprof|jeprof|histogram)(?:[^a-z]|$)|\.pb(?:\.gz)?$/i;
/** Pictures, films, sound, pages and office's own: nobody's heap, and not fetched to find that out. */
const OTHER_TYPE = /^(?:image|video|audio|font)\/|^text\/(?:html|markdown|css|csv)$|^application\/(?:pdf|zip|msword|vnd\.)/;

/** Its name says that it is one: what is wrong with it is then told unasked. */
export function isNamedHeap({ name }: Pick<SlackFile, 'name'>): boolean {
  return HEAP_NAME.test(name);
}

export function mayBeHeap({ mimetype }: Pick<SlackFile, 'mimetype'>): boolean {
  return !OTHER_TYPE.test(mimetype);
}
