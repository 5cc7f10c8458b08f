import { createServer, type RequestListener, type Server } from 'node:http';
import { FatalError } from '../errors.js';

export type HttpRoutes = {
  /** Reasons why the bot cannot do its work now; none: ready. Answers within its own deadline. */
  readonly notReady: () => Promise<string[]>;
  /** Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  /** HTTP mode: Slack's requests. Without it `/slack/events` says that Socket Mode is on. */
  readonly slack?: RequestListener;
};

/** Slack sends at once; who drips is somebody else (reliability S-rows: slowloris). */
const HEADERS_MS = 5_000;
const REQUEST_MS = 10_000;

/**
 * The bot's HTTP side: `/healthz` (the process is alive), `/readyz` (503 with one reason a line), `/metrics`, and in HTTP mode
 * `/slack/events`. Resolves when it listens; rejects with `FatalError` when it cannot.
 */
export async function startHttp(routes: HttpRoutes, port: number, bind: string): Promise<Server> {
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const say = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    if (path === '/slack/events') {
      if (routes.slack) return routes.slack(request, response);
      return say(404, 'Socket Mode is on (SLACK_APP_TOKEN is set): Slack sends nothing here.\n');
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'GET only\n');
    if (path === '/healthz') return say(200, 'ok\n');
    if (path === '/readyz') {
      routes.notReady().then(
        (reasons) => say(reasons.length === 0 ? 200 : 503, `${reasons.length === 0 ? 'ready' : reasons.join('\n')}\n`),
        () => say(503, 'readiness could not be found out\n'),
      );
      return;
    }
    if (path === '/metrics') {
      routes.metrics().then(
        (text) => say(200, text, 'text/plain; version=0.0.4; charset=utf-8'),
        () => say(500, 'metrics could not be collected\n'),
      );
      return;
    }
    say(404, 'Nothing here: /healthz, /readyz, /metrics\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new FatalError(cannotListen(error, port, bind))));
    server.listen(port, bind, resolve);
  });
  return server;
}

function cannotListen({ code, message }: NodeJS.ErrnoException, port: number, bind: string): string {
  if (code === 'EADDRINUSE')
    return `PORT ${port} is taken on ${bind} (${code}): another bot, or another program. Example: PORT=3001`;
  if (code === 'EACCES') return `PORT ${port} may not be used by this user (${code}). Example: PORT=3000`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `LEAKWATCH_BIND ${bind} is no address of this machine (${code}). Example: LEAKWATCH_BIND=127.0.0.1`;
  return `PORT ${port} on LEAKWATCH_BIND ${bind} cannot be listened on: ${message}. Example: PORT=3000`;
}
