import type { FileSeen, Inside, InsideResult } from '../../model/inside.js';

/** Massif is heard within 5,000 of the program's steps; what takes longer waits in a system call. */
const SECONDS = 10;
/** On top, for a command to begin and to end. */
const AROUND_MS = 5_000;
/** Two lines. Where it cannot stop its target it says so some ten thousand times a second. */
const MOST_BYTES = 64 * 1_024;
/** Where Massif, which is in the container too, writes what it is asked for; always the same, so that nothing piles up. */
const NAMES = { all: 'leakwatch-massif-all.out', now: 'leakwatch-massif-now.out' } as const;

/** `files`: what it had by now, and now itself, in this order; to be removed with `remove`. */
export type LiveMassif = { readonly files: readonly FileSeen[]; remove(): Promise<void> } | { readonly problem: string };

/**
 * Asks a Massif that runs in a container for all snapshots that it has, and for one of just now with its tree, through `vgdb`. A vgdb that stops
 * its target by force hangs, and floods, where that is process 1 of the container: there it only waits to be heard. `seconds`: for how long.
 */
export async function askMassif(
  inside: Inside,
  containerId: string,
  folders: readonly string[],
  signal: AbortSignal,
  seconds = SECONDS,
): Promise<LiveMassif> {
  const mostMs = seconds * 1_000 + AROUND_MS;
  const run = (argv: readonly string[]) => inside.run(containerId, { argv, mostMs, mostBytes: MOST_BYTES }, signal);
  const listed = await run(['vgdb', '-l']);
  if (listed.how !== 'ended') return { problem: problemOf(listed) };
  const pid = /use --pid=(\d{1,10}) for /.exec(`${listed.out}${listed.err}`)?.[1];
  if (!pid) return { problem: 'vgdb finds no Valgrind there (another user, or another /tmp)' };
  const force = pid === '1' ? ['--max-invoke-ms=0'] : [];
  const ask = (words: string) => run(['vgdb', `--pid=${pid}`, `--cmd-time-out=${seconds}`, ...force, '-c', words]);
  let last: InsideResult = listed;
  for (const folder of folders) {
    const [all, now] = [`${folder}/${NAMES.all}`, `${folder}/${NAMES.now}`];
    last = await ask(`detailed_snapshot ${now}`);
    if (last.how !== 'ended') return { problem: problemOf(last) };
    if (!(await isThere(now))) continue;
    const history = await ask(`all_snapshots ${all}`);
    const paths = history.how === 'ended' && (await isThere(all)) ? [all, now] : [now];
    const files = paths.map((path) => ({ path, bytes: null, changedAtMs: null }));
    return { files, remove: async () => void (await run(['rm', '-f', ...paths])) };
  }
  return { problem: last.exitCode === 0 ? 'Massif may not write where it was asked to (/tmp)' : problemOf(last) };

  async function isThere(path: string): Promise<boolean> {
    const bytes = await inside.read(containerId, path, signal);
    if (!bytes) return false;
    for await (const _ of bytes) return true;
    return false;
  }
}

/** What vgdb says itself may be anything, and is not told. */
function problemOf({ how, exitCode, leftPid }: InsideResult): string {
  const left = leftPid === null ? '' : `; it could not be ended, and is process ${leftPid} on the host`;
  if (how === 'missing') return 'there is no vgdb in the container';
  if (how === 'flood') return `vgdb could not stop the program, and was ended${left}: start the container with --init`;
  if (how === 'late' || exitCode !== 0)
    return `Massif was not heard: the program waits in a system call${left}. With --init vgdb can wake it`;
  return 'vgdb gave no answer';
}
