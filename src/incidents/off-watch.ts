import type { Incident } from '../model/incident.js';
import type { News } from '../model/news.js';
import { there } from './gone.js';

/**
 * An open incident of a service that nobody looks at any more: a person took it off the watch (`by`), or it is ignored. Nobody would
 * see that it is over, so it is over now: its page ends, and nothing is said of whether it still leaks.
 *
 *     leaks ──── unwatch ─▶ closed ──── watch ──── leaks ─▶ said anew
 */
export function offWatch(
  incident: Incident,
  by: string | undefined,
  nowMs: number,
): { readonly incident: Incident; readonly news: News[] } {
  const who = by ? { by } : {};
  return {
    incident: { ...there(incident), closed: { atMs: nowMs, how: 'unwatched', ...who } },
    news: [{ kind: 'unwatched', atMs: nowMs, ...who }],
  };
}
