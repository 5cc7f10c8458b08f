import { createHash } from 'node:crypto';

/** Every key of ours, with the schema version in it: a change of shape is a new version, never a guess at an old value. */
const PREFIX = 'leakwatch:v1';

/** `leakwatch:v1:<kind>:<id>`. Ids from outside (names, URLs) go through `idOf` first. */
export function key(kind: string, ...ids: string[]): string {
  return [PREFIX, kind, ...ids].join(':');
}

/** A short stable id for text of any length and content: 24 hex digits of its SHA-256. */
export function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
