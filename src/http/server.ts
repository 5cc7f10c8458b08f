import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { FatalError } from '../errors.js';
import { limitCrowd } from './crowd.js';
import { RAW_PATH } from './raw-links.js';

export type HttpRoutes = {
  /** Reasons why the bot cannot do its work now; none: ready. Answers within its own deadline. */
  readonly notReady: () => Promise<string[]>;
  /** Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  /** HTTP mode: Slack's requests. Without it `/slack/events` says that Socket Mode is on. */
  readonly slack?: RequestListener;
  /** Alertmanager's and Grafana's webhooks: answers in any case. */
  readonly alerts?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Raw heaps by links: answers in any case. */
  readonly rawFiles?: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
};

/** Slack sends at once; who drips is somebody else (reliability S-rows: slowloris). Node looks for them each half a minute unless it is told otherwise. */
const TIMES = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };
/** Slack, Prometheus and Alertmanager together have a handful. */
const MOST_CONNECTIONS = 200;

/**
 * The HTTP side: `/healthz` (the process is alive), `/readyz` (503 with one reason a line), `/metrics`, `/alertmanager`, `/heaps/<link>`, and in
 * HTTP mode `/slack/events`; for other roles the first three. `variable` is what the port was set by. Resolves when it listens; rejects with `FatalError` when it cannot.
 */
export async function startHttp(routes: HttpRoutes, port: number, bind: string, variable = 'PORT'): Promise<Server> {
  const server = createServer(TIMES, (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const say = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type }).end(text);
    if (path === '/slack/events') {
      if (routes.slack) return routes.slack(request, response);
      return say(404, 'Socket Mode is on (SLACK_APP_TOKEN is set): Slack sends nothing here.\n');
    }
    if (path === '/alertmanager' && routes.alerts) return void routes.alerts(request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'GET only\n');
    if (path?.startsWith(RAW_PATH) && routes.rawFiles) return void routes.rawFiles(request, response);
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
    say(404, 'Nothing here: /healthz, /readyz, /metrics, /alertmanager\n');
  });
  limitCrowd(server, MOST_CONNECTIONS);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new FatalError(cannotListen(error, port, bind, variable))));
    server.listen(port, bind, resolve);
  });
  return server;
}

function cannotListen({ code, message }: NodeJS.ErrnoException, port: number, bind: string, variable: string): string {
  if (code === 'EADDRINUSE')
    return `${variable} ${port} is taken on ${bind} (${code}): another Leakwatch, or another program. Example: ${variable}=3001`;
  if (code === 'EACCES') return `${variable} ${port} may not be used by this user (${code}). Example: ${variable}=3000`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `LEAKWATCH_BIND ${bind} is no address of this machine (${code}). Example: LEAKWATCH_BIND=127.0.0.1`;
  return `${variable} ${port} on LEAKWATCH_BIND ${bind} cannot be listened on: ${message}. Example: ${variable}=3000`;
}
