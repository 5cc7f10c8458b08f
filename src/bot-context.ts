import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Permalink } from './model/message.js';
import type { RulesPort } from './model/rules.js';
import type { Producer } from './queue/enqueue.js';
import { untakenPages } from './render/page-words.js';
import { unansweredWords } from './render/unanswered.js';
import { undeliveredWords } from './render/undelivered.js';
import type { SlackContext } from './slack/ask.js';
import type { TellAlone } from './slack/tell-alone.js';
import { makeAnswering } from './store/answering.js';
import { makeArchiveReports } from './store/archive-reports.js';
import { withFreshness } from './store/cache.js';
import { redisMemory } from './store/health.js';
import { makeHeaps } from './store/heaps.js';
import { makeHosts } from './store/hosts.js';
import { makeInbox } from './store/inbox.js';
import { makeIncidents } from './store/incidents.js';
import { makeInventory } from './store/inventory.js';
import { makeKnownElsewhere } from './store/known-elsewhere.js';
import { makeOutbox } from './store/outbox.js';
import { makePages } from './store/pages.js';
import { makeReplies } from './store/replies.js';
import { makeSamples } from './store/samples.js';
import { makeStorms } from './store/storms.js';
import { makeUndelivered } from './store/undelivered.js';
import type { RedisWatch } from './store/watch-redis.js';
import { VERSION } from './version.js';

const WEEK_MS = 7 * 24 * 3_600_000;
/** How old a list of services may be that an answer is made from: agents renew it each minute. */
const INVENTORY_FRESH_MS = 1_000;

export type ContextParts = {
  readonly redis: Redis;
  readonly producer: Producer;
  readonly health: RedisWatch;
  readonly permalink: Permalink;
  readonly tellAlone: TellAlone;
  readonly isOperator: SlackContext['isOperator'];
  readonly operators: SlackContext['operators'];
  readonly rawLinks: SlackContext['rawLinks'];
  readonly rules: RulesPort;
  readonly log: Logger;
  readonly nowMs: () => number;
};

/** What the bot's handlers are given: their ports, on one Redis. */
export function makeContext({
  redis,
  producer,
  health,
  permalink,
  tellAlone,
  isOperator,
  operators,
  rawLinks,
  rules,
  log,
  nowMs,
}: ContextParts): SlackContext {
  const [inventory, hosts, outbox] = [makeInventory(redis), makeHosts(redis), makeOutbox(redis)];
  return {
    inventory: { all: withFreshness(INVENTORY_FRESH_MS, nowMs, () => inventory.all()) },
    hosts,
    elsewhere: makeKnownElsewhere(redis),
    replies: makeReplies(redis),
    outbox,
    incidents: makeIncidents(redis),
    storms: makeStorms(redis),
    samples: makeSamples(redis),
    rules,
    inbox: makeInbox(redis),
    permalink,
    tellAlone,
    isOperator,
    operators,
    rawLinks,
    heaps: makeHeaps(redis),
    enqueue: producer.enqueue,
    log,
    async status() {
      const [beats, replicas] = await Promise.all([hosts.all(), inventory.all()]);
      const known = beats.map((beat) => beat.host);
      const [queues, untaken, workers, failed, memory, archives, failing, unanswered, undelivered] = await Promise.all([
        producer.depths(known),
        producer.untaken(known),
        producer.workers(),
        outbox.failures(nowMs() - WEEK_MS),
        redisMemory(redis),
        makeArchiveReports(redis).all(),
        makePages(redis).failing(),
        makeAnswering(redis).unanswered(),
        makeUndelivered(redis)(),
      ]);
      const archiveProblems = archives.flatMap(({ worker, problem }) => (problem ? [`Worker ${worker}: ${problem}.`] : []));
      const untold = [
        ...undeliveredWords(undelivered, nowMs()),
        ...untakenPages(failing, nowMs()),
        ...unansweredWords(unanswered, nowMs()),
      ];
      const warnings = [...health.warnings(), ...rules.warnings(), ...archiveProblems, ...untold];
      const archive = archives.find(({ state }) => state)?.state;
      return {
        version: VERSION,
        beats,
        replicas,
        queues,
        untaken,
        workers,
        failed: failed.length,
        ...(failed[0] ? { refused: failed[0] } : {}),
        warnings,
        ...(memory ? { memory } : {}),
        ...(archive ? { archive } : {}),
      };
    },
  };
}
