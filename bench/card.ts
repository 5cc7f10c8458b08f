import { WebClient } from '@slack/web-api';
import { Redis } from 'ioredis';
import { beatNow, fillFleet } from '../test/support/filled-fleet.js';
import { startLeakwatch } from '../test/support/parts/leakwatch.js';
import { freePort } from '../test/support/parts/process.js';
import { startRedis } from '../test/support/parts/redis.js';
import { startWorkspace } from '../test/support/slack/workspace.js';
import { report } from './report.js';

/**
 * From a typed `/leak check` to the card in the channel, with two hours of history, three replicas. Beside it in the same run:
 * one bare `chat.postMessage` to the same workspace. Target: at most 3 s. Questions come one after the other, 1.2 s apart, as
 * Slack takes about one message a second in a channel.
 */
const RUNS = 30;

const redis = await startRedis();
const workspace = await startWorkspace({ delivery: 'http' });
const client = new Redis(redis.url);
console.log('filling two hours of history of 30 services');
await fillFleet(client, { services: 30, replicas: 3, historyMs: 2 * 3_600_000 });
const port = String(await freePort());
workspace.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
const env = {
  SLACK_BOT_TOKEN: workspace.botToken,
  SLACK_SIGNING_SECRET: workspace.signingSecret,
  SLACK_API_URL: workspace.apiUrl,
  REDIS_URL: redis.url,
};
const bot = await startLeakwatch({ ...env, PORT: port }, 'bot');
const worker = await startLeakwatch(env, 'worker');
try {
  const { ops, random } = workspace.channels;
  const slack = new WebClient(workspace.botToken, { slackApiUrl: workspace.apiUrl });
  const ours: number[] = [];
  const peer: number[] = [];
  for (let i = 0; i < RUNS; i += 1) {
    await beatNow(client, 90);
    const before = workspace.messages(ops).length;
    ours.push(
      await timed(async () => {
        await workspace.command({ user: workspace.users.ana, channel: ops, text: `check service-${i}` });
        await workspace.waitFor(() => workspace.messages(ops).length > before, 10_000, `the card of service-${i}`);
      }),
    );
    peer.push(await timed(() => slack.chat.postMessage({ channel: random, text: 'peer' })));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
  }
  report('command → card', ours, 'a bare chat.postMessage', peer);
} finally {
  await worker.stop();
  await bot.stop();
  await workspace.stop();
  client.disconnect();
  await redis.stop();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
