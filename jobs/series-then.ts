import type { Series } from '../src/model/assessment.js';
import type { Replica, Run } from '../src/model/replica.js';
import { DEFAULT_WINDOW_MS, type LookPorts } from './look.js';

/**
 * The series of a service's replicas as they would have been read at a time (Unix ms): what came later is left out. One at a
 * time: two weeks of a thousand replicas are a gigabyte.
 */
export async function* eachSeriesThen(
  serviceId: string,
  atMs: number,
  ports: Omit<LookPorts, 'hosts'>,
  windowMs: number = DEFAULT_WINDOW_MS,
): AsyncGenerator<Series> {
  const own = (await ports.inventory.all()).filter(({ service }) => service.id === serviceId);
  const ledger = (await ports.ledger.read(serviceId)).filter(({ endedAtMs }) => endedAtMs <= atMs);
  for (const replica of own) {
    const fromMs = atMs - windowMs;
    const samples = await ports.samples.read(replica.key, fromMs, atMs);
    const runs = (await ports.runs.read(replica.key)).flatMap((run) => livingAt(run, atMs));
    yield { replica: { ...replica, ...presentIn(runs, replica) }, fromMs, toMs: atMs, samples, runs, ledger };
  }
}

/** Replicas of which nothing is left are missing. */
export async function seriesThen(serviceId: string, atMs: number, ports: LookPorts): Promise<Series[]> {
  const series: Series[] = [];
  for await (const one of eachSeriesThen(serviceId, atMs, ports)) if (one.samples.length > 0) series.push(one);
  return series;
}

function livingAt(run: Run, atMs: number): Run[] {
  if (run.startedAtMs > atMs) return [];
  if (run.endedAtMs === undefined || run.endedAtMs <= atMs) return [run];
  const { endedAtMs: _, exitCode: __, oomKilled: ___, ...living } = run;
  return [living];
}

function presentIn(runs: readonly Run[], { run, running }: Replica): Pick<Replica, 'run' | 'running'> {
  const last = runs.at(-1);
  return last ? { run: last, running: last.endedAtMs === undefined } : { run, running };
}
