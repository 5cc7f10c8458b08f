import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { personError } from '../errors.js';
import type { Archive } from '../model/archive.js';
import type { RawLinks } from '../model/raw-file.js';

/** Who asks is at the keyboard; what is copied from their screen is of no use the next day. A choice. */
export const LINK_LIFE_MS = 15 * 60_000;
/** Where the bot serves them. */
export const RAW_PATH = '/heaps/';
/** More is no address of ours: a name has some 400 letters at most. */
const MAX_PAYLOAD = 4_000;

/** What a link is about: an entry of `heaps`, who it was made for, when it ends. */
export type RawWish = { readonly name: string; readonly user: string; readonly untilMs: number };

/**
 * The key that links are signed with. It is made of the bot's token, which every bot has and no agent: nothing is kept, several bots take each
 * other's links, a new token ends all of them. In Redis, any agent's host could read it and fetch the heaps of all. The token cannot be found from it (HKDF).
 */
export function linkKey(botToken: string): Buffer {
  return Buffer.from(hkdfSync('sha256', botToken, 'leakwatch', 'links to raw heaps, v1', 32));
}

/**
 * `/heaps/<what, for whom, until when>.<HMAC-SHA256 of it>`. The name is looked up in the archive, where a hash of it is the file: it is no path, whatever
 * it has in it.
 */
export function signedPath({ name, user, untilMs }: RawWish, key: Buffer): string {
  const payload = Buffer.from(JSON.stringify([name, user, untilMs])).toString('base64url');
  return `${RAW_PATH}${payload}.${macOf(payload, key).toString('base64url')}`;
}

/** Null: it is none of ours, or its time is over. */
export function readPath(path: string, key: Buffer, nowMs: number): RawWish | null {
  const [payload = '', mac = '', ...more] = path.slice(RAW_PATH.length).split('.');
  const given = Buffer.from(mac, 'base64url');
  const expected = macOf(payload.slice(0, MAX_PAYLOAD), key);
  const isSigned = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isSigned || more.length > 0 || payload.length > MAX_PAYLOAD || !path.startsWith(RAW_PATH)) return null;
  // Signed by us, it is as we wrote it.
  const [name, user, untilMs] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [string, string, number];
  return nowMs < untilMs ? { name, user, untilMs } : null;
}

function macOf(payload: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(payload).digest();
}

export type RawLinksParts = {
  /** Null: the bot knows of none. */
  readonly archive: Pick<Archive, 'get' | 'link'> | null;
  /** How browsers reach this server; what comes before `/heaps/`. */
  readonly publicUrl: string | undefined;
  readonly key: Buffer;
  readonly nowMs: () => number;
};

/** Of a bucket its own links (presigned, so that no byte comes through the bot); of a folder those that the bot answers. */
export function makeRawLinks({ archive, publicUrl, key, nowMs }: RawLinksParts): RawLinks {
  return {
    async of(name, user) {
      if (!archive)
        throw personError(
          'The bot has no archive: set LEAKWATCH_ARCHIVE_URL for it as for the agents, or LEAKWATCH_DATA_DIR to the folder that the agent beside it has.',
        );
      const untilMs = nowMs() + LINK_LIFE_MS;
      if (archive.link) {
        const url = await archive.link('heaps', name, LINK_LIFE_MS);
        return url === null ? null : { url, untilMs };
      }
      if (!publicUrl)
        throw personError(
          'LEAKWATCH_PUBLIC_URL of the bot is not set: how your browser reaches it, as https://leakwatch.example.org.',
        );
      if (!(await archive.get('heaps', name))) return null;
      return { url: `${publicUrl.replace(/\/+$/, '')}${signedPath({ name, user, untilMs }, key)}`, untilMs };
    },
  };
}
