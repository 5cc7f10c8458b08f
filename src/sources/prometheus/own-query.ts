import type { AskedOwn } from '../../model/own-metrics.js';
import { HOST_LABELS, type Labels } from './decode-container.js';
import { literal, quoted } from './query.js';

/** What client libraries export: of any language, Go, JVMs (Micrometer and OpenTelemetry; its own client, new and old), Node. */
export const OWN_NAMES = {
  resident: 'process_resident_memory_bytes',
  start: 'process_start_time_seconds',
  inUse: 'go_memstats_heap_inuse_bytes',
  allocated: 'go_memstats_heap_alloc_bytes',
  idle: 'go_memstats_heap_idle_bytes',
  released: 'go_memstats_heap_released_bytes',
  stacks: 'go_memstats_stack_inuse_bytes',
  jvm: 'jvm_memory_used_bytes',
  jvmOld: 'jvm_memory_bytes_used',
  buffers: 'jvm_buffer_memory_used_bytes',
  buffersOld: 'jvm_buffer_pool_used_bytes',
  v8: 'nodejs_heap_size_used_bytes',
  external: 'nodejs_external_memory_bytes',
} as const;

/** One of these is there wherever any is. */
const SIGNS = [...[OWN_NAMES.resident, OWN_NAMES.inUse, OWN_NAMES.allocated], ...[OWN_NAMES.jvm, OWN_NAMES.jvmOld, OWN_NAMES.v8]];
const ID_LETTERS = 12;
const NUMBER_LABELS = ['container_label_com_docker_compose_container_number', 'com_docker_compose_container_number'];
const PROJECT_LABELS = ['container_label_com_docker_compose_project', 'com_docker_compose_project', 'compose_project'];
/** Of Swarm, a task is called as its container. */
const NAME_LABELS = [
  ...['container_id', 'container_name', 'container', 'name', 'hostname'],
  ...['com_docker_swarm_task_name', 'container_label_com_docker_swarm_task_name'],
];
/** More processes than a person would tell apart are not read. */
const MOST_TARGETS = 20;

/** One target of a scrape: a process, however many series it has and whoever scraped it. */
export type Target = { readonly job: string; readonly instance: string; readonly key: string; readonly isNamed: boolean };

/**
 * Selectors of the series by which processes of a service are found, for one question. Names are not those of containers: who wrote the
 * scrape's configuration has chosen them.
 *
 *     rule            job="orders"
 *     Compose         …compose_project, …compose_service     Docker's discovery with a labelmap; `project`, `service` by hand
 *     Kubernetes      namespace, container
 *     Swarm           …swarm_service_name="shop_api"
 *     the container   container, container_name, name, or the host in `instance`
 *     by name alone   job, service, app, or the host in `instance`, where no other service is called so
 */
export function ownSelectors({ replica, job, isOnlyName }: AskedOwn): string[] {
  if (job !== undefined) return [selector({ job })];
  const { service, containerName, run } = replica;
  const { project, name } = service;
  const names = namesOf(replica);
  const inProject = project === undefined ? [] : labelsInProject(project, name).map((labels) => selector(labels));
  const jobs = [
    ...(project === undefined ? [] : ['/', '-', '_'].map((joint) => project + joint + name)),
    ...(isOnlyName ? [name] : []),
  ];
  const hosts = [containerName, run.containerId.slice(0, ID_LETTERS), ...(isOnlyName ? [name] : [])];
  return [
    ...inProject,
    ...NAME_LABELS.map((label) => oneOf(label, names)),
    ...(isOnlyName ? ['service', 'app'].map((label) => selector({ [label]: name })) : []),
    ...(jobs.length > 0 ? [oneOf('job', jobs)] : []),
    atHost(hosts),
  ];
}

function labelsInProject(project: string, name: string): Readonly<Record<string, string>>[] {
  return [
    { container_label_com_docker_compose_project: project, container_label_com_docker_compose_service: name },
    { com_docker_compose_project: project, com_docker_compose_service: name },
    { compose_project: project, compose_service: name },
    { project, service: name },
    { namespace: project, container: name },
    { container_label_com_docker_swarm_service_name: `${project}_${name}` },
    { com_docker_swarm_service_name: `${project}_${name}` },
  ];
}

