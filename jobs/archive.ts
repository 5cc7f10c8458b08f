import type { Config } from '../src/config.js';
import type { Archive } from '../src/model/archive.js';
import { makeFileArchive } from '../src/store/file-archive.js';

/** The archive that the configuration names; null: none. */
export async function archiveOf({ dataDir, archiveUrl }: Pick<Config, 'dataDir' | 'archiveUrl'>): Promise<Archive | null> {
  if (!archiveUrl) return dataDir ? makeFileArchive(dataDir) : null;
  // Only where it is used: loading what speaks S3 takes longer than all the rest.
  const { makeS3Archive } = await import('../src/store/s3-archive.js');
  return makeS3Archive(archiveUrl);
}
