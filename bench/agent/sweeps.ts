/** One round of looks at all containers, seen from the engine. Times of `performance.now()`. */
export type SweepSeen = { readonly fromMs: number; toMs: number; readonly asked: Map<string, number> };

/** A pause of this length is between two sweeps, not inside one. */
const PAUSE_MS = 4_000;
const STATS = /^\/containers\/([0-9a-f]{64})\/stats/;

/** Puts the engine's answers together as sweeps. */
export function sweepWatch() {
  const sweeps: SweepSeen[] = [];
  return {
    sweeps,
    onAnswer(path: string, begunMs: number, endedMs: number) {
      const id = STATS.exec(path)?.[1];
      if (!id) return;
      let last = sweeps.at(-1);
      if (!last || begunMs - last.toMs > PAUSE_MS) {
        last = { fromMs: begunMs, toMs: endedMs, asked: new Map() };
        sweeps.push(last);
      }
      last.toMs = Math.max(last.toMs, endedMs);
      last.asked.set(id, (last.asked.get(id) ?? 0) + 1);
    },
  };
}
