import { decodeService, type Place } from '../docker/decode-service.js';

export type Labels = Readonly<Record<string, string>>;

/** One container as its labels tell of it. */
export type Container = {
  /** 64 hex digits. */
  readonly id: string;
  /** cAdvisor's `id`: the path of its cgroup. */
  readonly cgroup: string;
  /** Who scraped it, by the names that this has. */
  readonly hosts: readonly string[];
  readonly image: string;
  readonly name: string;
  /** Null: nothing but its id is known of it. */
  readonly place: Place | null;
};

const ID = /(?:^|[/-])([0-9a-f]{64})(?:\.scope)?$/;
/** Labels that say which machine it was; the first that is there. `instance` has a port. */
export const HOST_LABELS = ['node', 'nodename', 'hostname', 'host', 'instance'];
const MAX_TEXT = 300;

/** Labels of Docker, as cAdvisor names them: `container_label_` and all that is no letter or digit as `_`. */
const DOCKER_LABELS = [
  ...['com.docker.compose.project', 'com.docker.compose.service', 'com.docker.compose.container-number'],
  ...['com.docker.compose.oneoff', 'com.docker.swarm.service.name', 'com.docker.swarm.task.name', 'com.docker.stack.namespace'],
  ...['io.kubernetes.container.name', 'io.kubernetes.pod.name', 'io.kubernetes.pod.namespace', 'io.kubernetes.docker.type'],
];

/**
 * Which container a series is of; null when it is of none (a slice, a pod's sandbox, a one-off run).
 *
 *   Compose, Swarm   container_label_com_docker_…              the rules for engines (docker/decode-service.ts)
 *   Kubernetes       namespace, pod, container (kubelet), or container_label_io_kubernetes_… (cri-dockerd)
 *   else             name
 *   none of them     an engine whose image store cAdvisor cannot read (containerd's, without its socket): the id alone
 */
export function decodeContainer(labels: Labels): Container | null {
  const cgroup = labels.id ?? '';
  const id = ID.exec(cgroup)?.[1];
  if (!id || cgroup.includes('conmon-') || labels.container === 'POD') return null;
  const docker = dockerLabelsOf(labels);
  const name = labels.name ?? '';
  const isNamed = name !== '' || Object.keys(docker).length > 0;
  const place = isNamed ? decodeService(docker, name, id) : null;
  if (isNamed && !place) return null;
  const host = HOST_LABELS.map((label) => labels[label]).find(Boolean) ?? '';
  return {
    ...{ id, cgroup, place, name: name.slice(0, MAX_TEXT), image: (labels.image ?? '').slice(0, MAX_TEXT) },
    hosts: [host.replace(/:\d+$/, '').slice(0, MAX_TEXT)],
  };
}

function dockerLabelsOf(labels: Labels): Labels {
  const found: Record<string, string> = {};
  for (const label of DOCKER_LABELS) {
    const value = labels[`container_label_${label.replace(/\W/g, '_')}`];
    if (value) found[label] = value;
  }
  const { container, pod, namespace } = labels;
  if (container && pod && namespace && !found['io.kubernetes.container.name']) {
    found['io.kubernetes.container.name'] = container;
    found['io.kubernetes.pod.name'] = pod;
    found['io.kubernetes.pod.namespace'] = namespace;
  }
  return found;
}

export type Containers = {
  readonly containers: readonly Container[];
  /** Of ids that two names were given to, the service that the other name is of. The id is who it is; the name that of more labels. */
  readonly contradicted: ReadonlyMap<string, string>;
};

/** One a container, however many series tell of it: other scrapers, other labels, another name. */
export function mergeContainers(seen: Iterable<Container>): Containers {
  const byId = new Map<string, Container>();
  const contradicted = new Map<string, string>();
  for (const one of seen) {
    const before = byId.get(one.id);
    const other = before && otherNameOf(before, one);
    if (other !== undefined) contradicted.set(one.id, other);
    byId.set(one.id, before ? merged(before, one) : one);
  }
  return { containers: withOneHost([...byId.values()]), contradicted };
}

function merged(a: Container, b: Container): Container {
  const [more, less] = rank(a) >= rank(b) ? [a, b] : [b, a];
  const hosts = [...new Set([...a.hosts, ...b.hosts])].sort();
  return { ...more, name: more.name || less.name, image: more.image || less.image, hosts };
}

/** A service in a project is known by its labels, another by its name only. */
function rank({ place }: Container): number {
  if (!place) return 0;
  return place.service.project === undefined ? 1 : 2;
}

/** Undefined: both say the same. A scraper that keeps no labels of Docker has a container's name alone, which is no other one. */
function otherNameOf(a: Container, b: Container): string | undefined {
  if (!a.place || !b.place || isSamePlace(a.place, b.place)) return undefined;
  const isNameAlone = rank(a) !== rank(b) && (a.name === b.name || a.name === '' || b.name === '');
  return isNameAlone ? undefined : (rank(a) >= rank(b) ? b.place : a.place).service.id;
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.service.id === b.service.id && a.number === b.number;
}

/**
 * Names of hosts that have a container in common are names of one host: two Prometheus that scrape it, or a collector that was given
 * another address. The first of them, by the alphabet, is its name.
 */
function withOneHost(containers: readonly Container[]): Container[] {
  const parent = new Map<string, string>();
  const top = (host: string): string => {
    const above = parent.get(host) ?? host;
    return above === host ? host : top(above);
  };
  for (const { hosts } of containers) {
    for (const host of hosts) {
      const [first = '', second = ''] = [top(hosts[0] ?? host), top(host)].sort();
      if (first !== second) parent.set(second, first);
    }
  }
  return containers.map((one) => ({ ...one, hosts: [top(one.hosts[0] ?? '')] }));
}
