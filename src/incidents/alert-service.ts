import type { Label, NamingLabel } from '../model/alert.js';
import type { Replica, ServiceRef } from '../model/replica.js';

export type AlertService =
  | { readonly kind: 'found'; readonly service: ServiceRef }
  | { readonly kind: 'ambiguous'; readonly services: readonly ServiceRef[] }
  | { readonly kind: 'unknown' };

/** Docker's id somewhere in `/docker/<id>`, `/system.slice/docker-<id>.scope`, `docker://<id>`. */
const CONTAINER_ID = /(?:^|[^0-9a-f])([0-9a-f]{64})(?:[^0-9a-f]|$)|^([0-9a-f]{12})$/;
/** What Kubernetes puts after a Deployment's, DaemonSet's or StatefulSet's name. */
const POD_TAIL = /-(?:[a-f0-9]{6,10}-[a-z0-9]{5}|[a-z0-9]{5}|\d{1,5})$/;

/**
 * Which service an alert's labels name, the most exact reading first; the first that names anything decides. What could be two
 * services is not guessed: an alert in the wrong thread is worse than one that asks.
 *
 *     container id  >  project + service  >  container's name  >  a service's name alone  >  the pod's name
 */
export function serviceOfAlert(labels: readonly Label[], replicas: readonly Replica[]): AlertService {
  const said = new Map<string, string>(labels);
  const of = (...names: NamingLabel[]) => names.flatMap((name) => said.get(name) || []);
  const readings: ((replica: Replica) => boolean)[] = [
    byId(of('container_id', 'id')),
    byPlace(
      of('container_label_com_docker_compose_project', 'com_docker_compose_project', 'compose_project'),
      of('container_label_com_docker_compose_service', 'com_docker_compose_service', 'compose_service'),
    ),
    byPlace(of('container_label_com_docker_stack_namespace'), of('container_label_com_docker_swarm_service_name')),
    byPlace(of('container_label_io_kubernetes_pod_namespace'), of('container_label_io_kubernetes_container_name')),
    byPlace(of('project', 'namespace'), of('service', 'service_name', 'container')),
    ({ containerName }) => of('name', 'container_name', 'container').some((name) => name.replace(/^\//, '') === containerName),
    byName([
      ...of('container_label_com_docker_compose_service', 'com_docker_compose_service', 'compose_service'),
      ...of('container_label_com_docker_swarm_service_name', 'swarm_service', 'container_label_io_kubernetes_container_name'),
      ...of('service', 'service_name', 'container', 'container_name', 'name'),
    ]),
    byName(of('deployment', 'statefulset', 'daemonset', 'app_kubernetes_io_name', 'app')),
    byName(of('pod').map((pod) => pod.replace(POD_TAIL, ''))),
  ];
  for (const reads of readings) {
    const services = distinct(onHost(replicas.filter(reads), of('host')));
    if (services.length > 1) return { kind: 'ambiguous', services };
    const [service] = services;
    if (service) return { kind: 'found', service };
  }
  return { kind: 'unknown' };
}

function byId(words: readonly string[]) {
  const ids = words.flatMap((word) => {
    const [, whole, short] = CONTAINER_ID.exec(word) ?? [];
    return whole ?? short ?? [];
  });
  return ({ run }: Replica) => ids.some((id) => run.containerId.startsWith(id));
}

/** A stack's service is called `stack_service` in Swarm's own label. */
function byPlace(projects: readonly string[], names: readonly string[]) {
  const places = projects.flatMap((project) => names.map((name) => [project, name.replace(`${project}_`, '')] as const));
  return ({ service }: Replica) => places.some(([project, name]) => service.project === project && service.name === name);
}

function byName(names: readonly string[]) {
  const whole = ({ id, name, project }: ServiceRef) => [
    id,
    name,
    ...(project ? [`${project}_${name}`, `${project}-${name}`] : []),
  ];
  return ({ service }: Replica) => whole(service).some((name) => names.includes(name));
}

/** Of two services of one name, the one on the host that the alert names. */
function onHost(replicas: readonly Replica[], hosts: readonly string[]): readonly Replica[] {
  const there = replicas.filter(({ host }) => hosts.includes(host));
  return there.length > 0 ? there : replicas;
}

function distinct(replicas: readonly Replica[]): ServiceRef[] {
  return [...new Map(replicas.map(({ service }) => [service.id, service])).values()];
}
