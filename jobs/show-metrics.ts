import type { Config } from '../src/config.js';
import { withDeadline } from '../src/errors.js';
import { startHttp } from '../src/http/server.js';

const PING_MS = 1_000;

/** `/healthz`, `/readyz` (Redis) and `/metrics` of a worker or an agent, where `METRICS_PORT` is set. Rejects when the port cannot be had. */
export async function showMetrics(
  { metricsPort, bind }: Pick<Config, 'metricsPort' | 'bind'>,
  text: () => Promise<string>,
  ping: () => Promise<unknown>,
): Promise<{ stop(): Promise<void> }> {
  if (metricsPort === undefined) return { stop: async () => {} };
  const notReady = () =>
    withDeadline(PING_MS, 'Redis', ping).then(
      () => [],
      (error: Error) => [`Redis: ${error.message}`],
    );
  const server = await startHttp({ notReady, metrics: text }, metricsPort, bind, 'METRICS_PORT');
  return {
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
