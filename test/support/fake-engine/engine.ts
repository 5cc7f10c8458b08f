import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FakeContainers, makeContainers } from './containers.js';
import { makeEventHub } from './events.js';
import { EngineRefusal } from './query.js';
import { isBelow, RELEASES, type Release } from './release.js';
import { respond, type World } from './routes.js';

export type FakeEngineOptions = {
  /** What `/info` calls it. */
  readonly name: string;
  readonly nowMs?: () => number;
  readonly cgroup?: 'v1' | 'v2';
  readonly release?: keyof typeof RELEASES;
  /** A path for a unix socket; without it a free port on loopback. */
  readonly socketPath?: string;
  readonly memTotal?: number;
  /** Told of each request when its answer has gone, times of `performance.now()`. */
  readonly onAnswer?: (path: string, begunMs: number, endedMs: number) => void;
};

export type FakeEngine = FakeContainers & {
  /** For `DOCKER_HOST`. */
  readonly url: string;
  /** Requests that a real engine would take and this one does not: a test that ends with one proves nothing. */
  readonly unexpected: readonly string[];
  /** The daemon goes: connections break, new ones are refused. Containers live on (live-restore). */
  vanish(): Promise<void>;
  /** At the same place. A daemon that was started anew has forgotten what happened before. */
  comeBack(daemon: 'same' | 'new'): Promise<void>;
  /** For good. */
  close(): Promise<void>;
};

/**
 * A Docker Engine that speaks the real API and has no containers but those that a test tells of: their memory is a function of
 * the engine's time. What it answers is what engines were recorded to answer (`test/golden/docker`, and a test beside a real one).
 */
export async function startFakeEngine(options: FakeEngineOptions): Promise<FakeEngine> {
  const { name, nowMs = Date.now, cgroup = 'v2', socketPath, memTotal = 16 * 2 ** 30, onAnswer } = options;
  const release: Release = RELEASES[options.release ?? '29'];
  const events = makeEventHub(release.oldEventFields);
  const containers = makeContainers(name, nowMs, events);
  const unexpected: string[] = [];
  const world: World = { name, nowMs, release, cgroup, memTotal, containers, events };
  const server = createServer((request, response) => {
    const begunMs = performance.now();
    if (onAnswer) response.on('finish', () => onAnswer(request.url ?? '', begunMs, performance.now()));
    void serve(request, response, world, unexpected);
  });
  // Node closes a connection that was idle for 5 s, which the engine does not.
  server.keepAliveTimeout = 0;
  let port = 0;
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      const done = () => {
        server.off('error', reject);
        resolve();
      };
      if (socketPath) server.listen(socketPath, done);
      else server.listen(port, '127.0.0.1', done);
    });
  const vanish = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen();
  if (!socketPath) port = (server.address() as AddressInfo).port;
  return {
    ...containers,
    url: socketPath ? `unix://${socketPath}` : `tcp://127.0.0.1:${port}`,
    unexpected,
    vanish,
    async comeBack(daemon) {
      if (daemon === 'new') events.forget();
      await listen();
    },
    close: vanish,
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, world: World, unexpected: string[]): Promise<void> {
  const { release } = world;
  const url = new URL(request.url ?? '/', 'http://engine');
  const [, version, path = url.pathname] = /^\/v(\d+\.\d+)(\/.*)$/.exec(url.pathname) ?? [];
  try {
    response.setHeader('Api-Version', release.api).setHeader('Ostype', 'linux');
    response.setHeader('Server', `Docker/${release.version} (linux)`);
    if (version) refuseVersion(version, release);
    await respond({ method: request.method ?? '', path, query: url.searchParams }, response, world);
  } catch (error) {
    if (!(error instanceof EngineRefusal)) throw error;
    if (error.status === 501) unexpected.push(`${request.method} ${request.url}: ${error.message}`);
    response.writeHead(error.status, { 'Content-Type': 'application/json' });
    response.end(`${JSON.stringify({ message: error.message })}\n`);
  }
}

function refuseVersion(version: string, { api, minApi }: Release): void {
  if (isBelow(api, version))
    throw new EngineRefusal(400, `client version ${version} is too new. Maximum supported API version is ${api}`);
  if (isBelow(version, minApi))
    throw new EngineRefusal(
      400,
      `client version ${version} is too old. Minimum supported API version is ${minApi}, please upgrade your client to a newer version`,
    );
}
