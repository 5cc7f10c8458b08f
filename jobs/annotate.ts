import { nextMark } from '../src/incidents/page.js';
import type { Incidents } from '../src/model/incident.js';
import type { Pager, Pages } from '../src/model/page.js';
import type { JobContext, Processor } from './context.js';
import { nextOf, type PagePorts, pageOf, sayTo } from './page.js';

/** More wait for the next round. */
const MOST = 50;
/** After a failure it is left in peace for so long: one that hangs takes one of a worker's four hands for eight seconds a minute, and no more. */
const PEACE_MS = 60_000;

export type AnnotatePorts = Pick<PagePorts, 'outbox' | 'permalink'> & {
  readonly incidents: Pick<Incidents, 'incident'>;
  readonly marks: Pick<Pages, 'due' | 'record' | 'keep' | 'settle'>;
  /** Null: nobody marks anything. */
  readonly marker: Pager | null;
};

/**
 * Marks incidents in graphs, as pagers are told of pages: what is to be marked was written down with the change of the incident, and is
 * struck out when it was taken. One job for all of them, one after the other, and the first that is not taken ends it: a mark is never worth
 * what people wait for.
 */
export function makeAnnotate({ marker, ...ports }: AnnotatePorts): Processor<'annotate'> {
  let peaceUntilMs = Number.NEGATIVE_INFINITY;
  return async (_payload, context) => {
    const { nowMs } = context;
    if (!marker || nowMs() < peaceUntilMs) return;
    for (const incidentId of await ports.marks.due(nowMs(), MOST)) {
      if (await annotateOne(incidentId, marker, ports, context)) continue;
      peaceUntilMs = nowMs() + PEACE_MS;
      return;
    }
  };
}

/** Whether it was taken, or nothing was to be. */
async function annotateOne(
  incidentId: string,
  marker: Pager,
  { incidents, marks, ...ports }: Omit<AnnotatePorts, 'marker'>,
  context: JobContext,
): Promise<boolean> {
  const { nowMs } = context;
  const found = await incidents.incident(incidentId);
  if (!found) {
    await marks.settle(incidentId, 0, null);
    return true;
  }
  let record = await marks.record(incidentId);
  const step = nextMark(record[marker.name], found.value);
  if (step) record = await sayTo(marker, await pageOf(found.value, step, ports, nowMs()), record, { pages: marks }, context);
  const said = record[marker.name];
  await marks.settle(incidentId, found.version, nextOf(said, marker, step));
  return said?.failing === undefined;
}
