import { hostname } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Config } from '../src/config.js';
import { makeAlertmanager } from '../src/delivery/pagers/alertmanager.js';
import { makeGrafana } from '../src/delivery/pagers/grafana.js';
import { makePagerDuty } from '../src/delivery/pagers/pagerduty.js';
import { makeWorkerMetrics } from '../src/http/worker-metrics.js';
import type { Pager } from '../src/model/page.js';
import { makeProducer } from '../src/queue/enqueue.js';
import type { Running } from '../src/run-until-signal.js';
import { makeDrawer } from '../src/sandbox/drawer.js';
import { makePrometheusClient } from '../src/sources/prometheus/client.js';
import { makeLongHistory } from '../src/sources/prometheus/long-history.js';
import { makeOwnMetrics } from '../src/sources/prometheus/own-metrics.js';
import { makeQuickchartDrawer } from '../src/sources/quickchart/client.js';
import { watchRules } from '../src/sources/rules/client.js';
import { makeAlerts } from '../src/store/alerts.js';
import { makeAnswering } from '../src/store/answering.js';
import { makeArchiveReports } from '../src/store/archive-reports.js';
import { makeKnownElsewhere } from '../src/store/known-elsewhere.js';
import { makeOutbox } from '../src/store/outbox.js';
import { connectRedis } from '../src/store/redis.js';
import { makeRounds } from '../src/store/rounds.js';
import { watchRedis } from '../src/store/watch-redis.js';
import { VERSION } from '../src/version.js';
import { archiveOf } from './archive.js';
import { consume } from './consume.js';
import { sweepOutbox } from './deliver.js';
import { every } from './every.js';
import { makeListElsewhere } from './list-elsewhere.js';
import { makeLost } from './lost.js';
import { makeMarkUnheard } from './mark-unheard.js';
import { makePlaceOf } from './place-of.js';
import { assertComplete } from './processors.js';
import { makeSayUnanswered } from './say-unanswered.js';
import { showMetrics } from './show-metrics.js';
import { makeTidyArchive } from './tidy-archive.js';
import { warnRarely } from './warn-rarely.js';
import { makeWorkerJobs } from './worker-jobs.js';

export { startAgent } from './agent.js';

/** Jobs can wait: their queue tries again. */
const REDIS_DEADLINE_MS = 5_000;
const SWEEP_EVERY_MS = 60_000;
/** Redis can lose a schedule without losing anything else (facts: a crash without AOF). */
const SCHEDULE_EVERY_MS = 10_000;
const TIDY_EVERY_MS = 60_000;
/** What a metrics server knows, for who asks for a service that no agent has. */
const LIST_EVERY_MS = 60_000;
/** What was not heard of for hours. */
const UNHEARD_EVERY_MS = 5 * 60_000;
/** How late a look may be. */
const ROUNDS_EVERY_MS = 5_000;
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
  const drawer = config.quickchartUrl ? makeQuickchartDrawer(config.quickchartUrl) : makeDrawer({ entry: DRAW_ENTRY });
  const archive = await archiveOf(config);
  const rules = await watchRules(config.rulesPath, { say: (level, words) => log[level](words) });
  const { url, ...who } = config.prometheus;
  const prometheus = url === undefined ? null : makePrometheusClient({ url, ...who });
  const history = prometheus && makeLongHistory(prometheus);
  const metrics = makeWorkerMetrics(VERSION);
  const shown = await showMetrics(config, metrics.text, () => redis.ping());
  const processors = makeWorkerJobs({
    config,
    redis,
    outbox,
    enqueue,
    rules,
    drawer,
    archive,
    history,
    ownMetrics: prometheus && makeOwnMetrics(prometheus),
    pagers: pagersOf(config),
    marker: config.alerts.grafana ? makeGrafana(config.alerts.grafana) : null,
    slackAnswered: metrics.slackAnswered,
    log,
  });
  assertComplete('worker', processors);

  const lost = makeLost({ outbox, enqueue });
  const parts = { redisUrl: config.redisUrl, processors, log, lost, ended: metrics.jobEnded };
  const consumers = [consume('work', { ...parts, concurrency: 4 }), consume('deliver', { ...parts, concurrency: 8 })];
  const sweep = every(SWEEP_EVERY_MS, log, 'sweep of the outbox', () => sweepOutbox(outbox, enqueue));
  const scheduling = every(SCHEDULE_EVERY_MS, log, 'scheduling of the watch', () => producer.schedule('rounds', ROUNDS_EVERY_MS));
  const reports = makeArchiveReports(redis);
  const tidying = archive
    ? every(
        TIDY_EVERY_MS,
        log,
        'tidying of the archive',
        makeTidyArchive({ archive, reports, worker: hostname(), log, nowMs: Date.now }),
      )
    : null;
  const heard = makeSayUnanswered({
    ...{ answering: makeAnswering(redis), outbox, enqueue, placeOf: makePlaceOf(rules, config.channel) },
  });
  const listing = history
    ? every(
        LIST_EVERY_MS,
        log,
        'listing of what Prometheus knows',
        makeListElsewhere({ known: makeKnownElsewhere(redis), history, heard, nowMs: Date.now }),
      )
    : null;
  const alerts = { alerts: makeAlerts(redis), rounds: makeRounds(redis) };
  const marking = every(
    UNHEARD_EVERY_MS,
    log,
    'marking of alerts that are not heard of',
    makeMarkUnheard({ ...alerts, outbox, enqueue, nowMs: Date.now }),
  );
  if (!archive)
    log.warn(
      'LEAKWATCH_DATA_DIR and LEAKWATCH_ARCHIVE_URL are not set: nothing is archived, incidents are forgotten 90 days after they closed',
    );
  if (!config.channel) log.warn('LEAKWATCH_CHANNEL is not set: leaks are told to those who ask, and to nobody else');
  return {
    async stop() {
      sweep.stop();
      scheduling.stop();
      tidying?.stop();
      listing?.stop();
      marking.stop();
      rules.stop();
      health.stop();
      await Promise.all(consumers.map((consumer) => consumer.close()));
      await drawer.close();
      await producer.close();
      await shown.stop();
      redis.disconnect();
    },
  };
}

/** Who is woken by what is a page: none, one, or both. */
function pagersOf({ alerts: { alertmanager, pagerDuty } }: Config): Pager[] {
  return [...(alertmanager ? [makeAlertmanager(alertmanager)] : []), ...(pagerDuty ? [makePagerDuty(pagerDuty)] : [])];
}
