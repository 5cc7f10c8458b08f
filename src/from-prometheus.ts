import { personError, worldError } from './errors.js';
import type { ServiceAssessment } from './model/assessment.js';
import type { Replica } from './model/replica.js';
import type { WatchEvent } from './model/watch.js';
import type { Streams } from './offline/answer.js';
import type { Span } from './offline/compare-replays.js';
import { encodeSeries } from './offline/encode-line.js';
import { ANSWERED, exitCodeOf } from './offline/exit.js';
import { serviceOf } from './offline/export-service.js';
import { harmless } from './offline/problem.js';
import { makeProgress } from './offline/progress.js';
import { lineOf, replayService, UNHURRIED } from './offline/replay-history.js';
import { NO_TOTALS, reportOf, sumOf, totalLine } from './offline/replay-report.js';
import { isReaderGone, makeResults, type Results } from './offline/results.js';
import { membersOf } from './offline/service-history.js';
import { card } from './render/card.js';
import { plainLines } from './render/plain-lines.js';
import { suggest } from './render/suggest.js';
import { duration } from './render/times.js';
import { bytesOf, count } from './render/units.js';
import { spanMs } from './slack/parse.js';
import { resolveService } from './slack/resolve.js';
import { makePrometheusClient, type PrometheusAddress } from './sources/prometheus/client.js';
import { type Container, readContainers } from './sources/prometheus/history.js';
import { inTime } from './sources/prometheus/in-time.js';
import { type ReadService, readServices, servicesOf } from './sources/prometheus/services.js';

/** `services`: their names or ids; none: all. `since`: how far back from now, such as 30d; or from when to when. */
export type AskedOf = { readonly services: readonly string[]; readonly since: string | Span };
type ReplayAsked = AskedOf & {
  readonly json?: boolean | undefined;
  /** Told of each line instead of having it printed. */
  readonly tell?: ((line: ReturnType<typeof lineOf>) => void) | undefined;
  /** Told the ids of those services, where not all are asked for. */
  readonly only?: ((ids: readonly string[]) => void) | undefined;
};
type Streamed = Omit<Streams, 'stdin'>;

/** Who waits at a terminal can wait for a month of many containers. */
const ROUND_MS = 120_000;
const WINDOW_MS = 14 * 24 * 3_600_000;

/** `leakwatch export --prometheus`: a line a replica, as `export` prints what Redis has. Gives the exit code. */
export function exportPrometheus(asked: AskedOf, address: PrometheusAddress, streams: Streamed): Promise<number> {
  return answering(streams, async (results) => {
    for await (const { series } of historyOf(asked, address, streams))
      for (const one of series) await results.write(encodeSeries(one));
  });
}

/** `leakwatch replay --prometheus`: what would have been posted of each service, and what that would have caught. Gives the exit code. */
export function replayPrometheus(asked: ReplayAsked, address: PrometheusAddress, streams: Streamed): Promise<number> {
  return answering(streams, async (results) => {
    const progress = makeProgress(streams.stderr, Date.now, { many: 'services', of: 'the services' });
    const span = spanOf(asked.since, Date.now());
    const of = [span.fromMs, span.toMs];
    let totals = NO_TOTALS;
    let [done, all] = [0, 0];
    progress.wait('asking Prometheus…');
    const say = (text: string) => {
      progress.clear();
      streams.stderr.write(text);
    };
    const quietly = { ...streams, stderr: { write: say } };
    try {
      for await (const { all: wanted, ...history } of historyOf({ ...asked, since: span }, address, quietly)) {
        all = wanted;
        const onTick = (share: number) => progress.at(done, (done + share) / all);
        const said = [...replayService(membersOf(history), history.service, onTick, UNHURRIED)];
        done += 1;
        progress.clear();
        if (asked.tell) for (const { atMs, event } of said) asked.tell(lineOf(history.service.id, atMs, event));
        else if (asked.json)
          for (const { atMs, event } of said) await results.write({ ...lineOf(history.service.id, atMs, event), of });
        else {
          const report = reportOf(history, said, { message: messageOf, span: duration, share: bytesOf });
          totals = sumOf(totals, report.totals);
          await results.print(report.text);
        }
        progress.at(done, done / all);
      }
    } catch (error) {
      progress.clear();
      if (done > 0 && !isReaderGone(error)) say(`leakwatch: not answered to its end: ${done} of ${count(all, 'service')}.\n`);
      throw error;
    }
    progress.clear();
    if (!asked.json && !asked.tell) await results.print(`\n${totalLine(totals)}`);
  });
}

