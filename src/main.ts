import { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { archiveOf } from '../jobs/archive.js';
import { warnRarely } from '../jobs/warn-rarely.js';
import { makeContext } from './bot-context.js';
import type { Config } from './config.js';
import { makePermalink } from './delivery/permalink.js';
import { FatalError, withDeadline } from './errors.js';
import { makeAlertsRoute } from './http/alerts.js';
import { makeMetrics } from './http/metrics.js';
import { makeRawFiles } from './http/raw-files.js';
import { linkKey, makeRawLinks } from './http/raw-links.js';
import { notReady } from './http/readiness.js';
import { startHttp } from './http/server.js';
import { makeProducer } from './queue/enqueue.js';
import type { Running } from './run-until-signal.js';
import { interactiveOptions, makeApp } from './slack/app.js';
import { type Identity, identify } from './slack/identity.js';
import { makeIsOperator } from './slack/operators.js';
import { httpInbound, socketInbound } from './slack/receivers.js';
import { slackLogger } from './slack/slack-logger.js';
import { makeTellAlone } from './slack/tell-alone.js';
import { watchRules } from './sources/rules/client.js';
import { makeAlerts } from './store/alerts.js';
import { makeAnswering } from './store/answering.js';
import { makeHosts } from './store/hosts.js';
import { makePages } from './store/pages.js';
import { connectRedis } from './store/redis.js';
import { makeUndelivered } from './store/undelivered.js';
import { makeVerdicts } from './store/verdicts.js';
import { watchRedis } from './store/watch-redis.js';
import { VERSION } from './version.js';

/** In the path of a request nothing waits longer for Redis. */
const REDIS_DEADLINE_MS = 1_000;
/** A refusal that comes after the start (Redis was away then) ends the bot. */
const NEVER = new Promise<never>(() => {});

/** The bot: config → clients → Slack app and HTTP. */
export async function startBot(config: Config, log: Logger): Promise<Running> {
  const redis = connectRedis(config.redisUrl, REDIS_DEADLINE_MS, warnRarely(log, 'Redis'));
  const producer = makeProducer(config.redisUrl, warnRarely(log, 'Redis (queue)'));
  const health = watchRedis(redis, log);
  const hosts = makeHosts(redis);
  const nowMs = Date.now;
  const rules = await watchRules(config.rulesPath, { say: (level, words) => log[level](words) });

  const aborter = new AbortController();
  const bolt = slackLogger(log);
  const client = new WebClient(config.slackBotToken, { ...interactiveOptions(config.slackApiUrl), logger: bolt });
  const isOperator = makeIsOperator(config.operators, client, log, nowMs);
  const archive = await archiveOf(config);
  const { operators, alerts } = config;
  const key = linkKey(config.slackBotToken);
  const rawLinks = makeRawLinks({ archive, publicUrl: alerts.publicUrl, key, nowMs });
  const slack = { permalink: makePermalink(client, log), tellAlone: makeTellAlone(client), isOperator, operators, rawLinks };
  const context = makeContext({ redis, producer, health, rules, ...slack, log, nowMs });
  const undelivered = makeUndelivered(redis);
  let identity: Identity | undefined;
  const metrics = makeMetrics({
    ...{ version: VERSION, hosts, nowMs, incidents: context.incidents, pages: makePages(redis), verdicts: makeVerdicts(redis) },
    ...{ answering: makeAnswering(redis), undelivered, workers: producer.workers },
    depths: async () => producer.depths((await hosts.all()).map(({ host }) => host)),
  });
  const onAck = (seconds: number) => metrics.ackSeconds.observe(seconds);
  const inbound = config.slackAppToken
    ? socketInbound(config.slackAppToken, config.slackApiUrl, bolt, onAck)
    : httpInbound(config.slackSigningSecret ?? '', bolt, onAck);
  const server = await startHttp(
    {
      notReady: () =>
        notReady({
          ping: () => redis.ping(),
          ...{ hosts, nowMs, undelivered, workers: producer.workers, redisProblems: health.refusals },
          slackProblem: () => (identity ? inbound.problem() : 'Slack: not reached yet'),
        }),
      metrics: metrics.text,
      alerts: makeAlertsRoute({
        ...{ secret: alerts.webhookSecret, enqueue: producer.enqueue, taken: metrics.alertsTaken },
        ...{ ...makeAlerts(redis), nowMs },
      }),
      // Of a bucket no byte comes through here.
      ...(archive && !archive.link && alerts.publicUrl
        ? { rawFiles: makeRawFiles({ archive, key, outcome: metrics.rawFileAsked, log, nowMs }) }
        : {}),
      ...(inbound.listener ? { slack: inbound.listener } : {}),
    },
    config.port,
    config.bind,
  );

  async function stop(): Promise<void> {
    aborter.abort();
    await inbound.receiver.stop();
    await inbound.flight().settled(5_000);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    health.stop();
    rules.stop();
    await producer.close();
    redis.disconnect();
  }

  try {
    identity = await Promise.race([identify(client, log, aborter.signal), health.safe.then(() => NEVER)]);
    const app = await makeApp({
      receiver: inbound.receiver,
      botToken: config.slackBotToken,
      slackApiUrl: config.slackApiUrl,
      identity: () => {
        if (!identity) throw new FatalError('Slack has not said who the bot is');
        return identity;
      },
      context,
      logger: bolt,
      nowMs,
    });
    await app.start();
  } catch (error) {
    await withDeadline(5_000, 'stopping', stop).catch(() => {});
    throw error;
  }
  log.info({ port: config.port, mode: config.slackAppToken ? 'socket' : 'http' }, 'the bot takes commands');
  return { stop, failed: health.safe.then(() => NEVER) };
}
