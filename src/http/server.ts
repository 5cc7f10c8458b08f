import { createServer, type RequestListener, type Server } from 'node:http';

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
 * `/slack/events`. Resolves when it listens; rejects when the port is taken.
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
    server.once('error', reject);
    server.listen(port, bind, resolve);
  });
  return server;
}
