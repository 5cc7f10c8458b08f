import { join } from 'node:path';
import type { ArchiveKind } from '../model/archive.js';
import { type Found, filesIn, readText, removeFile } from './archive-files.js';

/** Every kind is a folder of this name. */
export const KINDS = ['incidents', 'series', 'cases', 'heaps'] as const satisfies readonly ArchiveKind[];
/** A heap is compared with those of the last two weeks; a month leaves time to look at one. */
const HEAP_AGE_MS = 30 * 24 * 3_600_000;
/** Where files are written; no kind. */
export const TEMPORARY = 'temporary';

/** `<stem>.manifest.json` or `<stem>.<12 hex>.<form>`; anything else in the folder is somebody else's. */
const NAME = /^([\w-]+-[0-9a-f]{16}|[0-9a-f]{16})\.(?:(manifest)\.json|[0-9a-f]{12}\.[a-z.]+)$/;

type Lying = Found & { readonly path: string };
/** What lies in a folder under one stem. */
type Stem = { readonly stem: string; readonly manifest?: Lying; readonly contents: readonly Lying[] };

/** What lies in a kind's folder, by stem; a folder that is not there is empty. */
export async function entriesIn(folder: string): Promise<Stem[]> {
  const byStem = new Map<string, Stem>();
  for (const found of await filesIn(folder)) {
    const [, stem, isManifest] = NAME.exec(found.file) ?? [];
    if (stem === undefined) continue;
    const before = byStem.get(stem) ?? { stem, contents: [] };
    const lying = { ...found, path: join(folder, found.file) };
    byStem.set(stem, isManifest ? { ...before, manifest: lying } : { ...before, contents: [...before.contents, lying] });
  }
  return [...byStem.values()];
}

/** How old what is of a kind may be, ms. */
export function oldestOf(kind: ArchiveKind, { maxAgeMs }: { maxAgeMs: number }): number {
  return Math.min(maxAgeMs, kind === 'heaps' ? HEAP_AGE_MS : Number.POSITIVE_INFINITY);
}

/** Takes out what writers that died left, contents that were replaced, and entries that are too old. */
export async function sweep(root: string, limits: { maxAgeMs: number; leftoverMs: number }, nowMs: number): Promise<void> {
  const isLeftover = ({ changedMs }: Found) => nowMs - changedMs > limits.leftoverMs;
  const temporary = join(root, TEMPORARY);
  for (const draft of (await filesIn(temporary)).filter(isLeftover)) await removeFile(join(temporary, draft.file));
  for (const kind of KINDS) {
    for (const one of await entriesIn(join(root, kind))) {
      const { manifest, contents } = one;
      if (manifest && nowMs - manifest.changedMs > oldestOf(kind, limits)) await removeAll(one);
      else if (manifest && contents.length === 0 && isLeftover(manifest)) await removeFile(manifest.path);
      else if (contents.length !== 1 || !manifest) {
        const text = manifest ? await readText(manifest.path) : null;
        const stray = contents.filter((content) => isLeftover(content) && !text?.includes(`"${content.file}"`));
        for (const { path } of stray) await removeFile(path);
      }
    }
  }
}

/** Takes out the oldest entries until the rest fits, heaps before anything else (there are many, and each has later ones), but never the one that was just written. Gives what is left. */
export async function fitQuota(
  root: string,
  quotaBytes: number,
  written?: { readonly kind: ArchiveKind; readonly stem: string },
): Promise<{ entries: number; bytes: number }> {
  const all = await Promise.all(
    KINDS.map(async (kind) => (await entriesIn(join(root, kind))).map((one) => ({ ...one, kind, bytes: bytesOf(one) }))),
  );
  const isHeap = ({ kind }: { kind: ArchiveKind }) => Number(kind === 'heaps');
  const oldestFirst = all.flat().sort((a, b) => isHeap(b) - isHeap(a) || changedMs(a) - changedMs(b));
  let bytes = oldestFirst.reduce((sum, one) => sum + one.bytes, 0);
  let entries = oldestFirst.filter(({ manifest }) => manifest).length;
  for (const one of oldestFirst) {
    if (bytes <= quotaBytes) break;
    // Without a manifest it may be about to get one.
    if (!one.manifest || (one.stem === written?.stem && one.kind === written.kind)) continue;
    await removeAll(one);
    bytes -= one.bytes;
    entries -= 1;
  }
  return { entries, bytes };
}

/** The manifest first: what is left in between is a leftover. */
async function removeAll({ manifest, contents }: Stem): Promise<void> {
  for (const one of [...(manifest ? [manifest] : []), ...contents]) await removeFile(one.path);
}

function bytesOf({ manifest, contents }: Stem): number {
  return contents.reduce((sum, { bytes }) => sum + bytes, manifest?.bytes ?? 0);
}

function changedMs({ manifest, contents }: Stem): number {
  return manifest?.changedMs ?? contents[0]?.changedMs ?? 0;
}
