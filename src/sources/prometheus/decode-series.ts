import type { Series } from '../../model/assessment.js';
import type { Replica, Run } from '../../model/replica.js';
import type { Sample } from '../../model/sample.js';
import { limitOf } from '../../model/sample.js';
import type { Container } from './decode-container.js';
import type { Remembered } from './decode-samples.js';

/** A container that has not been seen for so long is no more. */
const GONE_MS = 15 * 60_000;

export type Life = { readonly container: Container; readonly remembered: Remembered };

/** The series of the replicas that containers with a place were the lives of, in order of their keys. */
export function decodeSeries(lives: readonly Life[], fromMs: number, toMs: number): Series[] {
  const byPlace = new Map<string, Life[]>();
  for (const life of lives) {
    const key = keyOf(life.container);
    if (key !== null && life.remembered.samples.length > 0) byPlace.set(key, [...(byPlace.get(key) ?? []), life]);
  }
  return [...byPlace]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, ofPlace]) => {
      const joined = joinLives(ofPlace, toMs);
      const replica = replicaOf(key, ofPlace, joined);
      return replica ? [{ replica, fromMs, toMs, ...joined }] : [];
    });
}

/** `<host>/<service id>/<number>`; null where no service is known. */
export function keyOf({ hosts, place }: Container): string | null {
  return place ? `${hosts[0] ?? ''}/${place.service.id}/${place.number}` : null;
}

/**
 * Containers of one place, one after the other. A series goes on for a while after its container has gone, and two may overlap: from
 * its start on, the later container is believed.
 *
 *     a   ────────────··
 *     b             ────────
 *         aaaaaaaaaabbbbbbbb
 */
export function joinLives(lives: readonly Life[], toMs: number): { samples: Sample[]; runs: Run[] } {
  const inOrder = [...lives].sort((a, b) => startOf(a) - startOf(b));
  const starts = inOrder.flatMap(({ container, remembered }) =>
    remembered.startsMs.map((startedAtMs) => ({ containerId: container.id, image: container.image, startedAtMs })),
  );
  starts.sort((a, b) => a.startedAtMs - b.startedAtMs);
  const samples = inOrder.flatMap((life, i) => {
    const next = inOrder[i + 1];
    const untilMs = next ? startOf(next) : Number.POSITIVE_INFINITY;
    return life.remembered.samples.filter(({ t }) => t < untilMs);
  });
  samples.sort((a, b) => a.t - b.t);
  const lastMs = samples.at(-1)?.t ?? toMs;
  const runs = starts.map((run, i) => {
    const endedAtMs = starts[i + 1]?.startedAtMs ?? (toMs - lastMs > GONE_MS ? lastMs : undefined);
    return endedAtMs === undefined ? run : { ...run, endedAtMs };
  });
  return { samples, runs };
}

function startOf({ remembered }: Life): number {
  return remembered.startsMs[0] ?? 0;
}

function replicaOf(key: string, lives: readonly Life[], { samples, runs }: { samples: Sample[]; runs: Run[] }): Replica | null {
  const run = runs.at(-1);
  const container = lives.find(({ container: { id } }) => id === run?.containerId)?.container;
  if (!run || !container?.place) return null;
  return {
    key,
    host: container.hosts[0] ?? '',
    ...container.place,
    containerName: container.name || container.id.slice(0, 12),
    limitBytes: limitOf(samples.at(-1), null),
    running: run.endedAtMs === undefined,
    run,
    labels: {},
  };
}
