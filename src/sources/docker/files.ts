import type { Readable } from 'node:stream';
import picomatch from 'picomatch';
import { extract } from 'tar-stream';
import { within, worldError } from '../../errors.js';
import type { FileSeen } from '../../model/inside.js';
import type { InsideClient } from './inside-client.js';

/** A folder is listed by reading all of it: the engine knows no other way. */
const LIST_MS = 20_000;
const LIST_BYTES = 2 * 2 ** 30;
const MAX_FILES = 10_000;
/** A link to a link to … */
const MAX_LINKS = 5;

export type Pattern = { readonly folder: string; readonly matches: (name: string) => boolean; readonly isOne: boolean };

/**
 * A path with globs in its last part only, as `/var/massif/massif.out.*`. Throws a world error where it is none: in the words of a rule, because
 * that is where it comes from.
 */
export function patternOf(path: string): Pattern {
  const [, folder = '', name = ''] = /^(\/(?:[^/]+\/)*)([^/]+)$/.exec(path) ?? [];
  const parts = folder.split('/');
  if (name === '' || parts.some((part) => part === '..' || part === '.' || /[*?[\]{}]/.test(part)))
    throw worldError(
      'the rule (`massif`, `heap`) is no path like /var/massif/massif.out.*: it is absolute, and has globs in its last part only',
    );
  const isOne = !/[*?[\]{}]/.test(name);
  return { folder: folder === '/' ? folder : folder.slice(0, -1), matches: picomatch(name, { dot: false }), isOne };
}

/** Files of a folder that a pattern names, newest first. None where there is no such folder. */
export async function listFiles(
  client: InsideClient,
  containerId: string,
  path: string,
  signal: AbortSignal,
): Promise<FileSeen[]> {
  const { folder, matches, isOne } = patternOf(path);
  const limit = within(LIST_MS, signal);
  const stream = await client.archive(containerId, isOne ? path : folder, limit);
  if (!stream) return [];
  const found: FileSeen[] = [];
  let bytes = 0;
  for await (const { name, type, size, mtime, content } of entriesOf(stream)) {
    // The folder's own name stands before each: `massif/massif.out.7`; what lies deeper is not meant.
    const parts = name.split('/').filter((part) => part !== '');
    const file = parts.at(-1) ?? '';
    const isHere = parts.length === (isOne || folder === '/' ? 1 : 2);
    if (isHere && type === 'file' && (isOne || matches(file)))
      found.push({ path: isOne ? path : `${folder === '/' ? '' : folder}/${file}`, bytes: size, changedAtMs: mtime });
    // Of the one that is asked for the head says all.
    if (isOne) break;
    bytes += size;
    if (bytes > LIST_BYTES || found.length > MAX_FILES)
      throw worldError(
        `${folder} in the container is too large to look through: name the file itself, or give them a folder of their own`,
      );
    content.resume();
  }
  return found.sort((a, b) => (b.changedAtMs ?? 0) - (a.changedAtMs ?? 0));
}

/** The bytes of a file as they come; links are followed within the container. Null: there is none. */
export async function readFile(
  client: InsideClient,
  containerId: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Buffer> | null> {
  let at = path;
  for (let links = 0; links <= MAX_LINKS; links += 1) {
    const stream = await client.archive(containerId, at, signal);
    if (!stream) return null;
    const entries = entriesOf(stream);
    const { value: entry } = await entries.next();
    if (entry?.type === 'file') return contentOf(entry, entries);
    await entries.return(undefined);
    if (entry?.type !== 'symlink' || !entry.link) return null;
    at = entry.link.startsWith('/') ? entry.link : `${at.slice(0, at.lastIndexOf('/'))}/${entry.link}`;
  }
  return null;
}

type Entry = {
  readonly name: string;
  readonly type: string | null | undefined;
  readonly size: number;
  readonly mtime: number | null;
  readonly link: string | null | undefined;
  readonly content: Readable;
};

/** Ended early, it ends the engine's answer too. */
async function* entriesOf(stream: Readable): AsyncGenerator<Entry> {
  const unpacked = extract();
  stream.on('error', (error) => unpacked.destroy(error));
  stream.pipe(unpacked);
  try {
    for await (const entry of unpacked) {
      const { name, type, size = 0, mtime, linkname } = entry.header;
      yield { name, type, size, mtime: mtime?.getTime() ?? null, link: linkname, content: entry as unknown as Readable };
    }
  } catch (error) {
    throw worldError('Docker broke off while a file of the container was read', error);
  } finally {
    stream.destroy();
  }
}

async function* contentOf(entry: Entry, entries: AsyncGenerator<Entry>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of entry.content) yield chunk as Buffer;
  } finally {
    await entries.return(undefined);
  }
}
