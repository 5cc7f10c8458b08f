import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { endProcess, freePort, until } from '../test/support/parts/process.js';

export type LeakwatchPart = { readonly url: string; readonly child: ChildProcess; stop(): Promise<void> };

/** `leakwatch start` (or one role), as built. Its log goes to `logPath`. Resolves when `/readyz` says so. */
export async function startLeakwatch(env: Record<string, string>, logPath: string, role = 'start'): Promise<LeakwatchPart> {
  const port = env.PORT ?? String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, ['dist/src/cli.js', role], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { PATH: process.env.PATH, PORT: port, LEAKWATCH_BIND: '127.0.0.1', ...env },
  });
  const log = createWriteStream(logPath);
  let lastWords = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(log, { end: false });
    stream.on('data', (chunk) => (lastWords = (lastWords + chunk).slice(-2_000)));
  }
  let notReady = '';
  await until(`leakwatch ${role}`, 60_000, async () => {
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}:\n${lastWords}`);
    const response = await fetch(`${url}/readyz`);
    notReady = await response.text();
    if (!response.ok) throw new Error(notReady);
    return true;
  });
  return { url, child, stop: () => endProcess(child, 15_000) };
}
