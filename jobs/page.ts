import type { Logger } from 'pino';
import { LeakwatchError, withDeadline } from '../src/errors.js';
import { nextPage, pageWanted } from '../src/incidents/page.js';
import { type Incident, type Incidents, rootKeyOf } from '../src/model/incident.js';
import type { Outbox, Permalink } from '../src/model/message.js';
import type { Page, Paged, PageRecord, Pager, PageStep, Pages } from '../src/model/page.js';
import { pageDetails, pageSummary } from '../src/render/page-words.js';
import type { JobContext, Processor } from './context.js';

/** A pager that does not answer by then is tried again. */
const SEND_MS = 8_000;
/** Waits after a failure double from the first to the last. */
const BACKOFF_MS = { first: 5_000, last: 60_000 };

export type PagePorts = {
  readonly incidents: Pick<Incidents, 'incident'>;
  readonly pages: Pick<Pages, 'record' | 'keep' | 'settle'>;
  readonly pagers: readonly Pager[];
  readonly outbox: Pick<Outbox, 'get'>;
  readonly permalink: Permalink;
};

/**
 * Tells the pagers of one incident what they are to know and were not told. What is about to be sent is written down before, and what
 * was taken after: a worker that dies in between has it sent again, under the same key, which makes it one. What is not taken stays
 * due, and stands in `status` until it is.
 */
export function makePage(ports: PagePorts): Processor<'page'> {
  // One job an incident at a time (it collapses). Of a worker that was frozen and goes on beside the next one, the last word is not
  // its own: what it tells late makes the incident due again, and the pager hears how it is.
  return ({ incidentId }, context) => pageOne(incidentId, ports, context);
}

async function pageOne(incidentId: string, ports: PagePorts, { nowMs, signal, log }: JobContext): Promise<void> {
  const { incidents, pages, pagers } = ports;
  const found = await incidents.incident(incidentId);
  if (!found) return pages.settle(incidentId, 0, null);
  const wanted = pageWanted(found.value);
  let record = await pages.record(incidentId);
  for (const pager of pagers) {
    const said = record[pager.name];
    const step = nextPage(said, wanted, pager.refreshMs, nowMs());
    const waits = said?.failing !== undefined && nowMs() < said.atMs + backoffMs(said.failing.tries);
    if (step && !waits)
      record = await sayTo(pager, await pageOf(found.value, step, ports, nowMs()), record, ports, { nowMs, signal, log });
  }
  const nexts = pagers.flatMap((pager) => nextOf(record[pager.name], pager, wanted) ?? []);
  await pages.settle(incidentId, found.version, nexts.length > 0 ? Math.min(...nexts) : null);
}

type Saying = { readonly nowMs: () => number; readonly signal: AbortSignal; readonly log: Logger };

/** Tells one pager, and writes down before and after what it was told. Gives the record as it is then. */
export async function sayTo(
  pager: Pager,
  page: Page,
  record: PageRecord,
  { pages }: Pick<PagePorts, 'pages'>,
  { nowMs, signal, log }: Saying,
): Promise<PageRecord> {
  const { name } = pager;
  const failing = record[name]?.failing;
  const about: Paged = { step: page.step, atMs: nowMs(), sure: false, ...(failing ? { failing } : {}) };
  await pages.keep(page.incidentId, { ...record, [name]: about });
  let after: Paged;
  try {
    await withDeadline(SEND_MS, name, (deadline) => pager.send(page, nowMs(), AbortSignal.any([signal, deadline])));
    after = { step: page.step, atMs: about.atMs, sure: true };
    log.info({ incidentId: page.incidentId, pager: name, step: page.step }, 'paged');
  } catch (error) {
    const why = error instanceof LeakwatchError ? error.message : `${name}: an error of ours`;
    const tries = (failing?.tries ?? 0) + 1;
    after = { ...about, failing: { why, sinceMs: failing?.sinceMs ?? about.atMs, tries } };
    log.error(
      { err: error, incidentId: page.incidentId, pager: name, step: page.step, tries },
      'a page was not taken: tried again',
    );
  }
  const next = { ...record, [name]: after };
  await pages.keep(page.incidentId, next);
  return next;
}

/** When it is this pager's turn again, Unix ms; null: when the incident changes. */
export function nextOf(said: Paged | undefined, { refreshMs }: Pager, wanted: PageStep | null): number | null {
  if (!said) return null;
  const { failing } = said;
  if (failing) return said.atMs + backoffMs(failing.tries);
  return refreshMs !== null && wanted !== 'resolve' ? said.atMs + refreshMs : null;
}

function backoffMs(tries: number): number {
  return Math.min(BACKOFF_MS.last, BACKOFF_MS.first * 2 ** (tries - 1));
}

export async function pageOf(
  incident: Incident,
  step: PageStep,
  ports: Pick<PagePorts, 'outbox' | 'permalink'>,
  nowMs: number,
): Promise<Page> {
  const { id, service, openedMs, latest, closed } = incident;
  const link = await linkOf(incident, ports);
  return {
    ...{ incidentId: id, step, service, openedMs, hosts: latest.hosts },
    ...{ summary: pageSummary(incident, nowMs), details: pageDetails(incident, nowMs) },
    ...(closed ? { closedMs: closed.atMs } : {}),
    ...(link ? { link } : {}),
  };
}

/** Where it is said in Slack, when that is known: nobody is woken later for it. */
async function linkOf(
  incident: Incident,
  { outbox, permalink }: Pick<PagePorts, 'outbox' | 'permalink'>,
): Promise<string | null> {
  const root = await outbox.get(rootKeyOf(incident));
  return root?.ts ? permalink(root.postedChannel ?? root.target.channel, root.ts) : null;
}
