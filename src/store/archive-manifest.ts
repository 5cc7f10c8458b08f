import { z } from 'zod';
import type { ArchiveEntry } from '../model/archive.js';
import { KINDS } from './archive-upkeep.js';

/** What lies beside each content, whatever the archive is made of. */
export const MANIFEST = z.object({
  v: z.literal(1),
  kind: z.enum(KINDS),
  name: z.string(),
  form: z.enum(['json', 'jsonl.gz', 'pb.gz', 'txt.gz', 'json.gz', 'out.gz']),
  meta: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  bytes: z.number().nonnegative(),
  atMs: z.number(),
  /** A name in the manifest's own folder. */
  file: z.string().regex(/^[\w-]+\.[0-9a-f]{12}\.[a-z.]+$/),
});
export type WrittenManifest = z.infer<typeof MANIFEST>;

export function entryOf({ kind, name, form, meta, bytes, atMs, file }: WrittenManifest): ArchiveEntry {
  return { kind, name, form, meta, bytes, atMs, file };
}

/** A manifest as the archive has it: one line of JSON. */
export function manifestText(written: WrittenManifest): Buffer {
  return Buffer.from(`${JSON.stringify(written)}\n`);
}
