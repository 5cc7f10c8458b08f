import { makeAgentMetrics } from '../../src/http/agent-metrics.js';
import { makeMetrics } from '../../src/http/metrics.js';
import { makeWorkerMetrics } from '../../src/http/worker-metrics.js';
import { beat, replica } from './fleet.js';

/** The `/metrics` of each role, of a fleet of one replica (shop/api-svc on hv-01) that was swept seconds ago; on hv-09 nothing runs for a day. */
export function roleMetrics(nowMs: () => number) {
  const one = replica('shop/api-svc', 1, { host: 'hv-01' });
  const bot = makeMetrics({
    version: '1.2.3',
    depths: async () => ({ work: 1 }),
    hosts: {
      all: async () => [
        beat('hv-01', nowMs() - 7_000, { lastSweepMs: nowMs() - 9_000 }),
        beat('hv-09', nowMs() - 7_000, { containers: 0, lastSweepMs: nowMs() - 24 * 3_600_000 }),
      ],
    },
    verdicts: { counts: async () => ({ leaking: 1, suspicious: 0, stable: 2, unknown: 0 }) },
    incidents: { open: async () => [] },
    pages: { failing: async () => [] },
    ...{ undelivered: async () => ({ waiting: 0, sinceMs: null, refused: false }), workers: async () => 2 },
    answering: { unanswered: async () => null },
    nowMs,
  });
  const worker = makeWorkerMetrics('1.2.3');
  worker.jobEnded('check', 'done');
  worker.slackAnswered('chat.update', 'limited');
  const agent = makeAgentMetrics({ version: '1.2.3', host: 'hv-01', sampleSeconds: 15, running: () => [one], nowMs });
  agent.swept([{ replica: one.key, sample: { t: nowMs() - 1_000, usage: 90, anon: 50, inactiveFile: 30, limit: null } }], 2);
  return { one, bot, worker, agent };
}
