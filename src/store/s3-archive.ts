import { createHash, randomUUID } from 'node:crypto';
import { worldError } from '../errors.js';
import type { Archive, ArchiveKind, Manifest } from '../model/archive.js';
import { stemOf } from './archive-files.js';
import { entryOf, MANIFEST, manifestText, type WrittenManifest } from './archive-manifest.js';
import { KINDS, oldestOf, TEMPORARY } from './archive-upkeep.js';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './file-archive.js';
import { openBucket } from './s3-bucket.js';

/** An entry is held in memory while it is put: what is larger is refused. */
const MOST_BYTES = 256 * 2 ** 20;
const AT_ONCE = 8;

/**
 * The archive as a bucket, laid out as the folder is: a content, and then the manifest that says which content it is; an object is
 * there as a whole or not at all, so that no draft is needed. How much may lie there is the bucket's own business; what is too old
 * leaves as it does from a folder. `url`: `s3://bucket/prefix`, with `?endpoint=http://minio:9000` for what is not Amazon's.
 */
export function makeS3Archive(
  url: string,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
  nowMs: () => number = Date.now,
  bucket = openBucket(url),
): Archive {
  const manifestKey = (kind: ArchiveKind, name: string) => `${kind}/${stemOf(name)}.manifest.json`;

  async function read(key: string): Promise<WrittenManifest | null> {
    const found = await bucket.get(key);
    if (!found) return null;
    const text = (await whole(found.content, MOST_BYTES)).toString();
    try {
      return MANIFEST.parse(JSON.parse(text));
    } catch (error) {
      throw worldError(`${key} is damaged: it is no manifest`, error);
    }
  }

  return {
    async put(manifest: Manifest, content) {
      const { kind, name, form } = manifest;
      const bytes = await whole(content, MOST_BYTES);
      const before = await read(manifestKey(kind, name));
      const file = `${stemOf(name)}.${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.${form}`;
      await bucket.put(`${kind}/${file}`, bytes);
      await bucket.put(manifestKey(kind, name), manifestText({ v: 1, ...manifest, bytes: bytes.length, atMs: nowMs(), file }));
      if (before && before.file !== file) await bucket.remove([`${kind}/${before.file}`]);
    },
    async get(kind, name) {
      const found = await read(manifestKey(kind, name));
      const there = found && (await bucket.get(`${kind}/${found.file}`));
      if (!found || !there) return null;
      if (there.bytes !== found.bytes) {
        // Asked for, it has to be closed.
        for await (const _ of there.content) break;
        throw worldError(`${kind}/${found.file} is damaged: it has ${there.bytes} bytes, and had ${found.bytes}`);
      }
      return { entry: entryOf(found), content: there.content };
    },
    async link(kind, name, lifeMs) {
      const found = await read(manifestKey(kind, name));
      return found && bucket.link(`${kind}/${found.file}`, found.file, Math.floor(lifeMs / 1000));
    },
    async list(kind) {
      const keys = (await bucket.list(`${kind}/`)).map(({ key }) => key).filter((key) => key.endsWith('.manifest.json'));
      const found: WrittenManifest[] = [];
      for (let i = 0; i < keys.length; i += AT_ONCE)
        for (const one of await Promise.all(keys.slice(i, i + AT_ONCE).map(read))) if (one) found.push(one);
      return found.map(entryOf).sort((a, b) => a.atMs - b.atMs);
    },
    async remove(kind, name) {
      const found = await read(manifestKey(kind, name));
      // The manifest first: a content without one is a leftover.
      await bucket.remove([manifestKey(kind, name)]);
      if (found) await bucket.remove([`${kind}/${found.file}`]);
    },
    async tidy() {
      let [entries, bytes] = [0, 0];
      for (const kind of KINDS) {
        const left = await tidyKind(kind);
        entries += left.entries;
        bytes += left.bytes;
      }
      const trial = `${TEMPORARY}/${randomUUID()}`;
      await bucket.put(trial, Buffer.alloc(1));
      await bucket.remove([trial]);
      return { entries, bytes, mostBytes: null };
    },
  };

  /** Manifests that are too old go first; what has none any more, and is not about to get one, goes with the next round. */
  async function tidyKind(kind: ArchiveKind): Promise<{ entries: number; bytes: number }> {
    const lying = await bucket.list(`${kind}/`);
    const isOld = (changedMs: number) => nowMs() - changedMs > oldestOf(kind, limits);
    const manifests = lying.filter(({ key }) => key.endsWith('.manifest.json'));
    const stems = new Set(manifests.filter(({ changedMs }) => !isOld(changedMs)).map(({ key }) => stemIn(key)));
    const gone = lying.filter((one) => {
      const isManifest = one.key.endsWith('.manifest.json');
      return isManifest ? isOld(one.changedMs) : !stems.has(stemIn(one.key)) && nowMs() - one.changedMs > limits.leftoverMs;
    });
    await bucket.remove(gone.map(({ key }) => key));
    const left = lying.filter((one) => !gone.includes(one));
    return {
      entries: left.filter(({ key }) => key.endsWith('.manifest.json')).length,
      bytes: left.reduce((sum, one) => sum + one.bytes, 0),
    };
  }
}

function stemIn(key: string): string {
  return key.slice(0, key.indexOf('.'));
}

async function whole(content: AsyncIterable<Uint8Array>, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > most) throw worldError(`it is larger than an entry of the archive may be (${most} bytes)`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
