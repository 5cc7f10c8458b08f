import type { Incident } from '../model/incident.js';
import type { News } from '../model/news.js';

/** A deploy may take everything down before it brings it up again. A choice. */
const GONE_MS = 10 * 60_000;

/**
 * An open incident of whose service nothing is there. Once that has lasted, it is over: nothing leaks, and nothing was fixed either.
 * As long as one of its hosts is silent nobody knows, and nothing is said.
 *
 *     runs ──── none ─ 10 min ─▶ gone            runs ──── none ── runs: goes on
 *
 * @param silentHosts those that give no samples now.
 */
export function missed(
  incident: Incident,
  silentHosts: readonly string[],
  nowMs: number,
): { readonly incident: Incident; readonly news: News[] } {
  const { missingSinceMs } = incident;
  const rest = there(incident);
  if (rest.latest.hosts.some((host) => silentHosts.includes(host))) return { incident: rest, news: [] };
  if (missingSinceMs === undefined) return { incident: { ...rest, missingSinceMs: nowMs }, news: [] };
  if (nowMs - missingSinceMs < GONE_MS) return { incident, news: [] };
  const { growthBytesPerHour } = rest.latest;
  return {
    incident: { ...rest, closed: { atMs: nowMs, how: 'gone' } },
    news: [{ kind: 'gone', atMs: nowMs, sinceMs: missingSinceMs, growthBytesPerHour }],
  };
}

/** Some of it is there, or nobody knows that none is. */
export function there({ missingSinceMs: _, ...rest }: Incident): Incident {
  return rest;
}
