import type { Series } from '../../model/assessment.js';
import type { ServiceRef } from '../../model/replica.js';
import type { PrometheusClient } from './client.js';
import type { Container } from './decode-container.js';
import { decodeSeries, type Life } from './decode-series.js';
import { mostAtOnce, readLives } from './history.js';
import { gridOf } from './query.js';

export type ReadService = {
  readonly service: ServiceRef;
  readonly series: readonly Series[];
  readonly warnings: readonly string[];
};

/** A month of so many containers is a hundred MB here, and seconds of work there, of which others want some: fifty of them are more than some have time for. */
const MOST_IN_ROUND = 20;

/** The services that containers were of, in order of their ids. */
export function servicesOf(containers: readonly Container[]): ServiceRef[] {
  const byId = new Map(containers.flatMap(({ place }) => (place ? [[place.service.id, place.service] as const] : [])));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/**
 * The series of some services, one after the other; as many of them are asked for together as an answer has room for. `within` gives each
 * such round of queries its signal.
 */
export async function* readServices(
  client: PrometheusClient,
  containers: readonly Container[],
  services: readonly ServiceRef[],
  range: { readonly fromMs: number; readonly toMs: number },
  within: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>,
): AsyncGenerator<ReadService> {
  const most = Math.min(MOST_IN_ROUND, mostAtOnce(gridOf(range.fromMs, range.toMs).count));
  for (const round of roundsOf(containers, services, most)) {
    const lives: Life[] = [];
    const warnings = new Set<string>();
    const asked = containers.filter(({ place }) => round.some(({ id }) => id === place?.service.id));
    await within(async (signal) => {
      for await (const read of readLives(client, asked, range, signal)) {
        lives.push(...read.lives);
        for (const warning of read.warnings) warnings.add(warning);
      }
    });
    const series = decodeSeries(lives, range.fromMs, range.toMs);
    for (const service of round)
      yield { service, series: series.filter(({ replica }) => replica.service.id === service.id), warnings: [...warnings] };
  }
}

function roundsOf(containers: readonly Container[], services: readonly ServiceRef[], most: number): ServiceRef[][] {
  const rounds: ServiceRef[][] = [];
  let room = 0;
  for (const service of services) {
    const needed = containers.filter(({ place }) => place?.service.id === service.id).length;
    const open = rounds.at(-1);
    if (open && needed <= room) open.push(service);
    else rounds.push([service]);
    room = (open && needed <= room ? room : most) - needed;
  }
  return rounds;
}
