import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Config } from '../src/config.js';
import { makeClients, type OnAnswer } from '../src/delivery/client.js';
import { makeHomeTabs } from '../src/delivery/home.js';
import { DELIVERY_LIMITS, REQUEST_MS } from '../src/delivery/limits.js';
import { makePeople } from '../src/delivery/people.js';
import { makePermalink } from '../src/delivery/permalink.js';
import { makeSlackFiles } from '../src/delivery/slack-files.js';
import { makeDelivery } from '../src/delivery/step.js';
import { makeUploader } from '../src/delivery/upload.js';
import type { Archive } from '../src/model/archive.js';
import type { Drawer } from '../src/model/chart.js';
import type { OutboxDrain } from '../src/model/delivery.js';
import type { LongHistory } from '../src/model/history.js';
import type { OwnMetrics } from '../src/model/own-metrics.js';
import type { Pager } from '../src/model/page.js';
import { type RulesPort, withoutIgnored } from '../src/model/rules.js';
import { encodeSeries } from '../src/offline/encode-line.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { makeAlerts } from '../src/store/alerts.js';
import { makeAnswering } from '../src/store/answering.js';
import { BUDGET_LIMITS, makeBudget } from '../src/store/budget.js';
import { withFreshness } from '../src/store/cache.js';
import { CLAIM_LIMITS, makeClaims } from '../src/store/claims.js';
import { makeDigests } from '../src/store/digests.js';
import { makeDroppedFiles } from '../src/store/dropped-files.js';
import { makeHeaps } from '../src/store/heaps.js';
import { makeHosts } from '../src/store/hosts.js';
import { makeIncidents } from '../src/store/incidents.js';
import { makeInventory } from '../src/store/inventory.js';
import { makeLedger } from '../src/store/ledger.js';
import { makeMarks, makePages } from '../src/store/pages.js';
import { makeRemembered } from '../src/store/remembered.js';
import { makeReplies } from '../src/store/replies.js';
import { makeRounds } from '../src/store/rounds.js';
import { makeRuns } from '../src/store/runs.js';
import { makeSamples } from '../src/store/samples.js';
import { makeStorms } from '../src/store/storms.js';
import { makeVerdicts } from '../src/store/verdicts.js';
import { makeAct } from './act.js';
import { makeAlert } from './alert.js';
import { makeAnnotate } from './annotate.js';
import { makeChart } from './chart.js';
import { makeCheck } from './check.js';
import { makeCollect } from './collect.js';
import { makeDeliver } from './deliver.js';
import { makeDigest } from './digest.js';
import { makeDropped } from './dropped.js';
import { makeFlame } from './flame.js';
import { makeFreeze } from './freeze.js';
import { makeHeap } from './heap.js';
import { fileParts } from './heap-parts.js';
import { makeHeapRounds } from './heap-rounds.js';
import { makeHome } from './home.js';
import { makeLimits } from './limits.js';
import { makeAskOwn } from './own-metrics.js';
import { makePage } from './page.js';
import { makePlaceOf } from './place-of.js';
import type { Processors } from './processors.js';
import { makeReadFiles } from './read-files.js';
import { makeRecall } from './recall.js';
import { makeReport } from './report.js';
import { makeRounds as makeRoundsJob } from './rounds.js';
import { makeSayHeap } from './say-heap.js';
import { makeShare } from './share.js';
import { keepGrower } from './slow-growers.js';
import { makeTell } from './tell.js';
import { makeTop } from './top.js';
import { makeTrend } from './trend.js';
import { warnRarely } from './warn-rarely.js';
import { makeWatch } from './watch.js';

/** More wait for the next round. */
const MOST_UNFROZEN = 50;
const MOST_DUE_PAGES = 100;
/** An answer waits no longer for an address that it can do without. */
const ADDRESS_MS = 2_000;
const FLEET_FRESH_MS = 1_000;

export type WorkerParts = {
  readonly config: Config;
  readonly redis: Redis;
  readonly outbox: OutboxDrain;
  readonly enqueue: Enqueue;
  readonly rules: RulesPort;
  readonly drawer: Drawer;
  /** Null: nothing is archived. */
  readonly archive: Archive | null;
  /** Null: no metrics server is configured. */
  readonly history: LongHistory | null;
  /** Null, too. */
  readonly ownMetrics: OwnMetrics | null;
  readonly pagers: readonly Pager[];
  /** Null: incidents are marked in no graphs. */
  readonly marker: Pager | null;
  readonly slackAnswered: OnAnswer;
  readonly log: Logger;
};

