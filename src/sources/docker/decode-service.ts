import { createHash } from 'node:crypto';
import type { ServiceRef } from '../../model/replica.js';

type Labels = Readonly<Record<string, string | undefined>>;
export type Place = { readonly service: ServiceRef; readonly number: number };

/** Labels come from whoever built the image. */
const MAX_NAME = 120;

/**
 * Which place of which service a container holds; null when it holds none: a one-off run, a pod's sandbox. The first that
 * applies:
 *
 *   Compose      com.docker.compose.project + .service + .container-number       shop/api-svc  #2
 *   Swarm        com.docker.swarm.service.name + task.name (`shop_api.2.k3…`)    shop/api      #2
 *   Kubernetes   io.kubernetes.pod.namespace + .container.name                   shop/api      # of the pod
 *   else         the container's own name, else its short id                     api-svc       #1
 */
export function decodeService(labels: Labels, containerName: string, containerId: string): Place | null {
  if (isTrue(labels['com.docker.compose.oneoff'])) return null;
  if (labels['io.kubernetes.docker.type'] === 'podsandbox') return null;
  return compose(labels) ?? swarm(labels) ?? kubernetes(labels) ?? plain(containerName, containerId);
}

function compose(labels: Labels): Place | null {
  const [project, name] = [labels['com.docker.compose.project'], labels['com.docker.compose.service']];
  if (!name) return null;
  return { service: inProject(project, name), number: numberOf(labels['com.docker.compose.container-number']) };
}

/** A service of a stack is called `stack_service`, a task `service.slot.id`; a global one has its node's id for a slot. */
function swarm(labels: Labels): Place | null {
  const full = labels['com.docker.swarm.service.name'];
  if (!full) return null;
  const stack = labels['com.docker.stack.namespace'];
  const name = stack && full.startsWith(`${stack}_`) ? full.slice(stack.length + 1) : full;
  const slot = labels['com.docker.swarm.task.name']?.slice(full.length + 1).split('.')[0];
  return { service: inProject(stack, name), number: numberOf(slot) };
}

/** A pod of a StatefulSet has a number; another's name ends in chance, so its number is made from that. */
function kubernetes(labels: Labels): Place | null {
  const name = labels['io.kubernetes.container.name'];
  if (!name) return null;
  const pod = labels['io.kubernetes.pod.name'] ?? '';
  const ordinal = /-(\d{1,5})$/.exec(pod)?.[1];
  const number = ordinal ? Number(ordinal) : createHash('sha256').update(pod).digest().readUInt16BE(0) + 1;
  return { service: inProject(labels['io.kubernetes.pod.namespace'], name), number };
}

function plain(containerName: string, containerId: string): Place {
  const name = containerName || containerId.slice(0, 12);
  return { service: inProject(undefined, name), number: 1 };
}

function inProject(project: string | undefined, name: string): ServiceRef {
  const short = name.slice(0, MAX_NAME);
  if (!project) return { id: short, name: short };
  return { id: `${project.slice(0, MAX_NAME)}/${short}`, name: short, project: project.slice(0, MAX_NAME) };
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}

function numberOf(text: string | undefined): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : 1;
}
