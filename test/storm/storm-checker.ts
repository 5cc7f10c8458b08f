import { METADATA_EVENT } from '../../src/delivery/compose.js';
import type { Incident } from '../../src/model/incident.js';
import type { Message } from '../support/slack/words.js';

/** Of one service: all incidents that the store has of it. */
export type Recorded = { readonly name: string; readonly incidents: readonly Incident[] };

/** Names of services, or keys of messages, with which something is wrong. */
export type StormFaults = {
  /** No incident in the store, or more than one. */
  readonly unrecorded: readonly string[];
  readonly recordedTwice: readonly string[];
  /** Neither a root of its own nor a place in a storm's message, where a person can read it. */
  readonly lost: readonly string[];
  /** More than one of those. */
  readonly inTwoPlaces: readonly string[];
  /** Messages with the same key. */
  readonly saidTwice: readonly string[];
  /** Roots of incidents that nobody recorded. */
  readonly unexpected: readonly string[];
  /** More messages in the channel (not in threads) within ten minutes than a person can bear. */
  readonly tooMany: readonly string[];
};

export const CLEAN: StormFaults = {
  ...{ unrecorded: [], recordedTwice: [], lost: [], inTwoPlaces: [], saidTwice: [], unexpected: [], tooMany: [] },
};

const TEN_MINUTES_MS = 600_000;
const MOST_IN_TEN_MINUTES = 10;

/** Compares what the store has recorded with what can be read in the channel, threads too. */
export function checkStorm(recorded: readonly Recorded[], messages: readonly Message[]): StormFaults {
  const keyed = messages.map((message) => ({ message, key: keyOf(message) }));
  const keys = keyed.map(({ key }) => key);
  const storms = stormTexts(keyed);
  const places = recorded.map(({ name, incidents }) => ({
    name,
    own: keys.filter((key) => incidents.some(({ id }) => id === key)).length,
    shared: storms.filter((text) => new RegExp(`\\b${name}\\b`).test(text)).length,
  }));
  const known = new Set(recorded.flatMap(({ incidents }) => incidents.map(({ id }) => id)));
  const most = mostWithin(messages, TEN_MINUTES_MS);
  return {
    unrecorded: recorded.flatMap(({ name, incidents }) => (incidents.length === 0 ? [name] : [])),
    recordedTwice: recorded.flatMap(({ name, incidents }) => (incidents.length > 1 ? [name] : [])),
    lost: places.flatMap(({ name, own, shared }) => (own + shared === 0 ? [name] : [])),
    inTwoPlaces: places.flatMap(({ name, own, shared }) => (own + shared > 1 ? [name] : [])),
    saidTwice: keys.filter((key, i) => keys.indexOf(key) !== i),
    unexpected: keys.filter((key) => /^i-[0-9a-f]+$/.test(key) && !known.has(key)),
    tooMany: most > MOST_IN_TEN_MINUTES ? [`${most} messages in ten minutes`] : [],
  };
}

/** How many messages of the channel itself fell into the fullest span of this length. */
export function mostWithin(messages: readonly Message[], spanMs: number): number {
  const times = messages.flatMap(({ ts, threadTs }) => (threadTs ? [] : [1_000 * Number(ts)])).sort((a, b) => a - b);
  return times.reduce((most, fromMs) => Math.max(most, times.filter((t) => t >= fromMs && t < fromMs + spanMs).length), 0);
}

/** What a storm's message says, with its thread: one text a storm. What a menu offers is no place to read. */
function stormTexts(keyed: readonly { readonly message: Message; readonly key: string }[]): string[] {
  return keyed
    .filter(({ key, message }) => key.startsWith('s-') && !message.threadTs)
    .map(({ message: { ts } }) =>
      keyed.flatMap(({ message }) => (message.ts === ts || message.threadTs === ts ? [readable(message)] : [])).join('\n'),
    );
}

function readable({ text, blocks }: Message): string {
  return [text, ...blocks.flatMap((block) => (block.text as { readonly text?: string } | undefined)?.text ?? [])].join('\n');
}

function keyOf({ metadata, text }: Message): string {
  return metadata?.event_type === METADATA_EVENT ? String(metadata.event_payload.key) : `no key: ${text}`;
}
