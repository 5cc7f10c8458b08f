import type { Chart } from '../model/chart.js';
import type { OutboxEntry, SlackMessage, Target, Via } from '../model/message.js';

/** A hash as Redis gives it (`HGETALL`: a flat list from a script, an object from a command) as an entry; null when empty. */
export function parseEntry(reply: unknown): OutboxEntry | null {
  const hash = Array.isArray(reply) ? pairs(reply) : (reply as Record<string, string>);
  const { key, target, message, version, sentVersion, state, createdAtMs, tries } = hash;
  if (!key || !target || !message || !state) return null;
  return {
    key,
    target: JSON.parse(target) as Target,
    message: JSON.parse(message) as SlackMessage,
    version: Number(version),
    sentVersion: Number(sentVersion),
    state: state as OutboxEntry['state'],
    createdAtMs: Number(createdAtMs),
    tries: Number(tries ?? 0),
    ...optional(hash, ['lateMs', 'intentAtMs', 'intentVersion', 'sentAtMs', 'chartVersion', 'chartDrawn'], Number),
    ...optional(hash, ['ts', 'postedChannel', 'chartFileId', 'chartAltText', 'chartNote', 'error'], String),
    ...optional(hash, ['repeat', 'plain', 'unreadable', 'told'], (text) => text === 'true'),
    // `said` is the version in which the words last changed.
    ...(Number(sentVersion) >= Number(hash.said) ? { onlyPictureIsNew: true } : {}),
    ...optional(hash, ['meantFor'], (text) => JSON.parse(text) as { channel: string; error: string }),
    ...optional(hash, ['via'], (text) => text as Via),
    ...optional(hash, ['chart'], (text) => JSON.parse(text) as Chart),
  };
}

function optional<K extends string, V>(hash: Record<string, string>, names: readonly K[], read: (text: string) => V) {
  const found = names.flatMap((name) => (hash[name] === undefined ? [] : [[name, read(hash[name])] as const]));
  return Object.fromEntries(found) as { [P in K]?: V };
}

function pairs(flat: readonly unknown[]): Record<string, string> {
  const hash: Record<string, string> = {};
  for (let i = 0; i + 1 < flat.length; i += 2) hash[String(flat[i])] = String(flat[i + 1]);
  return hash;
}
