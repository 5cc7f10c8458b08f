import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { patient } from '../patience.js';

/** A free port on loopback, for a part of its own: the wanted one when nobody has it. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(wanted, '127.0.0.1', () => resolve(true));
  });
  if (!(await listening)) return freePort();
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks `probe` every 50 ms until it gives a value. Throws after `ms`, patiently, with `what` and the last error. */
export async function until<T>(what: string, ms: number, probe: () => Promise<T | null | undefined | false>): Promise<T> {
  const deadline = Date.now() + patient(ms);
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const value = await probe();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what}: not within ${patient(ms)} ms${last ? ` (${String(last)})` : ''}`);
}

/** Ends a child: SIGTERM, and SIGKILL after `graceMs`. Resolves when it is gone. */
export async function endProcess(child: ChildProcess, graceMs = 5_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}

/**
 * A long-running part whose output is kept for the error message, should it die while it is waited for. It has a process group
 * of its own: Ctrl-C at the terminal is for the one who started it, and who stops its parts in good order.
 */
export function launch(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): { child: ChildProcess; output: () => string } {
  let output = '';
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output = (output + chunk).slice(-8_000)));
  child.on('error', (error) => (output += String(error)));
  return { child, output: () => output };
}