/** Services one after the other; what is missing of them is said on standard error. */
async function* historyOf(
  { services, since, only }: AskedOf & Pick<ReplayAsked, 'only'>,
  address: PrometheusAddress,
  { stderr }: Streamed,
): AsyncGenerator<ReadService & { readonly all: number }> {
  const range = spanOf(since, Date.now());
  const client = makePrometheusClient(address);
  const found = await within((signal) => readContainers(client, range.fromMs, range.toMs, signal));
  const told = new Set<string>();
  const say = (sentence: string) => {
    if (!told.has(sentence)) stderr.write(`leakwatch: ${harmless(sentence, 300)}\n`);
    told.add(sentence);
  };
  const { containers, contradicted } = found;
  const nameless = containers.filter(({ place }) => place === null).length;
  if (containers.length === 0)
    throw worldError('Prometheus: has no container_memory_rss of any container then. Does it scrape cAdvisor or the kubelet?');
  if (nameless > 0)
    say(`${nameless} of ${count(containers.length, 'container')} without names (Docker 29 needs cAdvisor 0.54): left out.`);
  const [doubtful] = contradicted.keys();
  if (doubtful !== undefined)
    say(
      `${count(contradicted.size, 'container')} with two names, such as ${doubtful.slice(0, 12)}: that of more labels is taken.`,
    );
  const named = new Map(services.map((word) => wantedOf(word, containers)).map((one) => [one.id, one]));
  const wanted = services.length === 0 ? servicesOf(containers) : [...named.values()];
  if (services.length > 0) only?.(wanted.map(({ id }) => id));
  for (const warning of found.warnings) say(`Prometheus: its list of containers is partial: ${warning}`);
  for await (const read of readServices(client, containers, wanted, range, within)) {
    for (const warning of read.warnings) say(`Prometheus: its answer is partial: ${warning}`);
    yield { ...read, warnings: [...found.warnings, ...read.warnings], all: wanted.length };
  }
}

function spanOf(since: AskedOf['since'], nowMs: number): Span {
  if (typeof since !== 'string') return since;
  const rangeMs = spanMs(since);
  if (!rangeMs) throw personError(`--since: "${harmless(since)}" is no time back. Such as 90m, 2h, 30d.`);
  return { fromMs: nowMs - rangeMs, toMs: nowMs };
}

function wantedOf(word: string, containers: readonly Container[]) {
  const replicas = containers.flatMap(({ id, place, name, image, hosts }): Replica[] => {
    const run = { containerId: id, image, startedAtMs: 0 };
    const [host = ''] = hosts;
    return place ? [{ key: id, host, ...place, containerName: name, limitBytes: null, running: true, run, labels: {} }] : [];
  });
  return serviceOf(word, replicas, { resolve: resolveService, suggest }, 'Prometheus has no container with a name then.');
}

function messageOf(assessment: ServiceAssessment, { event, level }: WatchEvent, nowMs: number): string[] {
  if (event === 'resolve') return [`✅ ${assessment.service.name} calm again`];
  const lines = plainLines(card(assessment, { nowMs, windowMs: WINDOW_MS, watching: false }));
  return level === 'digest' ? lines.slice(0, 1) : lines;
}

function within<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return inTime(ROUND_MS, work);
}

async function answering(streams: Streamed, work: (results: Results) => Promise<void>): Promise<number> {
  try {
    const results = makeResults(streams.stdout);
    await work(results);
    await results.end();
    return ANSWERED;
  } catch (error) {
    return exitCodeOf(error, (sentence) => streams.stderr.write(`${sentence}\n`));
  }
}
