import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { worldError } from '../src/errors.js';
import type { Archive, Manifest } from '../src/model/archive.js';
import type { Series } from '../src/model/assessment.js';
import { type Incident, type Incidents, owesFreeze, type Rounds } from '../src/model/incident.js';
import type { Processor } from './context.js';
import type { LookPorts } from './look.js';
import { eachSeriesThen } from './series-then.js';
import { inItsTurn } from './turn.js';

export type FreezePorts = LookPorts & {
  readonly incidents: Pick<Incidents, 'incident' | 'watched' | 'commit'>;
  readonly rounds: Pick<Rounds, 'alone'>;
  /** Null: this worker has none. */
  readonly archive: Archive | null;
  /** A series as the object of one line that `leakwatch assess` reads, under this id (its replica's key). */
  readonly encode: (series: Series, id?: string) => { readonly id: string; readonly intervalSec?: number };
};

type Moment = 'opening' | 'end';

/**
 * An incident goes into the archive: the samples of its replicas when it opened and when it closed, at the full rate that Redis
 * keeps for two hours, and itself. Of one that a person said is no leak a labelled case is kept too, as long as that is said of it.
 * Run twice it is the same entries; a worker that dies in between leaves it owed.
 *
 *     opened ────────────── closed (not a leak) ──── opened again ──── closed
 *     series, incident      series, incident, case   incident, −case   series, incident
 */
export function makeFreeze(ports: FreezePorts): Processor<'freeze'> {
  return async ({ incidentId }, { log }) => {
    const found = await ports.incidents.incident(incidentId);
    if (!found || !owesFreeze(found.value)) return;
    const { archive } = ports;
    if (!archive) throw worldError('This worker has no archive');
    const incident = found.value;
    const { closed } = incident;
    if (!incident.frozen) await keepSeries(incident, 'opening', incident.openedMs, archive, ports, log);
    if (closed) await keepSeries(incident, 'end', closed.atMs, archive, ports, log);
    if (closed?.how === 'not-a-leak') await keepCase(incident, closed, archive, ports);
    else await archive.remove('cases', nameOf(incident));
    await archive.put(manifestOf('incidents', incident, incident.openedMs), asJson(incident));
    await mark(incident, ports);
  };
}

type Log = Parameters<Processor<'freeze'>>[1]['log'];

async function keepSeries(incident: Incident, of: Moment, atMs: number, archive: Archive, ports: FreezePorts, log: Log) {
  const lines = map(eachSeriesThen(incident.service.id, atMs, ports), (series) => [ports.encode(series)]);
  const manifest = manifestOf('series', incident, atMs, of);
  if (!(await putLines(manifest, lines, archive))) log.warn({ incident: incident.id, of }, 'nothing is left of its replicas');
}

/** In the form of a labelled corpus (`bench/detect/corpus.ts`); a line's id is its own, whatever else is put beside it. */
async function keepCase(incident: Incident, closed: NonNullable<Incident['closed']>, archive: Archive, ports: FreezePorts) {
  const { atMs, by, reason } = closed;
  const label = { family: 'not-a-leak', label: 'no-leak', truth: {}, reason, by, at: atMs };
  const lines = map(eachSeriesThen(incident.service.id, atMs, ports), (series) => {
    const line = ports.encode(series, `${incident.id}/${series.replica.key}`);
    // A single sample is no case.
    return line.intervalSec === undefined ? [] : [{ ...line, ...label }];
  });
  await putLines(manifestOf('cases', incident, atMs), lines, archive);
}

function manifestOf(kind: Manifest['kind'], incident: Incident, atMs: number, of?: Moment): Manifest {
  const { id, service } = incident;
  const meta = { service: service.id, incident: id, atMs, ...(of ? { of } : {}) };
  return { kind, name: nameOf(incident, of), form: kind === 'incidents' ? 'json' : 'jsonl.gz', meta };
}

function nameOf({ id, service }: Incident, of?: Moment): string {
  return [service.id, id, ...(of ? [of] : [])].join(' ');
}

/** False when there was no line to put. */
async function putLines(manifest: Manifest, lines: AsyncGenerator<object>, archive: Archive): Promise<boolean> {
  const first = await lines.next();
  if (first.done) return false;
  await archive.put(manifest, zipped(texts(first.value, lines)));
  return true;
}

async function* texts(first: object, rest: AsyncIterable<object>): AsyncGenerator<string> {
  yield `${JSON.stringify(first)}\n`;
  for await (const line of rest) yield `${JSON.stringify(line)}\n`;
}

async function* zipped(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  const gzip = createGzip();
  const done = pipeline(Readable.from(lines), gzip);
  // What goes wrong comes out of `gzip`; here it is heard, so that it is told once.
  done.catch(() => {});
  for await (const chunk of gzip) yield chunk as Buffer;
}

/** Without what is still to be said of it: that is Slack's, and of no use to anybody later. */
async function* asJson({ unsaid: _, ...incident }: Incident): AsyncGenerator<Buffer> {
  yield Buffer.from(`${JSON.stringify({ v: 1, ...incident })}\n`);
}

async function* map<A, B>(all: AsyncIterable<A>, of: (one: A) => readonly B[]): AsyncGenerator<B> {
  for await (const one of all) yield* of(one);
}

/** As it was put there; what happened to it meanwhile is owed. */
async function mark({ id, service, closed }: Incident, { incidents, rounds }: FreezePorts): Promise<void> {
  const frozen = closed ? { closedMs: closed.atMs } : {};
  await inItsTurn(rounds, service.id, async () => {
    const [now, watched] = [await incidents.incident(id), await incidents.watched(service.id)];
    if (!now) return true;
    return incidents.commit({ serviceId: service.id, watched, incident: { ...now, value: { ...now.value, frozen } } });
  });
}
