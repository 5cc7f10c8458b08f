import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Config } from '../src/config.js';
import { makeClients } from '../src/delivery/client.js';
import { DELIVERY_LIMITS, REQUEST_MS } from '../src/delivery/limits.js';
import { makePeople } from '../src/delivery/people.js';
import { makePermalink } from '../src/delivery/permalink.js';
import { makeDelivery } from '../src/delivery/step.js';
import { makeUploader } from '../src/delivery/upload.js';
import { withoutIgnored } from '../src/model/rules.js';
import { makeProducer } from '../src/queue/enqueue.js';
import type { Running } from '../src/run-until-signal.js';
import { makeDrawer } from '../src/sandbox/drawer.js';
import { makeQuickchartDrawer } from '../src/sources/quickchart/client.js';
import { watchRules } from '../src/sources/rules/client.js';
import { BUDGET_LIMITS, makeBudget } from '../src/store/budget.js';
import { withFreshness } from '../src/store/cache.js';
import { CLAIM_LIMITS, makeClaims } from '../src/store/claims.js';
import { makeHosts } from '../src/store/hosts.js';
import { makeIncidents } from '../src/store/incidents.js';
import { makeInventory } from '../src/store/inventory.js';
import { makeLedger } from '../src/store/ledger.js';
import { makeOutbox } from '../src/store/outbox.js';
import { connectRedis } from '../src/store/redis.js';
import { makeReplies } from '../src/store/replies.js';
import { makeRounds } from '../src/store/rounds.js';
import { makeRuns } from '../src/store/runs.js';
import { makeSamples } from '../src/store/samples.js';
import { makeStorms } from '../src/store/storms.js';
import { watchRedis } from '../src/store/watch-redis.js';
import { makeAct } from './act.js';
import { makeChart } from './chart.js';
import { makeCheck } from './check.js';
import { makeCollect } from './collect.js';
import { consume } from './consume.js';
import { makeDeliver, sweepOutbox } from './deliver.js';
import { every } from './every.js';
import { makeLimits } from './limits.js';
import { makeLost } from './lost.js';
import { makePlaceOf } from './place-of.js';
import { assertComplete, type Processors } from './processors.js';
import { makeReport } from './report.js';
import { makeRounds as makeRoundsJob } from './rounds.js';
import { makeShare } from './share.js';
import { makeTell } from './tell.js';
import { makeTop } from './top.js';
import { warnRarely } from './warn-rarely.js';
import { makeWatch } from './watch.js';

export { startAgent } from './agent.js';

/** Jobs can wait: their queue tries again. */
const REDIS_DEADLINE_MS = 5_000;
const SWEEP_EVERY_MS = 60_000;
/** Redis can lose a schedule without losing anything else (facts: a crash without AOF). */
const SCHEDULE_EVERY_MS = 10_000;
/** How late a look may be. */
const ROUNDS_EVERY_MS = 5_000;
/** An answer waits no longer for an address that it can do without. */
const ADDRESS_MS = 2_000;
const FLEET_FRESH_MS = 1_000;
/** The entry of the drawing child, as built; beside sources that run as they are (`npm run dev`), its source. */
const DRAW_ENTRY = fileURLToPath(new URL(`../src/sandbox/draw-entry${extname(import.meta.url)}`, import.meta.url));

/** The worker: assesses, renders, delivers. As many as wanted may run. */
export async function startWorker(config: Config, log: Logger): Promise<Running> {
  const warn = warnRarely(log, 'Redis');
  const redis = connectRedis(config.redisUrl, REDIS_DEADLINE_MS, warn);
  const health = watchRedis(redis, log);
  await health.safe;
  const producer = makeProducer(config.redisUrl, warn);
  const { enqueue } = producer;
  const outbox = makeOutbox(redis);
  const makeClient = makeClients(config.slackBotToken, REQUEST_MS, config.slackApiUrl);
  const drawer = config.quickchartUrl ? makeQuickchartDrawer(config.quickchartUrl) : makeDrawer({ entry: DRAW_ENTRY });
  const [inventory, hosts] = [makeInventory(redis), makeHosts(redis)];
  const [incidents, storms, rounds] = [makeIncidents(redis), makeStorms(redis), makeRounds(redis)];
  const uploader = makeUploader(makeClient);
  const { channel } = config;
  const rules = await watchRules(config.rulesPath, { say: (level, words) => log[level](words) });
  const looking = {
    // Every look asks for the whole fleet.
    inventory: { all: withFreshness(FLEET_FRESH_MS, Date.now, () => inventory.all()) },
    hosts: { all: withFreshness(FLEET_FRESH_MS, Date.now, () => hosts.all()) },
    samples: makeSamples(redis),
    runs: makeRuns(redis),
    ledger: makeLedger(redis, warnRarely(log, 'the run ledger')),
  };
  const placeOf = makePlaceOf(rules, channel);
  const permalink = makePermalink(
    makeClients(config.slackBotToken, ADDRESS_MS, config.slackApiUrl)(() => true),
    log,
  );
  const heeded = { all: async () => withoutIgnored(rules.now(), await looking.inventory.all()) };
  const delivery = makeDelivery({
    drain: outbox,
    budget: makeBudget(redis, BUDGET_LIMITS),
    replies: makeReplies(redis),
    makeClient,
    requestMs: REQUEST_MS,
    limits: DELIVERY_LIMITS,
    log,
    random: Math.random,
  });
  const processors: Processors = {
    check: makeCheck({ ...looking, incidents, permalink, outbox, enqueue }),
    top: makeTop({ ...looking, outbox, enqueue, rules }),
    limits: makeLimits({ ...looking, inventory: heeded, outbox, enqueue }),
    share: makeShare({ outbox, enqueue }),
    chart: makeChart({ outbox, drawer, uploader, enqueue }),
    rounds: makeRoundsJob({ inventory: heeded, rounds, incidents, enqueue }),
    watch: makeWatch({
      ...{ ...looking, incidents, storms, rounds, enqueue },
      placeOf,
      pageMs: () => rules.now().watch.pageHours * 3_600_000,
      digest: async () => {},
    }),
    tell: makeTell({ incidents, storms, rounds, outbox, enqueue }),
    act: makeAct({ ...looking, incidents, rounds, outbox, enqueue }),
    collect: makeCollect({ ...looking, incidents, rounds, outbox, enqueue, permalink, placeOf }),
    report: makeReport({ ...looking, incidents, people: makePeople(makeClient), uploader, outbox, enqueue }),
    deliver: makeDeliver({ outbox, claims: makeClaims(redis, CLAIM_LIMITS, () => performance.now()), delivery, enqueue }),
  };
  assertComplete('worker', processors);

  const lost = makeLost({ outbox, enqueue });
  const parts = { redisUrl: config.redisUrl, processors, log, lost };
  const consumers = [consume('work', { ...parts, concurrency: 4 }), consume('deliver', { ...parts, concurrency: 8 })];
  const sweep = every(SWEEP_EVERY_MS, log, 'sweep of the outbox', () => sweepOutbox(outbox, enqueue));
  const scheduling = every(SCHEDULE_EVERY_MS, log, 'scheduling of the watch', () => producer.schedule('rounds', ROUNDS_EVERY_MS));
  if (!channel) log.warn('LEAKWATCH_CHANNEL is not set: leaks are told to those who ask, and to nobody else');
  return {
    async stop() {
      sweep.stop();
      scheduling.stop();
      rules.stop();
      health.stop();
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await drawer.close();
      await producer.close();
      redis.disconnect();
    },
  };
}
