import type { ContainerAbout, FileSeen, Inside } from '../../model/inside.js';
import { decodeAbout } from './decode-about.js';
import { catInside, runInside } from './exec.js';
import { listFiles, patternOf, readFile } from './files.js';
import type { InsideClient } from './inside-client.js';

const CAT_MS = 60_000;
const LS_MS = 10_000;
const LS_BYTES = 2 ** 20;

/** The port `Inside` on a Docker API: files through the engine's archive, and through a command where it does not show them. */
export function makeInside(client: InsideClient): Inside {
  async function about(containerId: string): Promise<ContainerAbout | null> {
    const inspected = await client.inspect(containerId);
    return inspected === null ? null : decodeAbout(inspected, await client.top(containerId));
  }

  async function isInMemory(containerId: string, path: string): Promise<boolean> {
    const { tmpfs = [] } = (await about(containerId)) ?? {};
    return tmpfs.some((folder) => path.startsWith(folder.endsWith('/') ? folder : `${folder}/`));
  }

  /** `ls -t` in a folder: its names, newest first, and nothing else of them. */
  async function listInMemory(containerId: string, pattern: string, signal: AbortSignal): Promise<FileSeen[]> {
    const { folder, matches, isOne } = patternOf(pattern);
    if (isOne) return [{ path: pattern, bytes: null, changedAtMs: null }];
    const listing = { argv: ['ls', '-1t', folder], mostMs: LS_MS, mostBytes: LS_BYTES };
    const { how, out } = await runInside(client, containerId, listing, signal);
    if (how !== 'ended') return [];
    const names = out
      .toString('utf8')
      .split(/\r?\n/)
      .filter((name) => name !== '' && matches(name));
    return names.map((name) => ({ path: `${folder}/${name}`, bytes: null, changedAtMs: null }));
  }

  return {
    about,
    async files(containerId, pattern, signal) {
      if (await isInMemory(containerId, pattern)) return listInMemory(containerId, pattern, signal);
      return listFiles(client, containerId, pattern, signal);
    },
    async read(containerId, path, signal) {
      if (await isInMemory(containerId, path)) return catInside(client, containerId, path, CAT_MS, signal);
      return readFile(client, containerId, path, signal);
    },
    run: (containerId, command, signal) => runInside(client, containerId, command, signal),
  };
}