/** A container's names, as discovery tells them: Docker's API has a stroke before them. */
function namesOf({ containerName, run }: AskedOwn['replica']): string[] {
  return [containerName, `/${containerName}`, run.containerId, run.containerId.slice(0, ID_LETTERS)];
}

/**
 * The processes that those series are of: the container's own where any is named as it, else those of the service that it may be; of either
 * those that say to be on its host, where any does. Compose counts on each host anew: `shop-api-1` may be there many times.
 */
export function targetsOf(series: readonly Labels[], { replica, job }: AskedOwn): Target[] {
  const found = new Map<string, Target & { readonly isHere: boolean }>();
  for (const labels of series) {
    const number = numberOf(labels, replica.number);
    if (number === false || (job === undefined && isElsewhere(labels, replica.service.project))) continue;
    const key = keyOfTarget(labels);
    const known = found.get(key);
    const isNamed = isCalled(labels, replica) || number === true || known?.isNamed === true;
    const isHere = isOn(labels, replica.host) || known?.isHere === true;
    found.set(key, { job: labels.job ?? '', instance: labels.instance ?? '', key, isNamed, isHere });
  }
  const all = [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const named = all.filter(({ isNamed }) => isNamed);
  const likely = named.length > 0 ? named : all;
  const here = likely.filter(({ isHere }) => isHere);
  return (here.length > 0 ? here : likely).slice(0, MOST_TARGETS);
}

/** All that some processes export, a series each, with its name. What two jobs have at one address is more than was asked for. */
export function ownQuery(targets: readonly Target[]): string {
  const values = (label: 'job' | 'instance') => [...new Set(targets.map((target) => target[label]))];
  return `{${named(Object.values(OWN_NAMES))},job=~${alternatives(values('job'))},instance=~${alternatives(values('instance'))}}`;
}

/** Those who scrape the same twice differ in other labels. */
export function keyOfTarget({ job = '', instance = '', pod = '', container = '' }: Labels): string {
  return JSON.stringify([job, instance, pod, container]);
}

function isCalled(labels: Labels, replica: AskedOwn['replica']): boolean {
  const names = namesOf(replica);
  const host = (labels.instance ?? '').replace(/:\d+$/, '');
  if (names.includes(host) || NAME_LABELS.some((label) => names.includes(labels[label] ?? ''))) return true;
  // Docker under Kubernetes: k8s_<container>_<pod>_<namespace>_<uid>_<times>
  return Boolean(labels.pod) && replica.containerName.split('_').includes(labels.pod ?? '');
}

function isOn(labels: Labels, host: string): boolean {
  return HOST_LABELS.some((label) => (labels[label] ?? '').replace(/:\d+$/, '') === host);
}

/** Whether it says to be that number; undefined: it says none. */
function numberOf(labels: Labels, number: number): boolean | undefined {
  const told = NUMBER_LABELS.map((label) => labels[label]).find(Boolean);
  return told === undefined ? undefined : told === String(number);
}

/** It names its project, and that is another. */
function isElsewhere(labels: Labels, project: string | undefined): boolean {
  const told = PROJECT_LABELS.map((label) => labels[label]).find(Boolean) ?? (labels.pod ? labels.namespace : undefined);
  return told !== undefined && project !== undefined && told !== project;
}

function selector(labels: Readonly<Record<string, string>>): string {
  return `{${[named(SIGNS), ...Object.entries(labels).map(([label, value]) => `${label}=${quoted(value)}`)].join(',')}}`;
}

function oneOf(label: string, values: readonly string[]): string {
  return `{${named(SIGNS)},${label}=~${alternatives(values)}}`;
}

function atHost(hosts: readonly string[]): string {
  return `{${named(SIGNS)},instance=~${quoted(`(${[...new Set(hosts)].map(literal).join('|')})(:[0-9]+)?`)}}`;
}

function named(names: readonly string[]): string {
  return `__name__=~${alternatives(names)}`;
}

function alternatives(values: readonly string[]): string {
  return quoted([...new Set(values)].map(literal).join('|'));
}
