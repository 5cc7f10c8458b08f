/**
 * A metrics server that does not answer: since the first question that failed (Unix ms), and why the last one did, a sentence.
 * `saidUnder`: the outbox key of the message that says so; absent: nobody was told.
 */
export type Unanswered = { readonly sinceMs: number; readonly why: string; readonly saidUnder?: string };

/** Port: whether the metrics server answers, as the workers find it. Implemented in `store/`. */
export type Answering = {
  /** Null: it does, or nobody asks it (any more). */
  unanswered(): Promise<Unanswered | null>;
  keep(unanswered: Unanswered): Promise<void>;
  /** It answers. What was said of it is remembered for a while. */
  clear(): Promise<void>;
  /** Under which key that it does not answer was said last; null: not lately. */
  lastSaidUnder(): Promise<string | null>;
};

/** Two minutes (reliability P01), a little less: what is asked by a timer is asked a little late. */
const AWAY_MS = 115_000;

/** It is away for so long that it is said: a restart is no news. */
export function isAway({ sinceMs }: Unanswered, nowMs: number): boolean {
  return nowMs - sinceMs >= AWAY_MS;
}
