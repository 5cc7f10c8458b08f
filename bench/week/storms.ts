import type { Incident, Storms } from '../../src/model/incident.js';

const HOUR_MS = 3_600_000;

/** In the order in which they opened, through the real storms: how many have a root of their own, and how many storms there were. */
export async function foldStorms(incidents: readonly Incident[], storms: Storms): Promise<{ roots: number; storms: number }> {
  const seen = new Set<string>();
  let roots = 0;
  for (const { id, service, openedMs, opening, place } of incidents.toSorted((a, b) => a.openedMs - b.openedMs)) {
    const alone = opening.limitAtMs !== null && opening.limitAtMs - openedMs < HOUR_MS;
    const storm = await storms.join(place.channel, { id, service }, alone, openedMs);
    if (storm) seen.add(storm);
    else roots += 1;
  }
  return { roots, storms: seen.size };
}
