import type { Answering } from '../src/model/answering.js';
import type { HomeTabs } from '../src/model/home.js';
import type { Hosts } from '../src/model/host.js';
import type { Incidents } from '../src/model/incident.js';
import { byService, type Inventory, type Replica } from '../src/model/replica.js';
import { homeBlocks, inOrder, MAX_INCIDENTS } from '../src/render/home.js';
import type { Processor } from './context.js';
import { handedOver, linked } from './hand-over.js';
import type { ThreadLinkPorts } from './thread-link.js';

export type HomePorts = ThreadLinkPorts & {
  readonly inventory: Pick<Inventory, 'all'>;
  readonly hosts: Pick<Hosts, 'all'>;
  readonly incidents: Pick<Incidents, 'open' | 'watched'>;
  readonly answering: Pick<Answering, 'unanswered'>;
  readonly tabs: HomeTabs;
  /** Where the leaks of a service are said; null: nowhere, it is not watched. */
  readonly placeOf: (replicas: readonly Replica[]) => unknown;
};

/** The home tab of one person, from what is stored: nothing is assessed for it. Nobody waits for it, so that a refusal is only logged. */
export function makeHome(ports: HomePorts): Processor<'home'> {
  return async ({ user }, { nowMs, log }) => {
    const [replicas, beats, incidents, unanswered] = await Promise.all([
      ports.inventory.all(),
      ports.hosts.all(),
      ports.incidents.open(),
      ports.answering.unanswered(),
    ]);
    const found = await Promise.all(incidents.map((incident) => handedOver(incident, replicas, ports)));
    // Only of those that are shown is an address asked of Slack.
    const open = await Promise.all(
      inOrder(found.map(({ handed }) => handed)).map((one, i) => (i < MAX_INCIDENTS ? linked(one, ports) : one)),
    );
    const unwatched = await unwatchedOf(replicas, ports);
    const blocks = homeBlocks({ nowMs: nowMs(), replicas, beats, open, unwatched, unanswered });
    const told = await ports.tabs.publish(user, blocks);
    if (told !== 'shown') log.warn({ user, refused: told.refused }, 'Slack does not show a home tab');
  };
}

async function unwatchedOf(replicas: readonly Replica[], { incidents, placeOf }: HomePorts): Promise<string[]> {
  const told = await Promise.all(
    [...byService(replicas)].map(async ([id, own]) => {
      if (placeOf(own) !== null && !(await incidents.watched(id)).value.unwatched) return [];
      return own.slice(0, 1).map(({ service }) => service.name);
    }),
  );
  return told.flat();
}
