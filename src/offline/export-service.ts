import { personError } from '../errors.js';
import type { Series } from '../model/assessment.js';
import type { Inventory, Replica, ServiceRef } from '../model/replica.js';
import type { Streams } from './answer.js';
import { encodeSeries } from './encode-line.js';
import { ANSWERED, exitCodeOf } from './exit.js';
import { harmless } from './problem.js';
import { makeResults } from './results.js';

export type ExportPorts = {
  readonly inventory: Pick<Inventory, 'all'>;
  /** The replicas of a service as they are now, one at a time, with what is kept of the last `windowMs`. */
  readonly eachSeries: (serviceId: string, windowMs: number) => AsyncIterable<Series>;
  /** What a person's word names. */
  readonly resolve: (
    word: string,
    replicas: readonly Replica[],
  ) =>
    | { readonly kind: 'found'; readonly service: ServiceRef }
    | { readonly kind: 'ambiguous'; readonly services: readonly ServiceRef[] }
    | { readonly kind: 'unknown' };
  /** Names near a word, the nearest first. */
  readonly suggest: (word: string, names: readonly string[]) => readonly string[];
  /** `90m`, `2h`, `14d` in ms; null when it is no span. */
  readonly spanMs: (text: string) => number | null;
};

export type Asked = { readonly service: string; readonly since: string };

/**
 * Prints what is kept of a service, a line a replica, in the form that `assess` and `replay` read; a replica that nothing is kept
 * of is a line without samples. Holds one replica at a time. Gives the exit code: 0 written, 2 no such service, 1 Redis or
 * standard output failed.
 */
export async function exportService(asked: Asked, ports: ExportPorts, streams: Omit<Streams, 'stdin'>): Promise<number> {
  try {
    const windowMs = ports.spanMs(asked.since);
    if (!windowMs) throw personError(`--since: "${harmless(asked.since)}" is no time back. Such as 90m, 2h, 14d.`);
    const { id } = serviceOf(asked.service, await ports.inventory.all(), ports);
    const results = makeResults(streams.stdout);
    for await (const series of ports.eachSeries(id, windowMs)) await results.write(encodeSeries(series));
    await results.end();
    return ANSWERED;
  } catch (error) {
    return exitCodeOf(error, (sentence) => streams.stderr.write(`${sentence}\n`));
  }
}

/** The service that a word names. Throws a person's error when it names none, or more than one; `none`: when there are none at all. */
export function serviceOf(
  word: string,
  replicas: readonly Replica[],
  { resolve, suggest }: Pick<ExportPorts, 'resolve' | 'suggest'>,
  none = 'No service is known: no agent has reported to this Redis.',
): ServiceRef {
  const resolved = resolve(word, replicas);
  if (resolved.kind === 'found') return resolved.service;
  const said = harmless(word, 80);
  const named = (names: readonly string[]) => names.map((name) => harmless(name, 80)).join(', ');
  if (resolved.kind === 'ambiguous')
    throw personError(
      `"${said}" is ${resolved.services.length} services: which of ${named(resolved.services.map(({ id }) => id))}?`,
    );
  if (replicas.length === 0) throw personError(none);
  const near = suggest(
    word,
    replicas.flatMap(({ service: { id, name } }) => [name, id]),
  );
  throw personError(`No "${said}". ${near.length > 0 ? `Did you mean ${named(near)}?` : 'Nothing has a name like it.'}`);
}
