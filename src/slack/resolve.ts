import type { Replica, ServiceRef } from '../model/replica.js';

export type Resolved =
  | { readonly kind: 'found'; readonly service: ServiceRef; readonly replicas: readonly Replica[] }
  | { readonly kind: 'ambiguous'; readonly services: readonly ServiceRef[] }
  | { readonly kind: 'unknown' };

/** Docker's own short ids have 12 digits; shorter ones are more likely a name. */
const SHORT_ID = /^[0-9a-f]{12,64}$/;

/**
 * What a person's word names, the most exact reading first: service id (`shop/api-svc`), service name, container name,
 * what `docker service ls` and Compose's containers call it (`shop_api-svc`, `shop-api-svc`), container id; then the same
 * without regard to case. More than one service under one name is asked back, never guessed.
 */
export function resolveService(word: string, replicas: readonly Replica[]): Resolved {
  const lower = word.toLowerCase();
  const readings: ((replica: Replica) => boolean)[] = [
    (replica) => replica.service.id === word,
    (replica) => replica.service.name === word,
    (replica) => replica.containerName === word,
    ({ service: { project, name } }) => project !== undefined && [`${project}_${name}`, `${project}-${name}`].includes(word),
    (replica) => SHORT_ID.test(lower) && replica.run.containerId.startsWith(lower),
    (replica) => replica.service.id.toLowerCase() === lower || replica.service.name.toLowerCase() === lower,
  ];
  for (const reads of readings) {
    const services = servicesOf(replicas.filter(reads));
    if (services.length > 1) return { kind: 'ambiguous', services };
    const [service] = services;
    if (service) return { kind: 'found', service, replicas: replicas.filter((replica) => replica.service.id === service.id) };
  }
  return { kind: 'unknown' };
}

/** Who is known at all: of a service that agents have, it is theirs to say which replicas it has. */
export function withElsewhere(agents: readonly Replica[], elsewhere: readonly Replica[]): Replica[] {
  const known = new Set(agents.map((replica) => replica.service.id));
  return [...agents, ...elsewhere.filter((replica) => !known.has(replica.service.id))];
}

/** The distinct services of some replicas, in order of their names. */
export function servicesOf(replicas: readonly Replica[]): ServiceRef[] {
  const byId = new Map(replicas.map((replica) => [replica.service.id, replica.service]));
  return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}
