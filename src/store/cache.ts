/**
 * One read for all who ask within `freshMs`; who asks while it is under way shares it. A failed read is not kept. What is
 * given out is shared too: do not change it.
 */
export function withFreshness<T>(freshMs: number, nowMs: () => number, read: () => Promise<T>): () => Promise<T> {
  let last: { atMs: number; value: Promise<T> } | undefined;
  return () => {
    const ageMs = last ? nowMs() - last.atMs : Number.POSITIVE_INFINITY;
    // A clock that was set back makes nothing younger.
    if (last && ageMs >= 0 && ageMs < freshMs) return last.value;
    const value = read();
    const mine = { atMs: nowMs(), value };
    last = mine;
    value.catch(() => {
      if (last === mine) last = undefined;
    });
    return value;
  };
}
