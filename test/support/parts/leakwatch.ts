import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { endProcess, freePort, until } from './process.js';

export type LeakwatchPart = {
  readonly url: string;
  readonly child: ChildProcess;
  /** What it wrote to both outputs, the last 100 KB. */
  output(): string;
  stop(): Promise<void>;
};

type Role = 'start' | 'bot' | 'worker' | 'agent';

/**
 * `leakwatch start` or one role, as built, with `env` and nothing else of ours. Resolves when it works: `start` when `/readyz`
 * says so, a role when it says that it runs. Its log goes to `logPath` too.
 */
export async function startLeakwatch(
  env: Record<string, string>,
  role: Role = 'start',
  logPath?: string,
): Promise<LeakwatchPart> {
  const part = await spawnLeakwatch(env, role, logPath);
  const { child, url } = part;
  const died = new Promise<never>((_, reject) => {
    child.once('close', (code) => reject(new Error(`leakwatch ${role} ended with exit code ${code}:\n${part.output()}`)));
  });
  const works = until(`leakwatch ${role}`, 30_000, async () => {
    if (role !== 'start') return part.output().includes('"msg":"running"');
    const response = await fetch(`${url}/readyz`);
    if (!response.ok) throw new Error(await response.text());
    return true;
  });
  await Promise.race([works, died]).catch(async (error) => {
    await part.stop();
    throw error;
  });
  return part;
}

/** The same, without waiting: for what is not meant to start. */
export async function spawnLeakwatch(
  env: Record<string, string>,
  role: Role = 'start',
  logPath?: string,
): Promise<LeakwatchPart> {
  const port = env.PORT ?? String(await freePort());
  const child = spawn(process.execPath, ['dist/src/cli.js', role], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { PATH: process.env.PATH, PORT: port, LEAKWATCH_BIND: '127.0.0.1', ...env },
  });
  const log = logPath ? createWriteStream(logPath) : undefined;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    if (log) stream.pipe(log, { end: false });
    stream.on('data', (chunk) => (output = (output + chunk).slice(-100_000)));
  }
  child.once('close', () => log?.end());
  return { url: `http://127.0.0.1:${port}`, child, output: () => output, stop: () => endProcess(child, 15_000) };
}
