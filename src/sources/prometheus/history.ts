import { MAX_ANSWER_BYTES, type PrometheusClient } from './client.js';
import { type Columns, decodeLabels, decodeMatrix } from './decode-answer.js';
import { type Container, type Containers, decodeContainer, mergeContainers } from './decode-container.js';
import { decodeSamples } from './decode-samples.js';
import type { Life } from './decode-series.js';
import { closeGridOf, containersIn, FIELDS, type Field, type Grid, gridOf, listedBy, queriesOf, scrapesOf } from './query.js';

export type { Container };

/** What one value takes of an answer, at most: `[1795391391,"1073741824.123456"],` */
const VALUE_BYTES = 36;
/** A server takes 20 queries at a time; we are not alone there. */
const AT_ONCE = 2;
/** So many of a service's containers say how often it is scraped. */
const MOST_COUNTED = 50;

export type ReadLives = {
  readonly lives: readonly Life[];
  /** Values that were none. */
  readonly dropped: number;
  readonly warnings: readonly string[];
};

/** The containers that were there in a range of time, by their labels. One query. */
export async function readContainers(
  client: PrometheusClient,
  fromMs: number,
  toMs: number,
  signal: AbortSignal,
): Promise<Containers & { readonly warnings: readonly string[] }> {
  const { series, warnings } = decodeLabels(await client.series(listedBy(containersIn()), fromMs, toMs, signal));
  const seen = series.flatMap((labels) => decodeContainer(labels) ?? []);
  return { ...mergeContainers(seen), warnings };
}

/**
 * What there is of some containers over a range of time: one query a field for as many of them as an answer has room for, and those one
 * after the other. `all`: there are no others, and none need be named.
 */
export async function* readLives(
  client: PrometheusClient,
  containers: readonly Container[],
  range: { readonly fromMs: number; readonly toMs: number },
  signal: AbortSignal,
  all = false,
  grid = gridOf(range.fromMs, range.toMs),
): AsyncGenerator<ReadLives> {
  const most = mostAtOnce(grid.count);
  for (let i = 0; i < containers.length; i += most) {
    const some = containers.slice(i, i + most);
    const named = all && some.length === containers.length ? undefined : some.map(({ cgroup }) => cgroup);
    const queries = queriesOf(containersIn(named), grid);
    const byField = {} as Record<Field, Columns>;
    const warnings = new Set<string>();
    let dropped = 0;
    const waiting = [...FIELDS];
    const work = async () => {
      for (let field = waiting.shift(); field; field = waiting.shift()) {
        const matrix = decodeMatrix(await client.range(queries[field], grid, signal), grid);
        byField[field] = matrix.columns;
        dropped += matrix.dropped;
        for (const warning of matrix.warnings) warnings.add(warning);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work)).finally(() => {
      waiting.length = 0;
    });
    const lives = some.map((container) => ({ container, remembered: decodeSamples(byField, container.cgroup, grid) }));
    yield { lives, dropped, warnings: [...warnings] };
  }
}

/** A grid as fine as the scrapes of some containers are; an ordinary one where they come seldom, or none has come. One query. */
export async function readCloseGrid(
  client: PrometheusClient,
  containers: readonly Container[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  signal: AbortSignal,
): Promise<Grid> {
  const last = gridOf(toMs, toMs);
  const named = containers.slice(0, MOST_COUNTED).map(({ cgroup }) => cgroup);
  const { columns } = decodeMatrix(await client.range(scrapesOf(containersIn(named)), last, signal), last);
  const most = Math.max(0, ...[...columns.values()].map(([scrapes = 0]) => scrapes || 0));
  return closeGridOf(fromMs, toMs, most) ?? gridOf(fromMs, toMs);
}

/** As many containers as an answer has room for with so many points each. */
export function mostAtOnce(points: number): number {
  return Math.max(1, Math.floor(MAX_ANSWER_BYTES / (points * VALUE_BYTES)));
}
