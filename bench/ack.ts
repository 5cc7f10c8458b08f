import { Redis } from 'ioredis';
import { fillFleet } from '../test/support/filled-fleet.js';
import { startLeakwatch } from '../test/support/parts/leakwatch.js';
import { freePort } from '../test/support/parts/process.js';
import { startRedis } from '../test/support/parts/redis.js';
import { startWorkspace } from '../test/support/slack/workspace.js';
import { report } from './report.js';

/**
 * `/leak check` at 50 commands a second: from Slack's request to the acknowledgement, the durable enqueue in it. Beside it in
 * the same run: the same number of GET /healthz, what the process and the machine can answer at all.
 * Target: p99 ≤ 100 ms.
 */
const PER_SECOND = 50;
const SECONDS = 20;

const redis = await startRedis();
const port = await freePort();
const workspace = await startWorkspace({ delivery: 'http', rateLimits: false });
const client = new Redis(redis.url);
await fillFleet(client, { services: 30, replicas: 3, historyMs: 0 });
workspace.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
const leakwatch = await startLeakwatch(
  {
    SLACK_BOT_TOKEN: workspace.botToken,
    SLACK_SIGNING_SECRET: workspace.signingSecret,
    SLACK_API_URL: workspace.apiUrl,
    REDIS_URL: redis.url,
    PORT: String(port),
  },
  'bot',
);
try {
  const ours: number[] = [];
  const peer: number[] = [];
  const pending: Promise<void>[] = [];
  for (let i = 0; i < PER_SECOND * SECONDS; i += 1) {
    const { ana } = workspace.users;
    pending.push(
      workspace.command({ user: ana, channel: workspace.channels.ops, text: `check service-${i % 30}` }).then(({ ms, error }) => {
        if (error) throw new Error(error);
        ours.push(ms);
      }),
      timed(() => fetch(`${leakwatch.url}/healthz`).then((response) => response.text())).then((ms) => void peer.push(ms)),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000 / PER_SECOND));
  }
  await Promise.all(pending);
  report(`acknowledged at ${PER_SECOND}/s`, ours, 'GET /healthz at the same rate', peer);
} finally {
  await leakwatch.stop();
  await workspace.stop();
  client.disconnect();
  await redis.stop();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
