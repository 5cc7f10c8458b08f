import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import Docker from 'dockerode';
import { FatalError, LeakwatchError, withDeadline, worldError } from '../../errors.js';
import { ACTIONS } from './decode-events.js';

const DEFAULT_DOCKER_HOST = 'unix:///var/run/docker.sock';
/** A daemon that hangs keeps the socket open: no call waits longer. A one-shot may take a second before Docker 25. */
const CALL_MS = 5_000;
const CONTAINER_ID = /^[0-9a-f]{64}$/;

export type DockerAddress = {
  readonly dockerHost: string | undefined;
  /** A folder with ca.pem, cert.pem and key.pem. */
  readonly certPath: string | undefined;
  readonly tlsVerify: boolean;
};

/** The engine's answers as they come. A `get` is null for a container that is not there; it rejects with a `worldError`. */
export type DockerClient = {
  version(): Promise<unknown>;
  /** Null when the filter before the engine keeps it back. */
  info(): Promise<unknown>;
  list(): Promise<unknown>;
  inspect(containerId: string): Promise<unknown>;
  stats(containerId: string): Promise<unknown>;
  events(since: string | null, signal: AbortSignal): Promise<Readable>;
};

/**
 * All that is ever asked of an engine, and only by GET: `_ping` (tests), `version`, `info`, `containers/json`,
 * `containers/<id>/json`, `containers/<id>/stats`, `events` (design §10). No API version in the paths: engines refuse those
 * that are too old or too new for them. No agent either: docker-modem prints it with every request, 20 ms each. And no
 * `AbortSignal.any`: on Node 20 each one with a listener leaves 70 bytes behind, 40 MB a day on a host of 100.
 */
export function makeDockerClient(address: DockerAddress, callMs = CALL_MS): DockerClient {
  const docker = new Docker(dockerOptions(address));
  const where = address.dockerHost ?? DEFAULT_DOCKER_HOST;

  async function get(path: string, query: Record<string, unknown>, gone?: number): Promise<unknown> {
    try {
      return await withDeadline(callMs, 'it', (deadline) => dial(docker, path, query, deadline, false));
    } catch (error) {
      if (gone !== undefined && statusOf(error) === gone) return null;
      throw explain(error, where, path, callMs);
    }
  }

  /** What is no id is no container's: nothing else may get into a path. */
  async function ofContainer(id: string, what: 'json' | 'stats', query: Record<string, unknown>) {
    return CONTAINER_ID.test(id) ? get(`/containers/${id}/${what}`, query, 404) : null;
  }

  return {
    version: () => get('/version', {}),
    info: () => get('/info', {}, 403),
    list: () => get('/containers/json', { all: true }),
    inspect: (id) => ofContainer(id, 'json', {}),
    stats: (id) => ofContainer(id, 'stats', { stream: false, 'one-shot': true }),
    async events(since, signal) {
      const filters = JSON.stringify({ type: ['container'], event: ACTIONS });
      try {
        // The head comes at once and has the deadline; what follows has none. The caller ends both.
        const head = () => dial(docker, '/events', { filters, ...(since ? { since } : {}) }, signal, true);
        return (await withDeadline(callMs, 'it', head)) as Readable;
      } catch (error) {
        throw explain(error, where, '/events', callMs);
      }
    },
  };
}

/** Everything is said, undefined too: what is not would be read from the environment. */
export function dockerOptions({ dockerHost = DEFAULT_DOCKER_HOST, certPath, tlsVerify }: DockerAddress): Docker.DockerOptions {
  const none = { timeout: undefined, version: undefined, agent: undefined };
  if (dockerHost.startsWith('unix:')) {
    const socketPath = dockerHost.slice('unix://'.length);
    return {
      ...none,
      socketPath,
      host: undefined,
      port: undefined,
      ca: undefined,
      cert: undefined,
      key: undefined,
      protocol: 'http',
    };
  }
  const { protocol, hostname, port } = new URL(dockerHost);
  const tls = protocol === 'https:' || (protocol === 'tcp:' && (tlsVerify || certPath !== undefined || port === '2376'));
  const pem = (name: string) => (certPath === undefined || !tls ? undefined : readPem(join(certPath, name)));
  return {
    ...none,
    socketPath: undefined,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port || (tls ? 2376 : 2375),
    protocol: tls ? 'https' : 'http',
    ca: pem('ca.pem'),
    cert: pem('cert.pem'),
    key: pem('key.pem'),
  };
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new FatalError(`DOCKER_CERT_PATH: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
  }
}

function dial(
  docker: Docker,
  path: string,
  query: Record<string, unknown>,
  abortSignal: AbortSignal,
  isStream: boolean,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = { path: `${path}?`, method: 'GET', options: query, abortSignal, isStream, statusCodes: { 200: true } };
    docker.modem.dial(request, (error: Error | null, answer: unknown) => (error ? reject(error) : resolve(answer)));
  });
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number } | null)?.statusCode;
}

/** In words for a person; never with what was answered, which may hold anything. */
function explain(error: unknown, where: string, path: string, callMs: number): LeakwatchError {
  const status = statusOf(error);
  if (status === 403) {
    return worldError(`The filter before Docker at ${where} refuses GET ${withoutId(path)} (403): Leakwatch needs it`, error);
  }
  if (status !== undefined) return worldError(`Docker at ${where} answers GET ${withoutId(path)} with ${status}`, error);
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const late = error instanceof LeakwatchError || code === 'ABORT_ERR';
  const why = late ? `nothing in ${callMs / 1000} s` : (code ?? 'connection lost');
  return worldError(`Docker does not answer at ${where} (${why}): is it running, and may I read the socket?`, error);
}

function withoutId(path: string): string {
  return path.replace(/[0-9a-f]{64}/, '<id>');
}
