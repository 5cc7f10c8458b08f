import type { DeployAudit } from '../model/audit.js';
import type { Deployed } from '../model/news.js';
import { deployWords, tagOf } from './images.js';
import { escapeText } from './text.js';
import { calmRate } from './units.js';

/** What `incidents/compare.ts` makes, and nothing that could end the link or hide where it leads. */
const ADDRESS = /^https:\/\/([a-z0-9.-]+)\/[\w./-]+$/;
const WELL_KNOWN = new Set(['github.com', 'gitlab.com']);
/** What `incidents/source-link.ts` makes: a file has more letters, and may end in a line. */
const SOURCE = /^https:\/\/([a-z0-9.-]+)\/[\w./@+-]+(?:#L\d+)?$/;

/** `v1.42.0 → v1.42.1 (compare)`, in Slack's markup. */
export function imagesLink({ image, previousImage, compareUrl }: Deployed): string {
  return `${escapeText(deployWords(image, previousImage || undefined), 120)}${compareLink(compareUrl)}`;
}

/** `v1.42.2 (compare)`. */
export function tagLink({ image, compareUrl }: Deployed): string {
  return `${escapeText(tagOf(image), 40)}${compareLink(compareUrl)}`;
}

/** ` (compare)`; another host than everybody knows is named, since labels come from whoever built the image. Empty without an address. */
export function compareLink(url: string | undefined): string {
  const host = url === undefined ? undefined : ADDRESS.exec(url)?.[1];
  if (host === undefined) return '';
  return ` (<${url}|compare${WELL_KNOWN.has(host) ? '' : ` on ${host}`}>)`;
}

/** `cache.go:88`, linked; just the words where the address is none of ours. `words` are escaped already. */
export function sourceLink(url: string | null, words: string): string {
  const host = url === null ? undefined : SOURCE.exec(url)?.[1];
  if (host === undefined) return words;
  return `<${url}|${words}${WELL_KNOWN.has(host) ? '' : ` on ${host}`}>`;
}

/** `v1.42.0 → v1.42.1 (compare) made it worse: 0 ± 0.8 MiB/h → +41 MiB/h per replica (32–50)`. */
export function auditWords(audit: DeployAudit): string {
  const { result, before, after } = audit;
  const slopes = before && after ? `: ${calmRate(before)} → ${ofReplica(after)}` : '';
  return `${imagesLink(audit)} ${RESULTS[result]}${slopes}`;
}

/** `: 0 ± 0.8 MiB/h before it, +41 MiB/h per replica (32–50) after`: beside what says which deploy. */
export function slopesWords({ before, after }: DeployAudit): string {
  return before && after ? `: ${calmRate(before)} before it, ${ofReplica(after)} after` : '';
}

const RESULTS = {
  worse: 'made it worse',
  better: 'made it better',
  same: 'made no difference that matters',
  unclear: 'could not be told apart',
} as const;

function ofReplica(range: NonNullable<DeployAudit['after']>): string {
  return calmRate(range, ' per replica');
}
