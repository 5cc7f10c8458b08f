import type { Args } from './web-api/args.js';

/** Slack allows "about one message a second" in a channel, and short bursts (docs.slack.dev/apis/web-api/rate-limits). */
const POSTS_PER_SECOND = 1;
const POST_BURST = 3;
const MINUTE_MS = 60_000;

export type RateLimits = { take(method: string, perMinute: number | null, args: Args): number };

/**
 * Counts calls. `take` gives the seconds to wait (Retry-After), 0 when the call may go on. Posts fill a bucket for each
 * channel; everything else a sliding minute for each method.
 */
export function makeRateLimits(on: boolean, nowMs: () => number): RateLimits {
  const buckets = new Map<string, { level: number; atMs: number }>();
  const recent = new Map<string, number[]>();

  function post(channel: string): number {
    const now = nowMs();
    const bucket = buckets.get(channel) ?? { level: 0, atMs: now };
    const level = Math.max(0, bucket.level - ((now - bucket.atMs) / 1_000) * POSTS_PER_SECOND);
    const full = level + 1 > POST_BURST;
    buckets.set(channel, { level: full ? level : level + 1, atMs: now });
    return full ? Math.ceil((level + 1 - POST_BURST) / POSTS_PER_SECOND) : 0;
  }

  function minute(method: string, perMinute: number): number {
    const now = nowMs();
    const calls = (recent.get(method) ?? []).filter((atMs) => atMs > now - MINUTE_MS);
    const oldest = calls.length >= perMinute ? calls[0] : undefined;
    recent.set(method, oldest === undefined ? [...calls, now] : calls);
    return oldest === undefined ? 0 : Math.max(1, Math.ceil((oldest + MINUTE_MS - now) / 1_000));
  }

  return {
    take(method, perMinute, args) {
      if (!on) return 0;
      if (method === 'chat.postMessage') return post(String(args.channel));
      return perMinute === null ? 0 : minute(method, perMinute);
    },
  };
}
