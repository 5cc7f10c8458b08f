import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { LeakwatchError, worldError } from '../errors.js';

/** Files that are there as a whole or not at all, for their owner alone, with names that nobody from outside chose. */
const [FILE_MODE, FOLDER_MODE] = [0o600, 0o700];
/** Never through a link that somebody put there. */
const { O_CREAT, O_EXCL, O_WRONLY, O_RDONLY, O_NOFOLLOW } = constants;
const MAX_SLUG = 80;

/**
 * The beginning of a file's name: what can be read of the entry's name, and a hash of all of it.
 *
 *     ../../etc/passwd  →  etc-passwd-3a1f…      shop/api-svc i-4f…  →  shop-api-svc-i-4f…-90be…
 */
export function stemOf(name: string): string {
  const slug = name.replace(/[^A-Za-z0-9_]+/g, '-').replace(/^-+/, '');
  return `${slug.slice(0, MAX_SLUG).replace(/-+$/, '')}-${hash(name).slice(0, 16)}`.replace(/^-/, '');
}

function hash(bytes: string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const PIECE = 2 ** 20;

/** Makes the folder when it is not there. A link in its place is refused. */
export async function ownFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  if (!(await lstat(path)).isDirectory()) throw worldError(`${path} is not a folder of ours: something else lies there`);
}

/**
 * Writes to a file beside, flushes it to the disk, and puts it in its place: `nameOf` is told what it holds (SHA-256, hex). Gives
 * name and size. More than `mostBytes` is refused.
 */
export async function writeWhole(
  folders: { readonly temporary: string; readonly final: string },
  content: AsyncIterable<Uint8Array>,
  nameOf: (sha256: string) => string,
  mostBytes: number,
): Promise<{ readonly file: string; readonly bytes: number }> {
  const draft = join(folders.temporary, randomUUID());
  const [sha256, handle] = [createHash('sha256'), await open(draft, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, FILE_MODE)];
  try {
    let bytes = 0;
    try {
      for await (const chunk of content) {
        bytes += chunk.length;
        if (bytes > mostBytes) throw worldError(`it is larger than the archive may be (${mostBytes} bytes)`);
        // A heap may come as one piece of 30 MiB, and nothing else runs while it is hashed.
        for (let at = 0; at < chunk.length; at += PIECE) {
          const piece = chunk.subarray(at, at + PIECE);
          sha256.update(piece);
          await handle.appendFile(piece);
        }
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    const file = nameOf(sha256.digest('hex'));
    await rename(draft, join(folders.final, file));
    await flushFolder(folders.final);
    return { file, bytes };
  } catch (error) {
    await removeFile(draft);
    throw error;
  }
}

/** A name is on the disk when its folder is. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, O_RDONLY);
  await folder.sync().finally(() => folder.close());
}

export async function removeFile(path: string): Promise<void> {
  await orAbsent(unlink(path));
}

/** Null when there is no such file (any more): another process may have taken it out. */
export async function orAbsent<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export async function readText(path: string): Promise<string | null> {
  const handle = await orAbsent(open(path, O_RDONLY | O_NOFOLLOW));
  return handle ? handle.readFile('utf8').finally(() => handle.close()) : null;
}

/** Opened at the first chunk. What is not as long as it was written is damaged: rejects, with a world's error in any case. */
export async function* readBytes(root: string, path: string, bytes: number): AsyncGenerator<Buffer> {
  const handle = await inWords(root, () => open(path, O_RDONLY | O_NOFOLLOW));
  try {
    const { size } = await handle.stat();
    if (size !== bytes) throw worldError(`${path} is damaged: it has ${size} bytes, and had ${bytes}`);
    const chunks = handle.createReadStream({ autoClose: false })[Symbol.asyncIterator]();
    const more = () => inWords(root, () => chunks.next());
    for (let next = await more(); !next.done; next = await more()) yield next.value as Buffer;
  } finally {
    await handle.close();
  }
}

export type Found = { readonly file: string; readonly bytes: number; readonly changedMs: number };

/** The files of a folder that is there; what is no file (a link, a folder) is not ours. */
export async function filesIn(folder: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const file of (await orAbsent(readdir(folder))) ?? []) {
    const stat = await orAbsent(lstat(join(folder, file)));
    if (stat?.isFile()) found.push({ file, bytes: stat.size, changedMs: stat.mtimeMs });
  }
  return found;
}

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of its disk is used up',
  EROFS: 'its disk is read-only',
  EACCES: 'its folder may not be written by this user',
  EPERM: 'its folder may not be written by this user',
  ENOTDIR: 'its folder is a file',
  ENOENT: 'a file of it was taken out meanwhile',
  EIO: 'its disk does not work (EIO)',
  ELOOP: 'a link lies in the place of a file',
};

/** All that goes wrong with files is the world's. */
export async function inWords<T>(root: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LeakwatchError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw worldError(`The archive (${root}) cannot be used: ${WORDS[code] ?? code}`, error);
  }
}
