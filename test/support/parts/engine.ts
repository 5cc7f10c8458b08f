import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { get } from 'node:http';
import { endProcess, launch, until } from './process.js';

/** `root`: where its data is; of the machine's own engine the usual place. */
export type EnginePart = { readonly socket: string; readonly root: string; stop(): Promise<void> };

const OWN_ROOT = '/var/lib/leakwatch-parts/docker';
const OWN_RUN = '/var/run/leakwatch-parts';

/**
 * A real Docker Engine: the machine's own when it answers, else `dockerd` started here with a root and socket of its own
 * (the images stay for the next run) and stopped by `stop`. Needs root and Debian's `docker.io`.
 */
export async function startEngine(log: (line: string) => void = () => {}): Promise<EnginePart> {
  for (const [socket, root] of [
    ['/var/run/docker.sock', '/var/lib/docker'],
    [`${OWN_RUN}/docker.sock`, OWN_ROOT],
  ] as const) {
    if (existsSync(socket) && (await pings(socket))) return { socket, root, async stop() {} };
  }
  log('starting a Docker Engine');
  return startDockerd(OWN_ROOT, OWN_RUN);
}

/**
 * `dockerd` on these folders, until `stop`; its socket is `docker.sock` in `run`. Beside another it needs a network namespace of its own: both
 * call their bridge docker0, and one told to do without a bridge removes that of the other.
 */
export async function startDockerd(root: string, run: string, apart = false): Promise<EnginePart> {
  await mkdir(root, { recursive: true });
  await mkdir(run, { recursive: true });
  const socket = `${run}/docker.sock`;
  const [command = '', ...before] = [...(apart ? ['unshare', '--net'] : []), 'dockerd'];
  const { child, output } = launch(command, [
    ...before,
    ...['--data-root', root, '--exec-root', `${run}/exec`, '--pidfile', `${run}/docker.pid`],
    ...['--host', `unix://${socket}`, '--log-level', 'warn'],
  ]);
  await until('dockerd', 60_000, async () => {
    if (child.exitCode !== null) throw new Error(output());
    return pings(socket);
  });
  return { socket, root, stop: () => endProcess(child, 20_000) };
}

function pings(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ socketPath, path: '/_ping', timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy());
  });
}
