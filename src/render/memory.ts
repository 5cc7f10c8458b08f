import type { Assessment } from '../model/assessment.js';
import type { Replica } from '../model/replica.js';
import { limitOf as limitAt, usedOf } from '../model/sample.js';
import { escapeText } from './text.js';
import { bytes, bytesOf, percent } from './units.js';

/** Bytes; null when no limit is set or known. */
export function limitOf({ latest, replica }: Pick<Assessment, 'latest' | 'replica'>): number | null {
  return limitAt(latest, replica.limitBytes);
}

/** `396 of 512 MiB (77 %)`; without a limit `396 MiB, no limit set`; undefined when nothing was measured. */
export function usage(assessment: Assessment, used = usedOf(assessment.latest)): string | undefined {
  if (used === undefined) return undefined;
  const limit = limitOf(assessment);
  return limit === null ? `${bytes(used)}, no limit set` : `${bytesOf(used, limit)} (${percent(used, limit)})`;
}

/** `#7 on hv-03`; `#7` when all are on one host. Escaped. */
export function replicaName(replica: Replica, all: readonly { readonly replica: Replica }[]): string {
  const hosts = new Set(all.map((one) => one.replica.host));
  return hosts.size > 1 ? `#${replica.number} on ${escapeText(replica.host, 40)}` : `#${replica.number}`;
}
