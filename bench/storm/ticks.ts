import { setTimeout as sleep } from 'node:timers/promises';
import { makeSamples } from '../../src/store/samples.js';
import type { StormWorld } from '../../test/storm/world.js';
import type { RealHost } from './real-host.js';

/** Between two sweeps nothing is asked for so long. */
const QUIET_MS = 150;

/** What engines were asked: the figures of which container, when (Unix ms). */
export type Asked = Map<string, number[]>;

export function noteAsked(asked: Asked, path: string): void {
  const id = /^\/(?:v[\d.]+\/)?containers\/([0-9a-f]{64})\/stats/.exec(path)?.[1];
  if (id) asked.set(id, [...(asked.get(id) ?? []).slice(-5_000), Date.now()]);
}

export type Ticks = { readonly host: string; readonly sweeps: number; readonly samples: number; readonly uneven: number };

/**
 * So many ticks in peace. Gives for each host how often its containers were asked, and for how many of them that is not what all
 * others on it have, or not what is in the store: a tick is a sweep, and it leaves one sample of each container.
 */
export async function ticksInPeace(world: StormWorld, real: RealHost, asked: Asked, ms: number): Promise<Ticks[]> {
  await quiet(asked);
  const beganMs = Date.now();
  await sleep(ms);
  await world.crew.stop();
  const samples = makeSamples(world.redis);
  const faked = world.services.map(({ key, name, host }) => {
    const id = world.engines.find((one) => one.host === host)?.engine.get(`shop-${name}-1`)?.id ?? '';
    return { key, id, host };
  });
  const all = [...faked, ...real.containers.map((container) => ({ ...container, host: real.host }))];
  const counts = await Promise.all(
    all.map(async ({ key, id, host }) => {
      const times = (asked.get(id) ?? []).filter((t) => t >= beganMs);
      return { host, asked: times.length, kept: (await samples.read(key, beganMs, Date.now())).length };
    }),
  );
  return [...world.engines, real].map(({ host }) => {
    const own = counts.filter((one) => one.host === host);
    const sweeps = own[0]?.asked ?? 0;
    const uneven = own.filter((one) => one.asked !== sweeps || one.kept !== sweeps).length;
    return { host, sweeps, samples: own.reduce((sum, { kept }) => sum + kept, 0), uneven };
  });
}

async function quiet(asked: Asked): Promise<void> {
  const last = () => [...asked.values()].reduce((most, times) => Math.max(most, times.at(-1) ?? 0), 0);
  while (Date.now() - last() < QUIET_MS) await sleep(10);
}
