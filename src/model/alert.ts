import type { ServiceRef } from './replica.js';

/** On every alert that we send: what comes back with it is our own, and not taken in again. */
export const OWN_ALERT_LABEL = 'leakwatch_incident';
/** On alerts of rules over our own metrics: they say what we know. */
export const OWN_RULE_LABEL = 'leakwatch_rule';

/**
 * One alert from outside: bounded, and otherwise as it came, so untrusted. `id` is of its fingerprint and its start: the same for every
 * repeat of it. Times in Unix ms; null: none that can be one.
 */
export type Alert = {
  readonly id: string;
  /** What it was sent together with, for those that are about nobody here. */
  readonly group: string;
  readonly from: 'Alertmanager' | 'Grafana';
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly severity?: string;
  readonly summary?: string;
  /** Pairs, since a label may be called `__proto__`. */
  readonly labels: readonly Label[];
  /** Labels left out of `labels`, and alerts that the sender left out of the group. */
  readonly moreLabels: number;
  readonly truncatedAlerts: number;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
};
export type Label = readonly [name: string, value: string];

/** Alerts about one service, or of one group that is about none, that were answered with one message (`key`: its outbox key). */
export type AlertCase = {
  readonly key: string;
  readonly alerts: readonly CaseAlert[];
  /** Those that fell out of `alerts`. */
  readonly more: number;
  /** Ids of alerts that ended before it was heard that they fire. */
  readonly over?: readonly string[];
  /** Of one that is about none: those that it could be about. */
  readonly services?: readonly ServiceRef[];
};

/** `unheardSinceMs`: it fires, and was not sent again since then (Unix ms), for long. */
export type CaseAlert = Alert & { readonly unheardSinceMs?: number };

/** Port: alerts that have no incident. Implemented in `store/`. */
export type Alerts = {
  /** By service id, or by what the group is called. */
  read(subject: string): Promise<AlertCase | null>;
  keep(subject: string, one: AlertCase): Promise<void>;
  /** The same for a group that is about nobody here. */
  keepStray(subject: string, one: AlertCase): Promise<void>;
  /** Groups about nobody here, of which something fires as far as is known. */
  strays(): Promise<readonly string[]>;
  /**
   * The id by which each is known in this turn. One that fires again minutes after it was heard to be over is another alert, though its
   * sender calls it the same (it lost sight of who evaluates it, and took it for over); one that comes late is not. In order.
   */
  turns(alerts: readonly Pick<Alert, 'id' | 'status'>[], nowMs: number): Promise<readonly string[]>;
  /** Alerts by their ids, each time they are sent: also again. */
  hear(ids: readonly string[], nowMs: number): Promise<void>;
  /** When each was sent last, Unix ms; absent: not known. */
  heardMs(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
};

/**
 * Labels that may say which service an alert is about, the most exact first: cAdvisor's and Compose's, Swarm's, Kubernetes', and what
 * people's own rules call it. `job` and `instance` are not among them: they name what was scraped, which is cAdvisor for all.
 */
export const NAMING_LABELS = [
  ...['container_id', 'id'],
  ...['container_label_com_docker_compose_project', 'container_label_com_docker_compose_service'],
  ...['container_label_com_docker_stack_namespace', 'container_label_com_docker_swarm_service_name'],
  ...['container_label_io_kubernetes_pod_namespace', 'container_label_io_kubernetes_container_name'],
  ...['com_docker_compose_project', 'com_docker_compose_service', 'compose_project', 'compose_service'],
  ...['namespace', 'project', 'service', 'service_name', 'swarm_service', 'container', 'container_name', 'name', 'pod'],
  ...['deployment', 'statefulset', 'daemonset', 'app_kubernetes_io_name', 'app', 'host'],
] as const;
export type NamingLabel = (typeof NAMING_LABELS)[number];
