/** When a query is evaluated: at `fromMs`, then every `stepMs`, `count` times. Both are whole steps of the epoch: what was asked before can be cached. */
export type Grid = {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly count: number;
  /** How long a time each point stands for, where it is known that so short a time has scrapes in it; absent: `windowMsOf`. */
  readonly windowMs?: number;
};

/** What is asked of each container, a query each. */
export const FIELDS = ['anon', 'leastAnon', 'cache', 'usage', 'listed', 'limit', 'start', 'cpu', 'rx', 'tx'] as const;
export type Field = (typeof FIELDS)[number];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Fine for what is recent, then the five minutes that our own roll-ups stand for, then what the range allows. */
const FINE_FOR_MS = 6 * HOUR;
const STEPS_MS = [MINUTE, ...[5, 10, 15, 30].map((n) => n * MINUTE), ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR)];
/** Prometheus refuses more than 11,000 points a series (web/api/v1/api.go); one below that is left for each end. */
const MAX_POINTS = 10_900;
/** Two scrapes of a minute each: a shorter window may hold none. */
const SHORTEST_WINDOW_MS = 2 * MINUTE;

/** The grid over a range: it begins at or before it, and ends at its last whole step: what is still to come would be half a point. */
export function gridOf(fromMs: number, toMs: number): Grid {
  const rangeMs = Math.max(0, toMs - fromMs);
  const steps = rangeMs <= FINE_FOR_MS ? STEPS_MS : STEPS_MS.slice(1);
  const days = Math.ceil(rangeMs / (MAX_POINTS * 24 * HOUR)) * 24 * HOUR;
  const stepMs = steps.find((step) => rangeMs / step <= MAX_POINTS) ?? days;
  const first = Math.floor(fromMs / stepMs) * stepMs;
  return { fromMs: first, stepMs, count: Math.max(1, Math.floor(toMs / stepMs) - first / stepMs + 1) };
}

/** As fine as an agent samples, where scrapes come so often. */
const CLOSE_STEPS_MS = [15, 30, 60].map((n) => n * 1_000);
/** Scrapes that are late or missing by so much do not make it coarser. */
const LATE = 1.2;
/** How long scrapes are counted for. */
export const COUNTED_MS = 5 * MINUTE;

/**
 * A grid for what is looked at closely: a point a scrape, but no more than an agent would have. `scrapes`: so many came in the last five
 * minutes. Null: they come too seldom, and an ordinary grid is as fine.
 */
export function closeGridOf(fromMs: number, toMs: number, scrapes: number): Grid | null {
  const stepMs = CLOSE_STEPS_MS.find((step) => LATE * step >= COUNTED_MS / scrapes);
  if (stepMs === undefined) return null;
  const first = Math.floor(fromMs / stepMs) * stepMs;
  return { fromMs: first, stepMs, windowMs: stepMs, count: Math.max(1, Math.floor(toMs / stepMs) - first / stepMs + 1) };
}

/** How many scrapes of each container there were in the five minutes before a point. */
export function scrapesOf(selector: string): string {
  return `max by (id) (count_over_time(${listedBy(selector)}[${COUNTED_MS / 1_000}s]))`;
}

/** How long a time each point of a grid stands for, ms: it ends at the point. */
export function windowMsOf({ stepMs, windowMs }: Grid): number {
  return windowMs ?? Math.max(stepMs, SHORTEST_WINDOW_MS);
}

/**
 * A container's cgroup by the path that cAdvisor gives it: the id is the end of it. Slices and pods above it hold several
 * containers, what is below it is part of one, and conmon is beside it under the same id.
 *
 *     /docker/<id>   /system.slice/docker-<id>.scope   /kubepods/burstable/pod<uid>/<id>   …/cri-containerd-<id>.scope
 */
const CONTAINERS = ['id=~"/(.+/)?([a-z]+(-[a-z]+)*-)?[0-9a-f]{64}([.]scope)?"', 'id!~".*conmon-.*"'];

/** Selects all containers, or those whose cgroups are named. Every name is quoted: none can be anything but a name. */
export function containersIn(cgroups?: readonly string[]): string {
  if (!cgroups) return `{${CONTAINERS.join(',')}}`;
  return `{id=~${quoted(cgroups.map(literal).join('|'))}}`;
}

/** What says which containers there were. */
export function listedBy(selector: string): string {
  return `container_memory_rss${selector}`;
}

/**
 * One query a field; each gives one series a container, with its `id` alone. `max by (id)` makes one of what several scrapers saw of
 * the same container. Means and minima are of real samples: what is no longer scraped has none, while a bare selector would repeat the
 * last value for five minutes. The rest is asked for at the middle of the same window.
 *
 *     samples   · · · · · · · · · ·
 *     window         [---------]       mean and least of these
 *     bare                ^            half a window before the point
 */
export function queriesOf(selector: string, grid: Grid): Readonly<Record<Field, string>> {
  const window = windowMsOf(grid) / 1_000;
  const over = (fold: string, metric: string) => `max by (id) (${fold}_over_time(${metric}${selector}[${window}s]))`;
  const bare = (metric: string) => `${metric}${selector} offset ${500 * window}ms`;
  const all = (label: string, metric: string) => `max by (id) (sum without (${label}) (${bare(metric)}))`;
  return {
    anon: over('avg', 'container_memory_rss'),
    leastAnon: over('min', 'container_memory_rss'),
    cache: over('avg', 'container_memory_cache'),
    usage: over('avg', 'container_memory_usage_bytes'),
    // What is on the kernel's lists of file pages; the rest of the cache is shared memory.
    listed: `${over('avg', 'container_memory_total_active_file_bytes')} + ${over('avg', 'container_memory_total_inactive_file_bytes')}`,
    limit: `max by (id) (${bare('container_spec_memory_limit_bytes')})`,
    start: `max by (id) (${bare('container_start_time_seconds')})`,
    cpu: all('cpu', 'container_cpu_usage_seconds_total'),
    rx: all('interface', 'container_network_receive_bytes_total'),
    tx: all('interface', 'container_network_transmit_bytes_total'),
  };
}

/**
 * A string of PromQL. Its escapes are Go's, of which JSON's are a part. Go knows no half characters, and what stands for one, U+FFFD, is
 * taken for the sign of broken text when it is not escaped.
 */
export function quoted(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('\ufffd', '\\ufffd');
}

/** An expression of RE2 that matches this text and no other. */
export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
