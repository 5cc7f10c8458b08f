import { quantile } from 'simple-statistics';

/** Milliseconds, sorted out: median and 99th percentile. */
export function spread(ms: readonly number[]): { p50: number; p99: number; max: number } {
  return { p50: quantile([...ms], 0.5), p99: quantile([...ms], 0.99), max: Math.max(...ms) };
}

/** One line a measurement: ours, the peer's in the same run, and the ratio, which is what can be compared between machines. */
export function report(what: string, ours: readonly number[], peer: string, theirs: readonly number[]): void {
  const [a, b] = [spread(ours), spread(theirs)];
  console.log(
    `${what}: p50 ${a.p50.toFixed(1)} ms, p99 ${a.p99.toFixed(1)} ms, max ${a.max.toFixed(1)} ms (${ours.length} runs)\n` +
      `  ${peer}: p50 ${b.p50.toFixed(1)} ms, p99 ${b.p99.toFixed(1)} ms → ratio ${(a.p50 / b.p50).toFixed(1)} (p50), ${(a.p99 / b.p99).toFixed(1)} (p99)`,
  );
}
