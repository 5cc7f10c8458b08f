import type { Readable } from 'node:stream';
import { LeakwatchError, worldError } from '../../errors.js';
import type { Engine, EngineEvent } from '../../model/engine.js';
import type { DockerClient } from './client.js';
import { decodeAddresses } from './decode-addresses.js';
import { eventFilter, eventReader } from './decode-events.js';
import { decodeReplica } from './decode-run.js';
import { decodeStats } from './decode-stats.js';
import { inPool } from './in-pool.js';
import { asInfo, asList, asVersion, isStats } from './types.js';

/** An inspect takes the engine 1 ms; more at a time only make it busy. */
const MAX_INSPECTS = 16;
/** Before Docker 25 a one-shot waits for the next tick of a second: those that wait together cost one second together. */
const MAX_STATS = 128;
/** What ended before that is of no interest to anybody any more, though it was not removed. */
const ENDED_LONG_AGO_MS = 7 * 24 * 3_600_000;

/** The port `Engine` on a Docker API: the client's I/O and the pure decoders put together. */
export function makeEngine(client: DockerClient, nowMs: () => number): Engine {
  const isNew = eventFilter();
  return {
    async facts() {
      const [version, info] = await Promise.all([client.version(), client.info()]);
      const { ID: id, Name: name, CgroupVersion: cgroup, MemTotal: memoryBytes } = asInfo(info);
      const { Version } = asVersion(version);
      return {
        ...(id ? { id } : {}),
        ...(name ? { name } : {}),
        ...(Version ? { version: Version } : {}),
        ...(cgroup === '1' || cgroup === '2' ? { cgroup: `v${cgroup}` as const } : {}),
        // Where the kernel does not say, Docker says zero.
        ...(memoryBytes ? { memoryBytes } : {}),
      };
    },
    async replicas(host, containerIds) {
      const ids = containerIds ?? (await startedOnce(client));
      const found = await inPool(MAX_INSPECTS, ids, async (id) => decodeReplica(await client.inspect(id), host));
      const oldest = nowMs() - ENDED_LONG_AGO_MS;
      return found.flatMap((replica) => (replica && (replica.run.endedAtMs ?? oldest) >= oldest ? [replica] : []));
    },
    addresses: async (containerId) => decodeAddresses(await client.inspect(containerId)),
    async sweep(replicas, signal) {
      const reasons: string[] = [];
      const samples = await inPool(MAX_STATS, replicas, async ({ key, run, limitBytes }) => {
        try {
          if (signal.aborted) throw worldError('Docker was too slow');
          const answer = await client.stats(run.containerId);
          if (answer !== null && !isStats(answer))
            throw worldError('Docker answered GET /containers/<id>/stats with something else');
          const sample = decodeStats(answer, limitBytes);
          return sample ? { replica: key, sample } : null;
        } catch (error) {
          if (!(error instanceof LeakwatchError)) throw error;
          reasons.push(error.message);
          return null;
        }
      });
      const [why] = reasons;
      return { samples: samples.filter((one) => one !== null), failed: reasons.length, ...(why ? { why } : {}) };
    },
    async events(since, signal) {
      return eventsOf(await client.events(since === null ? null : sinceOf(since), signal), isNew);
    },
  };
}

/** Ids of all containers, but those that were only created. */
async function startedOnce(client: DockerClient): Promise<string[]> {
  const rows = asList(await client.list());
  if (!rows) throw worldError('Docker answered GET /containers/json with something that is no list');
  return rows.flatMap(({ Id, State }) => (Id && State !== 'created' ? [Id] : []));
}

async function* eventsOf(stream: Readable, isNew: (event: EngineEvent) => boolean): AsyncGenerator<EngineEvent> {
  const read = eventReader();
  for await (const chunk of stream) yield* read(chunk as Buffer).filter(isNew);
}

/** `seconds.nanoseconds`, as the engine reads it. */
function sinceOf(nanos: bigint): string {
  const second = 1_000_000_000n;
  return `${nanos / second}.${String(nanos % second).padStart(9, '0')}`;
}
