import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { personError } from '../../errors.js';

/** Times, and a tree with every tenth snapshot (Massif's default); Valgrind itself says nothing. */
const FLAGS = ['-q', '--tool=massif', '--time-unit=ms', '--massif-out-file=massif.out.%p'];
/** What a signal ends is the program: what is known of it by then is still to be answered. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
const EVERY_MS = 1_000;

export type RunStreams = {
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly stdin: { readonly isTTY?: boolean };
};

/**
 * Runs a command under Massif to its end, however it ends (Ctrl-C too), and gives the file that came of it: `massif.out.PID` in this
 * folder, as Valgrind has it, which stays there. What the program prints goes to standard error. On a terminal a line tells how
 * far its memory has come. Throws a person's error where there is no Valgrind, or no file.
 */
export async function runUnderMassif(command: readonly string[], { stderr, stdin }: RunStreams): Promise<string> {
  const child = spawn('valgrind', [...FLAGS, ...command], { stdio: ['inherit', 2, 2] });
  // From a terminal, Ctrl-C reaches the program by itself, and a second signal would end Massif while it writes.
  const pass = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGINT' || !stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  const stopTelling = stderr.isTTY && child.pid ? tell(child.pid, stderr) : () => {};
  try {
    const [code, signal] = await once(child, 'exit');
    stopTelling();
    const path = `massif.out.${child.pid}`;
    if (!existsSync(path))
      throw personError(`${command[0]}: ended (${signal ?? code}) without a ${path}: it did not start, or was killed.`);
    if (signal || code !== 0) stderr.write(`leakwatch: ${command[0]} ended with ${signal ?? code}\n`);
    stderr.write(`leakwatch: ${path} stays here\n`);
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw personError('valgrind is not installed (package valgrind), or not in PATH.');
  } finally {
    stopTelling();
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}

/**
 * Memory of the process, with what Valgrind needs, which does not grow by itself: read from outside. (Asking Massif, through vgdb, would
 * be exact, but hangs where the program waits in a system call.)
 */
function tell(pid: number, stderr: Writable): () => void {
  let [first, seconds] = [0, 0];
  const timer = setInterval(() => {
    const mib = residentMib(pid);
    if (mib === null) return;
    seconds += EVERY_MS / 1_000;
    first ||= mib;
    const grown = Math.round(mib - first);
    stderr.write(
      `\r\u001b[K${seconds} s: ${Math.round(mib)} MiB with Valgrind, ${grown < 0 ? '' : '+'}${grown} since the first second`,
    );
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    if (first > 0) stderr.write('\r\u001b[K');
    first = 0;
  };
}

function residentMib(pid: number): number | null {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kib === undefined ? null : Number(kib) / 1_024;
  } catch {
    // It has just ended.
    return null;
  }
}
