import { LeakwatchError, worldError } from '../src/errors.js';
import type { Heaps } from '../src/model/heap-taking.js';
import { type ContainerAddresses, type PprofPlace, type Profiler, pprofPlace } from '../src/model/profiler.js';
import type { Payload } from '../src/queue/catalogue.js';

export type FetchHeapPorts = {
  readonly profiler: Profiler;
  readonly heaps: Pick<Heaps, 'placeOf' | 'foundAt'>;
};

/** Nobody serves profiles there, in words: what to do about it is one line of Go. */
export type NoPprof = { readonly noPprof: string };

/**
 * A profile of one container as it is sent. Where it is: what a rule says, else where it was found before, else where it is found now; its
 * ports are tried because somebody asked, and never otherwise. What it answers that is no profile is a world's error; nothing here is escaped yet.
 */
export async function fetchHeap(
  { pprof, serviceId, target, profile: kind }: Payload<'take-heap'>,
  name: string,
  addresses: ContainerAddresses,
  { profiler, heaps }: FetchHeapPorts,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly place: PprofPlace } | NoPprof> {
  if (kind === 'massif') throw new Error('what Massif wrote is no profile of Go');
  const profile = kind;
  if (addresses.hostNetwork)
    throw worldError(`${name} shares its host’s network: no address is its own, so that nobody can tell whose heap it would be`);
  const ruled = pprof === undefined ? null : ruledPlace(pprof);
  const known = ruled ?? (await heaps.placeOf(serviceId));
  const bytes = known && (await fetchAt(known, name));
  if (known && bytes) return { bytes, place: known };
  if (ruled) return { noPprof: `${name}: nobody answers on port ${ruled.port}${reachWords(addresses)}` };
  // Nothing is known, or what was known has moved.
  const found = target ? await profiler.find(addresses, signal) : null;
  if (!found) return { noPprof: `${name}: no pprof answers${triedWords(addresses)}` };
  await heaps.foundAt(serviceId, found);
  const there = await fetchAt(found, name);
  return there ? { bytes: there, place: found } : { noPprof: `${name}: pprof was on port ${found.port}, and is not any more` };

  async function fetchAt(place: PprofPlace, of: string): Promise<Buffer | null> {
    try {
      return await profiler.fetch(addresses, place, profile, signal);
    } catch (error) {
      throw error instanceof LeakwatchError ? worldError(`${of}: ${error.message}`, error) : error;
    }
  }
}

function ruledPlace(rule: string): PprofPlace {
  const place = pprofPlace(rule);
  if (!place) throw worldError('The rule `pprof` of this service is no port and no `:port/path`, as 8081 or ":8081/debug/pprof"');
  return place;
}

/** Why that may be: which ways there are. */
function reachWords({ ips, published }: ContainerAddresses): string {
  if (ips.length === 0 && published.length === 0) return ' (it has no network, and publishes no port)';
  return published.length === 0 ? ' (it publishes no port: its own address has to be within the agent’s reach)' : '';
}

function triedWords({ exposed }: ContainerAddresses): string {
  return exposed.length === 0
    ? ', and it exposes no port that could be tried'
    : ` on any port that it exposes (${exposed.slice(0, 10).join(', ')})`;
}
