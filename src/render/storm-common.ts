import type { Incident } from '../model/incident.js';
import { escapeText } from './text.js';
import { slackClock } from './times.js';
import { count } from './units.js';

const MAX_HOSTS = 4;
/** What began within so long began together. A choice. */
const TOGETHER_MS = 5 * 60_000;
/** An onset is known to some minutes only. */
const ONSETS_MS = 30 * 60_000;

/** `all on hv-03`, `on hv-03, hv-04`, `on 17 hosts`: plain words, for a notification too. */
export function whereWords(open: readonly Incident[]): string {
  const hosts = hostsOf(open);
  if (hosts.length === 0) return 'on hosts that are not known';
  if (hosts.length > MAX_HOSTS) return `on ${count(hosts.length, 'host')}`;
  return `${hosts.length === 1 && open.length > 1 ? 'all ' : ''}on ${hosts.map((host) => escapeText(host, 40)).join(', ')}`;
}

/**
 * What all of them share, that one would look at first: a host, an image, a deploy or a restart at one time, the time at which they
 * began to grow. What was compared is said when nothing is shared, too: it is where nobody has to look.
 */
export function inCommon(open: readonly Incident[], nowMs: number): string {
  const shared = [hostWords(open), imageWords(open), beganWords(open, nowMs), onsetWords(open, nowMs)].flatMap(
    (one) => one ?? [],
  );
  return shared.length > 0 ? `In common: ${shared.join('; ')}` : 'Nothing in common of host, image, deploy, restart or time';
}

function hostsOf(open: readonly Incident[]): string[] {
  return [...new Set(open.flatMap(({ latest }) => latest.hosts))].sort();
}

function hostWords(open: readonly Incident[]): string | undefined {
  const hosts = hostsOf(open);
  return hosts.length === 1 ? `the host ${escapeText(hosts[0] ?? '', 40)}: look there first` : undefined;
}

function imageWords(open: readonly Incident[]): string | undefined {
  const images = new Set(open.flatMap(({ opening }) => opening.images));
  return images.size === 1 ? 'one image' : undefined;
}

/** All of them began to grow with a start, and these starts were at one time: an engine, a host, one roll-out. */
function beganWords(open: readonly Incident[], nowMs: number): string | undefined {
  const near = open.flatMap(({ opening }) => opening.since?.near ?? []);
  const atMs = together(
    near.map((event) => event.atMs),
    open.length,
    TOGETHER_MS,
  );
  if (atMs === undefined) return undefined;
  const what = near.every(({ kind }) => kind === 'deploy') ? 'new images' : 'restarts';
  return `${what} at ${slackClock(atMs, nowMs)}, and growth since`;
}

function onsetWords(open: readonly Incident[], nowMs: number): string | undefined {
  const onsets = open.flatMap(({ opening }) => opening.since?.atMs ?? []);
  const atMs = together(onsets, open.length, ONSETS_MS);
  return atMs === undefined ? undefined : `all began to grow about ${slackClock(atMs, nowMs)}`;
}

/** The first of so many times, if they lie so close together. */
function together(times: readonly number[], wanted: number, withinMs: number): number | undefined {
  if (times.length < wanted) return undefined;
  const first = Math.min(...times);
  return Math.max(...times) - first <= withinMs ? first : undefined;
}
