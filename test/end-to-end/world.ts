import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { fillFleet } from '../support/filled-fleet.js';
import { type LeakwatchPart, spawnLeakwatch, startLeakwatch } from '../support/parts/leakwatch.js';
import { freePort } from '../support/parts/process.js';
import { ownDatabase } from '../support/parts/redis.js';
import { startWorkspace, type Workspace, type WorkspaceOptions } from '../support/slack/workspace.js';

export type World = Awaited<ReturnType<typeof makeWorld>>;

/** Between nine and six a fresh Leakwatch would have a digest to say, among what a test looks for: one that wants it says so. */
const NO_DIGEST = fileURLToPath(new URL('./no-digest.yml', import.meta.url));

/**
 * A workspace, a Redis database and a fleet in it, as its agent would have left it (`service-0`, every third service leaks),
 * for Leakwatch as it is built: each role a process of its own, spoken to over HTTP or Socket Mode only.
 */
export async function makeWorld(options: WorkspaceOptions, redisUrl?: string) {
  const database = redisUrl ? { url: redisUrl, close: async () => {} } : await ownDatabase();
  const workspace: Workspace = await startWorkspace(options);
  const port = String(await freePort());
  if (options.delivery === 'http') workspace.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
  const parts: LeakwatchPart[] = [];
  const env: Record<string, string> = {
    SLACK_BOT_TOKEN: workspace.botToken,
    SLACK_API_URL: workspace.apiUrl,
    REDIS_URL: database.url,
    LEAKWATCH_RULES: NO_DIGEST,
    PORT: port,
    ...(options.delivery === 'http'
      ? { SLACK_SIGNING_SECRET: workspace.signingSecret }
      : { SLACK_APP_TOKEN: workspace.appToken }),
  };

  return {
    workspace,
    env,
    url: `http://127.0.0.1:${port}`,
    async start(role: 'bot' | 'worker' | 'agent', over: Record<string, string> = {}): Promise<LeakwatchPart> {
      const part = await startLeakwatch({ ...env, ...over }, role);
      parts.push(part);
      return part;
    },
    /** Starts what should end by itself; gives its exit code and what it said. */
    async startAndEnd(role: 'start' | 'bot' | 'worker' | 'agent', over: Record<string, string> = {}) {
      const part = await spawnLeakwatch({ ...env, ...over }, role);
      parts.push(part);
      const code = await new Promise<number | null>((resolve) => part.child.once('close', resolve));
      return { code, output: part.output() };
    },
    async fill(size: Parameters<typeof fillFleet>[1]): Promise<void> {
      const client = new Redis(database.url);
      await fillFleet(client, size);
      await client.quit();
    },
    async withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
      const client = new Redis(database.url);
      try {
        return await work(client);
      } finally {
        await client.quit();
      }
    },
    /** The newest message in a channel whose text has all of these words, once it is there. */
    said: (channel: string, ...words: string[]) =>
      workspace.waitFor(
        () => workspace.messages(channel).findLast((one) => words.every((word) => textOf(one).includes(word))),
        10_000,
        `a message with ${words.join(', ')} in\n${workspace.transcript(channel)}`,
      ),
    async stop(): Promise<void> {
      await Promise.all(parts.map((part) => part.stop()));
      await workspace.stop();
      await database.close();
    },
  };
}

/** All that a message says, blocks included. */
export function textOf(message: { readonly text: string; readonly blocks: readonly unknown[] }): string {
  return `${message.text}\n${JSON.stringify(message.blocks)}`;
}
