import type { OwnPart, OwnPoint, OwnProcess, OwnRuntime } from '../../model/own-metrics.js';
import type { Row } from './decode-answer.js';
import { keyOfTarget, OWN_NAMES, type Target } from './own-query.js';
import type { Grid } from './query.js';

type Column = Float64Array;

/**
 * Processes out of the series of their metrics, in the order of the targets; one of which nothing is left is none. A process that tells
 * when it began is told of since then: its series go on over a restart.
 *
 *     heap    /‾/‾/  __/‾/‾
 *     start   aaaaaa bbbbbb
 *                    |----|
 */
export function decodeOwn(rows: readonly Row[], targets: readonly Target[], grid: Grid): OwnProcess[] {
  return targets.flatMap(({ key, isNamed }) => {
    const own = rows.filter(({ labels }) => keyOfTarget(labels) === key);
    const startedAtMs = startOf(columnOf(own, OWN_NAMES.start));
    const { runtime, columns } = columnsOf(own);
    const parts: Partial<Record<OwnPart, readonly OwnPoint[]>> = {};
    for (const [part, column] of Object.entries(columns) as [OwnPart, Column | undefined][]) {
      const points = column ? pointsOf(column, grid).filter(({ t }) => t > (startedAtMs ?? 0)) : [];
      if (points.length > 0) parts[part] = points;
    }
    return parts.resident || parts.heap ? [{ isNamed, runtime, startedAtMs, parts }] : [];
  });
}

type Columns = Partial<Record<OwnPart, Column | undefined>>;

function columnsOf(own: readonly Row[]): { readonly runtime: OwnRuntime | null; readonly columns: Columns } {
  const one = (name: string) => columnOf(own, name);
  const resident = one(OWN_NAMES.resident);
  const go = one(OWN_NAMES.inUse) ?? one(OWN_NAMES.allocated);
  if (go) {
    const [idle, released] = [one(OWN_NAMES.idle), one(OWN_NAMES.released)];
    const kept = idle && released && idle.map((value, i) => Math.max(0, value - (released[i] ?? Number.NaN)));
    return { runtime: 'go', columns: { resident, heap: go, kept, stacks: one(OWN_NAMES.stacks) } };
  }
  const v8 = one(OWN_NAMES.v8);
  if (v8) return { runtime: 'node', columns: { resident, heap: v8, external: one(OWN_NAMES.external) } };
  const jvm = [OWN_NAMES.jvm, OWN_NAMES.jvmOld].find((name) => own.some(({ labels }) => labels.__name__ === name));
  if (jvm === undefined) return { runtime: null, columns: { resident } };
  const direct = (name: string) => columnOf(own, name, ({ id, pool }) => (id ?? pool) === 'direct');
  const [heap, nonheap] = [/^heap$/, /^non_?heap$/].map((area) =>
    columnOf(own, jvm, ({ area: told, jvm_memory_type }) => area.test(told ?? jvm_memory_type ?? '')),
  );
  return {
    runtime: 'jvm',
    columns: { resident, heap, nonheap, direct: direct(OWN_NAMES.buffers) ?? direct(OWN_NAMES.buffersOld) },
  };
}

/**
 * A figure, or the sum of its parts (a JVM's pools); a point that one of them lacks has none. Of two series that tell the same the first is
 * believed, and the other fills what that has not. Undefined: there is no such series.
 */
function columnOf(own: readonly Row[], name: string, which: (labels: Row['labels']) => boolean = () => true): Column | undefined {
  const parts = new Map<string, Column>();
  for (const { labels, values } of own) {
    const part = labels.id ?? labels.pool ?? labels.jvm_memory_pool_name ?? '';
    if (labels.__name__ !== name || !which(labels)) continue;
    const known = parts.get(part);
    parts.set(part, known ? known.map((value, i) => (Number.isNaN(value) ? (values[i] ?? value) : value)) : values);
  }
  const [first, ...rest] = parts.values();
  return first && rest.reduce((sum, column) => sum.map((value, i) => value + (column[i] ?? Number.NaN)), first);
}

/** The last that was told, Unix ms. */
function startOf(column: Column | undefined): number | null {
  const seconds = column?.findLast((value) => value > 0);
  return seconds === undefined ? null : seconds * 1_000;
}

function pointsOf(column: Column, { fromMs, stepMs }: Grid): OwnPoint[] {
  return [...column].flatMap((bytes, i) => (Number.isNaN(bytes) ? [] : [{ t: fromMs + i * stepMs, bytes }]));
}
