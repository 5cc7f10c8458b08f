/**
 * What outlives Redis, a shelf for each kind of thing:
 *
 *     incidents   an incident as JSON, as it was at its last change                              json
 *     series      the samples of its replicas when it opened and when it closed, one line each   jsonl.gz
 *     cases       the same with a label, of an incident that a person said is no leak            jsonl.gz
 *
 * Series and cases are in the form that `leakwatch assess` reads, cases in that of a labelled corpus too.
 *     heaps       profiles as they were sent; whose, of which process, when and why is in the manifest              pb.gz
 *                 (of a JVM a histogram, of Node V8's JSON, of Massif its file)                         txt.gz, json.gz, out.gz
 */
export type ArchiveKind = 'incidents' | 'series' | 'cases' | 'heaps';
export type ArchiveForm = 'json' | 'jsonl.gz' | 'pb.gz' | 'txt.gz' | 'json.gz' | 'out.gz';

/**
 * What is known of an entry without reading it: its manifest. `name` may be any text, and is all that tells two entries of a kind
 * apart; `meta` is small (whose it is, what was taken, when, in which units).
 */
export type Manifest = {
  readonly kind: ArchiveKind;
  readonly name: string;
  readonly form: ArchiveForm;
  readonly meta: Readonly<Record<string, string | number | boolean | null>>;
};
/** `bytes` as they lie there; `atMs`: when it was put there, Unix ms; `file`: what it is called there, null where nobody can look. */
export type ArchiveEntry = Manifest & { readonly bytes: number; readonly atMs: number; readonly file: string | null };

/** `mostBytes` null: nobody set a quota, or somebody else watches over it. */
export type ArchiveState = { readonly entries: number; readonly bytes: number; readonly mostBytes: number | null };

/**
 * Port: the archive. An entry is there as a whole or not at all, whatever dies; put again it takes its own place; several
 * processes may use it at once. What the disk (or the bucket) does not do is a world's error, in words. Implemented in `store/`.
 */
export type Archive = {
  put(manifest: Manifest, content: AsyncIterable<Uint8Array>): Promise<void>;
  /** Null: it is not there (any more). The content is read when it is iterated. */
  get(kind: ArchiveKind, name: string): Promise<{ readonly entry: ArchiveEntry; readonly content: AsyncIterable<Buffer> } | null>;
  /**
   * Of a bucket: where anybody who has the address can fetch this entry for so long. Null: it is not there. Absent: a folder has no addresses.
   */
  link?(kind: ArchiveKind, name: string, lifeMs: number): Promise<string | null>;
  /** Oldest first. */
  list(kind: ArchiveKind): Promise<ArchiveEntry[]>;
  /** What is not there is removed already. */
  remove(kind: ArchiveKind, name: string): Promise<void>;
  /** Takes out what is too old or too much and what crashes left behind, tries whether it can be written, tells what is left. */
  tidy(): Promise<ArchiveState>;
};

/** How the archive of one worker is: its state, or why it cannot be used, in words for a person. */
export type ArchiveReport = {
  readonly worker: string;
  readonly atMs: number;
  readonly state?: ArchiveState;
  readonly problem?: string;
};

/** Port: the workers' last words about their archives; they are good for five minutes. Implemented in `store/`. */
export type ArchiveReports = {
  say(report: ArchiveReport): Promise<void>;
  all(): Promise<ArchiveReport[]>;
};
