import { byService, type Replica, type ServiceRef } from './replica.js';

/**
 * What people want of one service. `channel`: id or `#name`; `owner`: a Slack user or usergroup id, or a name; `pprof`: a port or
 * `:port/path`; `massif`, `heap`: a path with globs in the container, of Massif's files and of an allocator's dumps; `job`: as what its own metrics are
 * scraped. Absent: nobody said anything about it.
 */
export type ServiceRules = {
  readonly channel?: string;
  readonly owner?: string;
  /** Not watched and not listed; `check` answers all the same. */
  readonly ignore?: boolean;
  readonly pprof?: string;
  readonly massif?: string;
  readonly heap?: string;
  readonly job?: string;
};

/**
 * `pageHours`: what is out of memory within so many hours wakes somebody. `digestAt`: when the day's digest is said (`09:00`), or
 * `off`; `timezone`: by which clock (an IANA name).
 */
export type WatchRules = { readonly pageHours: number; readonly digestAt: string; readonly timezone: string };

/** Rules for the services that one glob names. */
export type ServiceEntry = { readonly matches: (service: ServiceRef) => boolean; readonly rules: ServiceRules };

/** All that `leakwatch.yml` says. */
export type Rules = { readonly defaults: ServiceRules; readonly services: readonly ServiceEntry[]; readonly watch: WatchRules };

export const NO_RULES: Rules = {
  defaults: {},
  services: [],
  // UTC, and not the zone of whichever worker it is: of several all have to mean the same day
  watch: { pageHours: 4, digestAt: '09:00', timezone: 'UTC' },
};

/** Port: the rules as they are now; what is wrong with the file, in sentences. Implemented in `sources/`. */
export type RulesPort = { now(): Rules; warnings(): readonly string[] };

export const CHANNEL = /^([CG]\w{6,}|#[^\s]{1,80})$/;
/** What fits a line of a message. */
const MAX_LABEL = 200;

/**
 * What is wanted of a service: the file's entries in order, each over the one before it, over the labels of its replicas, over the
 * file's defaults. A label that is no rule (a channel that cannot be one) is as if it were not there.
 *
 *   defaults:  <  labels  <  services: first entry  <  …  <  last entry
 */
export function rulesOf(rules: Rules, service: ServiceRef, labels: Replica['labels']): ServiceRules {
  const named = rules.services.filter(({ matches }) => matches(service));
  return Object.assign({}, rules.defaults, ofLabels(labels), ...named.map((entry) => entry.rules));
}

/** The same of replicas of one service: of two that say different things the first in order of keys is heard. */
export function rulesOfReplicas(rules: Rules, replicas: readonly Replica[]): ServiceRules {
  const first = replicas[0];
  if (!first) return {};
  return rulesOf(rules, first.service, Object.assign({}, ...replicas.toReversed().map(({ labels }) => labels)));
}

/** The replicas of services that are not ignored, in their order. */
export function withoutIgnored(rules: Rules, replicas: readonly Replica[]): Replica[] {
  return [...byService(replicas).values()].filter((own) => rulesOfReplicas(rules, own).ignore !== true).flat();
}

function ofLabels(labels: Replica['labels']): ServiceRules {
  const word = (name: string) => labels[`leakwatch.${name}`]?.trim().slice(0, MAX_LABEL) || undefined;
  const channel = word('channel');
  const ignore = word('ignore')?.toLowerCase();
  const [owner, pprof, massif, heap] = [word('owner'), word('pprof'), word('massif'), word('heap')];
  const job = word('job');
  return {
    ...(channel && CHANNEL.test(channel) ? { channel } : {}),
    ...(owner ? { owner } : {}),
    ...(ignore === 'true' || ignore === 'false' ? { ignore: ignore === 'true' } : {}),
    ...(pprof ? { pprof } : {}),
    ...(massif ? { massif } : {}),
    ...(heap ? { heap } : {}),
    ...(job ? { job } : {}),
  };
}
