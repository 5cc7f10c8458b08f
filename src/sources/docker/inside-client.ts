import type { Duplex, Readable } from 'node:stream';
import Docker from 'dockerode';
import { LeakwatchError, withDeadline, worldError } from '../../errors.js';
import { type DockerAddress, dockerOptions } from './client.js';

/** To an answer's head; what follows has the caller's own limits. */
const CALL_MS = 10_000;
const CONTAINER_ID = /^[0-9a-f]{64}$/;
const EXEC_ID = /^[0-9a-f]{64}$/;

export type ExecStart = {
  readonly argv: readonly string[];
  readonly env: readonly string[];
  /** A terminal, through which it can be told to end (Ctrl-C); its two outputs are one then. */
  readonly tty: boolean;
};

/** The engine's answers as they come. Null: there is no such container, file or program. */
export type InsideClient = {
  inspect(containerId: string): Promise<unknown>;
  top(containerId: string): Promise<unknown>;
  archive(containerId: string, path: string, signal: AbortSignal): Promise<Readable | null>;
  /** Starts it; the engine says on its output when it could not. */
  exec(containerId: string, start: ExecStart): Promise<{ readonly id: string; readonly stream: Duplex } | null>;
  execState(execId: string): Promise<unknown>;
};

/**
 * What is asked of an engine for `LEAKWATCH_EXEC`, and of nobody without it: `GET containers/<id>/{json,top,archive}`, `GET exec/<id>/json`, `POST
 * containers/<id>/exec`, `POST exec/<id>/start` (design §10). `what`: a POST that is refused was refused by the second filter.
 */
export function makeInsideClient(address: DockerAddress, callMs = CALL_MS): InsideClient {
  const docker = new Docker(dockerOptions(address));

  async function call(what: string, request: Record<string, unknown>, gone: readonly number[], signal?: AbortSignal) {
    try {
      return await withDeadline(callMs, what, (deadline) => {
        // The head has the deadline, and what follows has the caller's.
        const abortSignal = signal ?? (request.isStream ? undefined : deadline);
        return dial(docker, { ...request, ...(abortSignal ? { abortSignal } : {}) });
      });
    } catch (error) {
      const status = (error as { statusCode?: number } | null)?.statusCode;
      if (status !== undefined && gone.includes(status)) return null;
      throw explain(error, what, status);
    }
  }

  const get = (what: string, path: string, query: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
    ...{ path: `${path}?`, method: 'GET', options: query, statusCodes: { 200: true } },
    ...{ what, ...more },
  });

  return {
    async inspect(id) {
      return CONTAINER_ID.test(id) ? call('GET /containers/<id>/json', get('', `/containers/${id}/json`), [404]) : null;
    },
    async top(id) {
      // 409: it does not run; 403: the filter keeps it back.
      return CONTAINER_ID.test(id)
        ? call('GET /containers/<id>/top', get('', `/containers/${id}/top`), [403, 404, 409, 500])
        : null;
    },
    async archive(id, path, signal) {
      if (!CONTAINER_ID.test(id)) return null;
      const request = get('', `/containers/${id}/archive`, { path }, { isStream: true });
      return (await call('GET /containers/<id>/archive', request, [404], signal)) as Readable | null;
    },
    async exec(id, { argv, env, tty }) {
      if (!CONTAINER_ID.test(id)) return null;
      const options = {
        ...{ AttachStdin: tty, AttachStdout: true, AttachStderr: !tty, Tty: tty, Cmd: argv },
        ...(env.length > 0 ? { Env: env } : {}),
      };
      const create = { path: `/containers/${id}/exec`, method: 'POST', options, statusCodes: { 200: true, 201: true } };
      const created = (await call('POST /containers/<id>/exec', create, [404, 409])) as { Id?: unknown } | null;
      const execId = typeof created?.Id === 'string' && EXEC_ID.test(created.Id) ? created.Id : null;
      if (!execId) return null;
      const start = {
        ...{ path: `/exec/${execId}/start`, method: 'POST', options: { Detach: false, Tty: tty } },
        ...{ isStream: true, hijack: tty, openStdin: tty, statusCodes: { 200: true, 101: true } },
      };
      // 400, 404: newer engines say so of a program that is not there.
      const stream = await call('POST /exec/<id>/start', start, [400, 404]);
      return stream ? { id: execId, stream: stream as Duplex } : null;
    },
    async execState(id) {
      return EXEC_ID.test(id) ? call('GET /exec/<id>/json', get('', `/exec/${id}/json`), [404]) : null;
    },
  };
}

function dial(docker: Docker, request: Record<string, unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(request as never, (error: Error | null, answer: unknown) => (error ? reject(error) : resolve(answer)));
  });
}

/** Never with what was answered, which may hold anything. */
function explain(error: unknown, what: string, status: number | undefined): LeakwatchError {
  if (error instanceof LeakwatchError) return error;
  if (status === 403) return worldError(`The filter before Docker refuses ${what} (403): LEAKWATCH_EXEC needs it`, error);
  if (status !== undefined) return worldError(`Docker answers ${what} with ${status}`, error);
  return worldError(`Docker does not answer ${what} (${(error as NodeJS.ErrnoException)?.code ?? 'connection lost'})`, error);
}
