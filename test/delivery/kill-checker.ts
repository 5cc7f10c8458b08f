import { METADATA_EVENT } from '../../src/delivery/compose.js';
import type { OutboxEntry } from '../../src/model/message.js';
import type { Kept } from './slack-server.js';

/** A message as it was asked for: the text is the last one that was said under its key. */
export type Wanted = { readonly key: string; readonly channel: string; readonly text: string };

/** What is left when a run is over. */
export type Left = {
  readonly entries: readonly (OutboxEntry | null)[];
  readonly pendingChannels: readonly string[];
  /** Jobs that wait, are delayed, run, or have failed for good. */
  readonly jobs: number;
};

/** Keys, sorted out by what is wrong with them. All empty: what was said is what can be read, once each, in order. */
export type Faults = {
  readonly lost: readonly string[];
  /** Once for every copy too many. */
  readonly doubled: readonly string[];
  readonly unexpected: readonly string[];
  readonly wrongText: readonly string[];
  readonly disordered: readonly string[];
  readonly unsettled: readonly string[];
};

/** Compares what was said, in the order it was said, with what can be read in Slack, and with what is left in Redis. */
export function check(wanted: readonly Wanted[], visible: readonly Kept[], left: Left): Faults {
  const copies = groupBy(visible, keyOf);
  const known = new Set(wanted.map(({ key }) => key));
  const seen = wanted.flatMap((one) => (copies.get(one.key) ?? []).map((copy) => ({ ...one, copy })));
  const firsts = wanted.flatMap((one) => (copies.get(one.key) ?? []).slice(0, 1).map((copy) => ({ ...one, copy })));
  return {
    lost: wanted.filter(({ key }) => !copies.has(key)).map(({ key }) => key),
    doubled: wanted.flatMap(({ key }) => (copies.get(key) ?? []).slice(1).map(() => key)),
    unexpected: [...copies.keys()].filter((key) => !known.has(key)),
    wrongText: seen.filter(({ copy, text }) => copy.text !== text).map(({ key }) => key),
    disordered: [...groupBy(firsts, ({ channel }) => channel).values()].flatMap((ones) =>
      ones.filter(({ copy }, i) => i > 0 && copy.ts < (ones[i - 1]?.copy.ts ?? '')).map(({ key }) => key),
    ),
    unsettled: [
      ...left.entries.flatMap((entry) => (entry && entry.state !== 'sent' ? [entry.key] : [])),
      ...left.entries.flatMap((entry, i) => (entry ? [] : [`${wanted[i]?.key} is not in the outbox`])),
      ...left.pendingChannels,
      ...(left.jobs > 0 ? [`${left.jobs} jobs`] : []),
    ],
  };
}

/** Nothing wrong, in the shape of `Faults`. */
export const CLEAN: Faults = { lost: [], doubled: [], unexpected: [], wrongText: [], disordered: [], unsettled: [] };

function keyOf(message: Kept): string {
  const { event_type, event_payload } = (message.metadata ?? {}) as { event_type?: string; event_payload?: { key?: string } };
  return event_type === METADATA_EVENT ? String(event_payload?.key) : `no key: ${message.text}`;
}

function groupBy<T>(all: readonly T[], by: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(by(one), [...(groups.get(by(one)) ?? []), one]);
  return groups;
}
