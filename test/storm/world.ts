import { Redis } from 'ioredis';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { startFakeEngine } from '../support/fake-engine/engine.js';
import { freePort } from '../support/parts/process.js';
import { startWorkspace } from '../support/slack/workspace.js';
import { makeCrew, type Post } from './crew.js';
import { fillLeaking, type LeakingService, type NamedEngine } from './leaking-fleet.js';
import type { Recorded } from './storm-checker.js';

export type StormWorld = Awaited<ReturnType<typeof makeStormWorld>>;

const HOSTS = ['hv-01', 'hv-02', 'hv-03'];

export type StormOptions = {
  readonly redisUrl: string;
  readonly services: number;
  /** Over how long the leaks are found, one after the other. */
  readonly saidWithinMs: number;
  readonly sampleSeconds: number;
  readonly bots?: number;
  readonly workers?: number;
  readonly hosts?: number;
  readonly logDir?: string;
  /** A host more, with an engine of its own: it has an agent in the crew. */
  readonly another?: AgentAt;
  /** Told of each path that an engine has answered. */
  readonly onAnswer?: (path: string) => void;
};

/** Leaking services on fake engines, a workspace, and the crew that watches them: bots, workers and agents, each a process of the build. */
export async function makeStormWorld(options: StormOptions) {
  const { redisUrl, services: count, saidWithinMs, sampleSeconds, bots = 2, workers = 2, hosts = 3, logDir } = options;
  const { onAnswer, another } = options;
  const workspace = await startWorkspace({ delivery: 'socket', rateLimits: true });
  const engines: NamedEngine[] = [];
  for (const host of HOSTS.slice(0, hosts))
    engines.push({ host, engine: await startFakeEngine({ name: host, ...(onAnswer ? { onAnswer } : {}) }) });
  const redis = new Redis(redisUrl);
  redis.on('error', () => {});
  const services = await fillLeaking(redis, engines, count, saidWithinMs);
  const [incidents, outbox] = [makeIncidents(redis), makeOutbox(redis)];
  const channel = workspace.channels.ops;
  const common = {
    ...{ REDIS_URL: redisUrl, SLACK_BOT_TOKEN: workspace.botToken, SLACK_APP_TOKEN: workspace.appToken },
    ...{ SLACK_API_URL: workspace.apiUrl, LEAKWATCH_CHANNEL: channel, LEAKWATCH_SAMPLE_SECONDS: `${sampleSeconds}` },
  };
  const crew = await makeCrew(
    await posts(common, [...engines.map(agentAt), ...(another ? [another] : [])], bots, workers),
    logDir,
  );

  return {
    ...{ workspace, engines, redis, services, incidents, outbox, channel, crew },
    messages: () => workspace.messages(channel),
    recorded: (): Promise<Recorded[]> =>
      Promise.all(services.map(async ({ id, name }) => ({ name, incidents: await incidents.ofService(id, 9) }))),
    /** Everything was found, and everything that was to be said is said. */
    async settled(): Promise<boolean> {
      const [unsaid, channels, found] = [await incidents.unsaid(), await outbox.pendingChannels(), await missing(services)];
      return unsaid.length === 0 && channels.length === 0 && found === 0;
    },
    async stop(): Promise<void> {
      await crew.stop();
      await workspace.stop();
      await Promise.all(engines.map(({ engine }) => engine.close()));
      redis.disconnect();
    },
  };

  async function missing(all: readonly LeakingService[]): Promise<number> {
    const found = await Promise.all(all.map(({ id }) => incidents.ofService(id, 1)));
    return found.filter((ones) => ones.length === 0).length;
  }
}

type AgentAt = { readonly host: string; readonly dockerHost: string };

async function posts(common: Record<string, string>, agents: readonly AgentAt[], bots: number, workers: number) {
  const all: Post[] = [];
  for (let n = 1; n <= bots; n += 1)
    all.push({ name: `bot-${n}`, role: 'bot', env: { ...common, PORT: String(await freePort()) } });
  for (let n = 1; n <= workers; n += 1) all.push({ name: `worker-${n}`, role: 'worker', env: common });
  for (const { host, dockerHost } of agents)
    all.push({ name: `agent-${host}`, role: 'agent', env: { ...common, DOCKER_HOST: dockerHost, LEAKWATCH_HOST: host } });
  return all;
}

function agentAt({ host, engine }: NamedEngine): AgentAt {
  return { host, dockerHost: engine.url };
}
