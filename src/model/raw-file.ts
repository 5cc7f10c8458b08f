/** The address of a file of the archive, good until then (Unix ms) for whoever has it. */
export type RawLink = { readonly url: string; readonly untilMs: number };

/** Port: gives out addresses of heaps as they were sent. Implemented in `http/`, where a bucket does not do it itself. */
export type RawLinks = {
  /** For one person; `name` is the entry's in the archive. Null: it is not in this archive (any more). A person's error says what has to be set. */
  of(name: string, user: string): Promise<RawLink | null>;
};
