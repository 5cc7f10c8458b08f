import { runtimeOf } from '../src/analysis/runtime.js';
import { LeakwatchError, worldError } from '../src/errors.js';
import type { Heaps } from '../src/model/heap-taking.js';
import type { ContainerAbout, Inside, RuntimeProfiler } from '../src/model/inside.js';
import type { Runtime } from '../src/model/profiler.js';
import type { Replica } from '../src/model/replica.js';
import type { Payload } from '../src/queue/catalogue.js';

export type TakeRuntimePorts = {
  /** Null: it is gone. Without `LEAKWATCH_EXEC` only what the engine tells anybody. */
  readonly about: (containerId: string) => Promise<ContainerAbout | null>;
  /** Null: `LEAKWATCH_EXEC` is off. */
  readonly inside: Inside | null;
  readonly runtimes: RuntimeProfiler | null;
  readonly heaps: Pick<Heaps, 'placeOf' | 'toldBefore'>;
};

export type RuntimeHeap = {
  readonly bytes: Buffer;
  readonly runtime: Runtime;
  readonly sinceMs?: number;
  readonly sampledEvery?: number;
};

const NAMES = { jvm: 'a JVM', node: 'Node.js' } as const;
/** Measured with 125 MB of heap; it stops all threads. */
const JVM_COST =
  'its class histogram makes it collect all garbage first, which stops it for as long as that takes (half a second with 125 MB of heap, longer with more), and for the first one again a minute later. Ask again to have it taken: this is said once';

/**
 * The heap of a JVM or of Node, which serve none: by a command in the container. Null: it is neither, or it serves pprof all the same. What stands
 * in the way (not switched on, not an operator, not told yet what it costs) is a world's error: an answer.
 */
export async function takeRuntime(
  { profile, pprof, serviceId, mayExec }: Payload<'take-heap'>,
  { containerName: name, run }: Replica,
  { about, inside, runtimes, heaps }: TakeRuntimePorts,
  signal: AbortSignal,
): Promise<RuntimeHeap | null> {
  if (profile !== 'heap' || pprof !== undefined || (await heaps.placeOf(serviceId))) return null;
  const seen = await about(run.containerId);
  const runtime = seen && runtimeOf(seen);
  if (runtime === 'native' && seen?.isUnderMassif) throw worldError(`${name} runs under Massif: \`massif\` asks that`);
  if (runtime !== 'jvm' && runtime !== 'node') return null;
  const what = `${name} runs on ${NAMES[runtime]}`;
  if (!inside || !runtimes)
    throw worldError(`${what}: its heap takes a command in the container, which LEAKWATCH_EXEC=on of that host’s agent allows`);
  if (!mayExec)
    throw worldError(
      `${what}: its heap takes a command in the container, and operators alone may have that done (LEAKWATCH_OPERATORS)`,
    );
  if (runtime === 'jvm' && !(await heaps.toldBefore(serviceId))) throw worldError(`${what}: ${JVM_COST}`);
  try {
    return { ...(await runtimes.take(run.containerId, runtime, signal)), runtime };
  } catch (error) {
    throw error instanceof LeakwatchError ? worldError(`${name}: ${error.message}`, error) : error;
  }
}
