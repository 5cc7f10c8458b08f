import type { View, WatchEvent } from '../model/incident.js';

/** What the watch remembers of a service between two looks: plain JSON. */
export type WatchState = { readonly open: WatchEvent['level'] | null };

/** The watch as a pure fold. */
export function step(state: WatchState | null, view: View, _nowMs: number): { state: WatchState; events: WatchEvent[] } {
  if (view.verdict !== 'leaking' || state?.open) return { state: state ?? { open: null }, events: [] };
  const event: WatchEvent = {
    event: 'alert',
    level: 'message',
    verdict: view.verdict,
    reason: view.reason,
    growthBytesPerHour: view.growthBytesPerHour?.value ?? null,
    limitAtMs: view.soonest?.limitAtMs?.value ?? null,
  };
  return { state: { open: 'message' }, events: [event] };
}
