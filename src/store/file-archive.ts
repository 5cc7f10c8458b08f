import { randomUUID } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { worldError } from '../errors.js';
import type { Archive, ArchiveKind, Manifest } from '../model/archive.js';
import { inWords, orAbsent, ownFolder, readBytes, readText, removeFile, stemOf, writeWhole } from './archive-files.js';
import { entryOf, MANIFEST, manifestText, type WrittenManifest } from './archive-manifest.js';
import { entriesIn, fitQuota, KINDS, sweep, TEMPORARY } from './archive-upkeep.js';

/** `leftoverMs`: what a crashed writer left is that old, and what lives is younger. */
export type ArchiveLimits = { readonly quotaBytes: number; readonly maxAgeMs: number; readonly leftoverMs: number };
export const ARCHIVE_LIMITS: ArchiveLimits = {
  quotaBytes: 4 * 2 ** 30,
  maxAgeMs: 365 * 24 * 3_600_000,
  leftoverMs: 3_600_000,
};

const TRIAL_BYTES = 4096;

/**
 * The archive as a folder. An entry is two files, its content and then its manifest, each put there as a whole: without its
 * manifest a content is a leftover. A content put again is another file, so that the old entry is whole until the new one is.
 *
 *     series/shop-api-svc-i-4f…-90be….7c21….jsonl.gz      content, by what is in it
 *     series/shop-api-svc-i-4f…-90be….manifest.json       says which content; when it is there, the entry is
 *     temporary/3b7a…                                     being written
 */
export function makeFileArchive(root: string, limits: ArchiveLimits = ARCHIVE_LIMITS, nowMs: () => number = Date.now): Archive {
  const shelf = (kind: ArchiveKind) => join(root, kind);
  const manifestPath = (kind: ArchiveKind, name: string) => join(shelf(kind), `${stemOf(name)}.manifest.json`);

  async function read(path: string): Promise<WrittenManifest | null> {
    const text = await readText(path);
    if (text === null) return null;
    try {
      return MANIFEST.parse(JSON.parse(text));
    } catch (error) {
      throw worldError(`${path} is damaged: it is no manifest`, error);
    }
  }

  async function put(manifest: Manifest, content: AsyncIterable<Uint8Array>): Promise<void> {
    const { kind, name, form } = manifest;
    const folders = { temporary: join(root, TEMPORARY), final: shelf(kind) };
    for (const folder of Object.values(folders)) await ownFolder(folder);
    const stem = stemOf(name);
    const { file, bytes } = await writeWhole(
      folders,
      content,
      (sha256) => `${stem}.${sha256.slice(0, 12)}.${form}`,
      limits.quotaBytes,
    );
    const whole = manifestText({ v: 1, ...manifest, bytes, atMs: nowMs(), file });
    await writeWhole(folders, onePiece(whole), () => `${stem}.manifest.json`, whole.length);
    await fitQuota(root, limits.quotaBytes, { kind, stem });
    // Put again as it was, it may have been taken for the old one by another process that made room.
    if (!(await orAbsent(lstat(join(folders.final, file))))) throw worldError(`${file} was taken out while it was written`);
  }

  return {
    put: (manifest, content) => inWords(root, () => put(manifest, content)),
    get: (kind, name) =>
      inWords(root, async () => {
        const found = await read(manifestPath(kind, name));
        if (!found || !(await orAbsent(lstat(join(shelf(kind), found.file))))) return null;
        return { entry: entryOf(found), content: readBytes(root, join(shelf(kind), found.file), found.bytes) };
      }),
    list: (kind) =>
      inWords(root, async () => {
        const found = await Promise.all((await entriesIn(shelf(kind))).map(({ manifest }) => manifest && read(manifest.path)));
        return found.flatMap((one) => (one ? [entryOf(one)] : [])).sort((a, b) => a.atMs - b.atMs);
      }),
    remove: (kind, name) =>
      inWords(root, async () => {
        const path = manifestPath(kind, name);
        const found = await read(path);
        await removeFile(path);
        if (found) await removeFile(join(shelf(kind), found.file));
      }),
    tidy: () =>
      inWords(root, async () => {
        await sweep(root, limits, nowMs());
        const left = await fitQuota(root, limits.quotaBytes);
        await tryWriting();
        return { ...left, mostBytes: limits.quotaBytes };
      }),
  };

  /** So that a full disk is known before the incident that is to be kept. */
  async function tryWriting(): Promise<void> {
    const temporary = join(root, TEMPORARY);
    for (const folder of [temporary, ...KINDS.map(shelf)]) await ownFolder(folder);
    const trial = onePiece(Buffer.alloc(TRIAL_BYTES));
    const { file } = await writeWhole({ temporary, final: temporary }, trial, () => randomUUID(), TRIAL_BYTES);
    await removeFile(join(temporary, file));
  }
}

async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