/** The worker's jobs, each given the ports that it names, on one Redis and one Slack. */
export function makeWorkerJobs({
  config,
  redis,
  outbox,
  enqueue,
  rules,
  drawer,
  archive,
  history,
  ownMetrics,
  pagers,
  marker,
  slackAnswered,
  log,
}: WorkerParts): Processors {
  const makeClient = makeClients(config.slackBotToken, REQUEST_MS, config.slackApiUrl, slackAnswered);
  const [inventory, hosts] = [makeInventory(redis), makeHosts(redis)];
  const [incidents, storms, rounds] = [makeIncidents(redis), makeStorms(redis), makeRounds(redis)];
  const [uploader, heaps] = [makeUploader(makeClient), makeHeaps(redis)];
  const [files, dropped] = [makeSlackFiles(makeClient, config.slackBotToken, config.slackApiUrl), makeDroppedFiles(redis)];
  const digests = makeDigests(redis);
  const runs = makeRuns(redis);
  const warnOfHistory = warnRarely(log, 'Prometheus');
  const [alerts, pages, verdicts] = [makeAlerts(redis), makePages(redis), makeVerdicts(redis)];
  const marks = makeMarks(redis);
  const looking = {
    // Every look asks for the whole fleet.
    inventory: { all: withFreshness(FLEET_FRESH_MS, Date.now, () => inventory.all()) },
    hosts: { all: withFreshness(FLEET_FRESH_MS, Date.now, () => hosts.all()) },
    samples: makeSamples(redis),
    runs,
    ledger: makeLedger(redis, warnRarely(log, 'the run ledger')),
    recall: history
      ? makeRecall({ history, remembered: makeRemembered(redis), inventory, runs, warn: warnOfHistory })
      : undefined,
  };
  const askOwn = ownMetrics ? makeAskOwn({ ...looking, metrics: ownMetrics, rules, warn: warnOfHistory }) : undefined;
  const placeOf = makePlaceOf(rules, config.channel);
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
    fallbackChannel: config.channel,
    log,
    random: Math.random,
  });
  return {
    check: makeCheck({ ...looking, incidents, permalink, outbox, enqueue, alerts }),
    top: makeTop({ ...looking, outbox, enqueue, rules }),
    limits: makeLimits({ ...looking, inventory: heeded, outbox, enqueue }),
    trend: makeTrend({ ...looking, outbox, enqueue }),
    home: makeHome({
      ...{ inventory: heeded, hosts: looking.hosts, incidents, outbox, tabs: makeHomeTabs(makeClient) },
      ...{ permalink, placeOf, answering: makeAnswering(redis) },
    }),
    share: makeShare({ outbox, enqueue }),
    chart: makeChart({ outbox, drawer, uploader, enqueue }),
    rounds: makeRoundsJob({
      ...{ inventory: heeded, rounds, incidents, enqueue, digests, rules },
      unfrozen: async () => (archive ? incidents.unfrozen(MOST_UNFROZEN) : []),
      ...(pagers.length > 0 ? { pagesDue: (nowMs: number) => pages.due(nowMs, MOST_DUE_PAGES) } : {}),
      ...(marker ? { marksDue: async (nowMs: number) => (await marks.due(nowMs, 1)).length > 0 } : {}),
    }),
    watch: makeWatch({
      ...{ ...looking, incidents, storms, rounds, outbox, enqueue },
      placeOf,
      pageMs: () => rules.now().watch.pageHours * 3_600_000,
      found: ({ service, verdict }, atMs) => verdicts.keep(service.id, verdict, atMs),
      digest: (assessment, _event, atMs) => keepGrower(assessment, atMs, digests),
    }),
    tell: makeTell({
      ...{ incidents, storms, rounds, outbox, enqueue },
      ...{ pages: pagers.length > 0, grafanaUrl: config.alerts.grafanaUrl },
    }),
    act: makeAct({ ...looking, incidents, rounds, outbox, enqueue, placeOf }),
    collect: makeCollect({ ...looking, incidents, rounds, outbox, enqueue, permalink, placeOf }),
    report: makeReport({ ...looking, incidents, people: makePeople(makeClient), uploader, outbox, enqueue }),
    digest: makeDigest({
      ...{ ...looking, digests, incidents, outbox, rules, placeOf, permalink, enqueue },
    }),
    freeze: makeFreeze({ ...looking, incidents, rounds, archive, encode: encodeSeries }),
    heap: makeHeap({ ...looking, incidents, heaps, rules, enqueue }),
    'say-heap': makeSayHeap({ ...looking, heaps, dropped, incidents, rounds, outbox, enqueue, askOwn }),
    dropped: makeDropped({ files, dropped, incidents, outbox, enqueue }),
    'read-files': makeReadFiles({ ...fileParts(), files, dropped, outbox, enqueue }),
    flame: makeFlame({ heaps, uploader, outbox, enqueue }),
    'heap-rounds': makeHeapRounds({ ...looking, inventory: heeded, incidents, heaps, rules, enqueue }),
    alert: makeAlert({ ...looking, incidents, alerts, storms, rounds, outbox, enqueue, placeOf }),
    page: makePage({ incidents, pages, pagers, outbox, permalink }),
    annotate: makeAnnotate({ incidents, marks, marker, outbox, permalink }),
    deliver: makeDeliver({ outbox, claims: makeClaims(redis, CLAIM_LIMITS, () => performance.now()), delivery, enqueue }),
  };
}
