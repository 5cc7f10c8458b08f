import { personError } from '../errors.js';
import { type Incident, isSamePlace, rootKeyOf, threadOf as threadIn } from '../model/incident.js';
import type { Thread } from '../model/news.js';
import type { Replica, ServiceRef } from '../model/replica.js';
import { suggest } from '../render/suggest.js';
import { escapeText } from '../render/text.js';
import type { Ask, SlackContext } from './ask.js';
import { resolveService, servicesOf } from './resolve.js';

/** A closed one is looked for in its thread for as long as its root can be found. */
const LOOK_BACK_MS = 7 * 24 * 3_600_000;
const MAX_NAMES = 5;
/** As long as closed ones are kept. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** The service that a word names. Throws a person's error that names what is near; `again` is the command to try, up to its service; `past` has those of that name that are gone, where they count too. */
export async function serviceOf(
  word: string,
  again: string,
  { inventory }: Pick<SlackContext, 'inventory'>,
  past: () => Promise<readonly ServiceRef[]> = async () => [],
): Promise<ServiceRef> {
  const replicas: readonly Replica[] = await inventory.all();
  const resolved = resolveService(word, replicas);
  if (resolved.kind === 'found') return resolved.service;
  const tryIt = (names: readonly string[]) =>
    names
      .slice(0, MAX_NAMES)
      .map((name) => `\`${again} ${escapeText(name, 80)}\``)
      .join(', ');
  const several = (ids: readonly string[]) => personError(`"${escapeText(word, 80)}" is ${ids.length} services: ${tryIt(ids)}.`);
  if (resolved.kind === 'ambiguous') throw several(resolved.services.map(({ id }) => id));
  const [gone, ...others] = await past();
  if (gone && others.length > 0) throw several([gone, ...others].map(({ id }) => id));
  if (gone) return gone;
  const near = suggest(
    word,
    servicesOf(replicas).map(({ name }) => name),
  );
  const hint = near.length > 0 ? ` Did you mean ${tryIt(near)}?` : ' All services: `/leak check` without a name.';
  throw personError(`No "${escapeText(word, 80)}".${hint}`);
}

/** The same, also when nothing of it is there any more: its open incident is, or a closed one. */
export function serviceEver(word: string, again: string, context: SlackContext, nowMs: number): Promise<ServiceRef> {
  const { incidents } = context;
  return serviceOf(word, again, context, async () => {
    const open = namedBy(word, await incidents.open());
    return open.length > 0 ? open : namedBy(word, await incidents.since(nowMs - KEPT_MS));
  });
}

/** By its id, else by its name. */
function namedBy(word: string, incidents: readonly Incident[]): readonly ServiceRef[] {
  const services = [...new Map(incidents.map(({ service }) => [service.id, service])).values()];
  const is = (text: string) => text.toLowerCase() === word.toLowerCase();
  const byId = services.filter(({ id }) => is(id));
  return byId.length > 0 ? byId : services.filter(({ name }) => is(name));
}

/**
 * The incident that a command is about: of the service named, its open one or its last; without a name, that of the thread it was
 * said in. Throws a person's error when there is none, or more than one.
 */
export async function incidentAsked(
  word: string | undefined,
  command: string,
  ask: Ask,
  context: SlackContext,
): Promise<Incident> {
  if (word === undefined) return incidentOfThread(command, ask, context);
  const service = await serviceEver(word, `/leak ${command}`, context, ask.atMs);
  const [incident] = await context.incidents.ofService(service.id, 1);
  if (incident) return incident;
  throw personError(
    `Nothing was ever said of ${escapeText(service.name, 80)}. How it is now: \`/leak check ${escapeText(service.id, 80)}\`.`,
  );
}

async function incidentOfThread(command: string, ask: Ask, context: SlackContext): Promise<Incident> {
  if (!ask.threadTs) throw personError(`Which service? \`/leak ${command} &lt;service&gt;\`.`);
  const open = await inThread(await context.incidents.open(), ask, context);
  const found = open.length > 0 ? open : await inThread(await context.incidents.since(ask.atMs - LOOK_BACK_MS), ask, context);
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const names = found.slice(0, MAX_NAMES).map(({ service }) => escapeText(service.name, 80));
  if (only)
    throw personError(
      `This thread has ${found.length} incidents: name the service, as in \`@leakwatch ${command} ${names[0]}\`.`,
    );
  throw personError(`No incident has its thread here. Name the service: \`@leakwatch ${command} &lt;service&gt;\`.`);
}

async function inThread(incidents: readonly Incident[], ask: Ask, { outbox }: SlackContext): Promise<Incident[]> {
  const here = (at: Thread | null) => at !== null && ask.threadTs !== undefined && isSamePlace(at, { ...ask });
  const own = await Promise.all(
    incidents.map(async (incident) => {
      const root = await outbox.get(rootKeyOf(incident));
      // Its root keeps its thread when evidence is collected in another one: people talk there.
      return here(threadIn(incident, root)) || here(threadIn({ place: { channel: incident.place.channel } }, root));
    }),
  );
  return incidents.filter((_, i) => own[i]);
}

/** Where its evidence goes; null: not there yet. */
export async function threadOf(incident: Incident, { outbox }: Pick<SlackContext, 'outbox'>): Promise<Thread | null> {
  return threadIn(incident, await outbox.get(rootKeyOf(incident)));
}
