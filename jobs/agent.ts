import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../src/config.js';
import { FatalError } from '../src/errors.js';
import { makeAgentMetrics } from '../src/http/agent-metrics.js';
import type { Engine, EngineFacts } from '../src/model/engine.js';
import { type Heartbeat, type HostName, type Hosts, isOfAnother } from '../src/model/host.js';
import type { Inventory, Replica } from '../src/model/replica.js';
import { makeProducer } from '../src/queue/enqueue.js';
import type { Running } from '../src/run-until-signal.js';
import { makeDockerClient } from '../src/sources/docker/client.js';
import { makeEngine } from '../src/sources/docker/engine.js';
import { makeHeaps } from '../src/store/heaps.js';
import { makeHosts } from '../src/store/hosts.js';
import { makeInventory } from '../src/store/inventory.js';
import { makeLedger } from '../src/store/ledger.js';
import { connectRedis } from '../src/store/redis.js';
import { makeRuns } from '../src/store/runs.js';
import { makeSamples } from '../src/store/samples.js';
import { watchRedis } from '../src/store/watch-redis.js';
import { VERSION } from '../src/version.js';
import { archiveOf } from './archive.js';
import { consume } from './consume.js';
import { every } from './every.js';
import { follow } from './follow.js';
import { heapParts } from './heap-parts.js';
import { makeLedgerKeeper } from './keep-ledger.js';
import { assertComplete, type Processors } from './processors.js';
import { makeRoster } from './roster.js';
import { makeSample } from './sample.js';
import { showMetrics } from './show-metrics.js';
import { makeHeapLost, makeTakeHeap } from './take-heap.js';
import { warnRarely } from './warn-rarely.js';

/** A sweep can wait: the next one comes. */
const REDIS_DEADLINE_MS = 5_000;
/** Redis can lose a schedule without losing anything else (facts: a crash without AOF). */
const SCHEDULE_EVERY_MS = 10_000;
/** Lives that ended get their lines. */
const KEEP_EVERY_MS = 5_000;
/** Whether another agent goes by our name. */
const ALONE_EVERY_MS = 60_000;
const LAST_WAIT_MS = 30_000;
const NEVER = new Promise<never>(() => {});

/**
 * The agent: samples the Docker Engine beside it and follows its events. It starts in any weather: without Redis it waits, without
 * Docker its sign of life says so; both are taken up when they are there. `failed` rejects when Redis must not be used, or when another
 * engine's agent goes by our name.
 */
export async function startAgent(config: Config, log: Logger): Promise<Running> {
  const stopping = new AbortController();
  const stops: (() => unknown)[] = [];
  const { dockerHost, dockerCertPath: certPath, dockerTlsVerify: tlsVerify } = config;
  const client = makeDockerClient({ dockerHost, certPath, tlsVerify });
  const engine = makeEngine(client, Date.now);
  const warn = warnRarely(log, 'Redis');
  const redis = connectRedis(config.redisUrl, REDIS_DEADLINE_MS, warn);
  const health = watchRedis(redis, log);
  stops.push(() => redis.disconnect(), health.stop);
  let end: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    end = reject;
  });
  ended.catch(() => {});

  async function begin(): Promise<void> {
    await health.safe;
    const host = config.host ?? (await nameOf(engine, log, stopping.signal));
    const [samples, hosts, runs, inventory] = [makeSamples(redis), makeHosts(redis), makeRuns(redis), makeInventory(redis)];
    const before = host === null ? [] : await lastSeen(inventory, host, log);
    if (host === null || stopping.signal.aborted) return;
    const lastBeat = await lastBeatOf(hosts, host, log);
    // Before our first list of containers takes the place of theirs.
    const { id } = lastBeat ? await engine.facts().catch((): EngineFacts => ({})) : {};
    if (lastBeat && isOfAnother(lastBeat, host, id, Date.now())) throw nameTaken(host);
    const changed = (replica: Replica) => keeper.due(replica);
    const roster = makeRoster({ engine, inventory, runs, host, log, nowMs: Date.now, changed });
    const ledger = makeLedger(redis, warnRarely(log, 'the run ledger'));
    const keeper = makeLedgerKeeper({ roster, runs, samples, ledger, log, nowMs: Date.now, signal: stopping.signal });
    for (const replica of before) keeper.due(replica);
    const { sampleSeconds } = config;
    const said = lastBeat ? { before: lastBeat } : {};
    const producer = makeProducer(config.redisUrl, warn);
    const { enqueue } = producer;
    const heaps = makeHeaps(redis);
    const archive = await archiveOf(config);
    const metrics = makeAgentMetrics({ version: VERSION, host, sampleSeconds, running: roster.running, nowMs: Date.now });
    const shown = await showMetrics(config, metrics.text, () => redis.ping());
    stops.push(shown.stop);
    const { swept } = metrics;
    const processors: Processors = {
      sample: makeSample({ engine, roster, samples, hosts, host, agentVersion: VERSION, sampleSeconds, swept, ...said }),
      'take-heap': makeTakeHeap({ host, roster, engine, heaps, enqueue, ...heapParts(config, archive, client, log) }),
    };
    assertComplete('agent', processors);

    const following = follow({ engine, roster, log });
    stops.push(producer.close, following.stop);
    await Promise.race([roster.firstLook, aborted(stopping.signal)]);
    if (stopping.signal.aborted) return;
    const watching = every(ALONE_EVERY_MS, log, 'the look for another agent of this name', async () => {
      const { id } = roster.facts();
      if ((await hosts.all()).some((beat) => isOfAnother(beat, host, id, Date.now()))) end(nameTaken(host));
    });
    const scheduling = every(SCHEDULE_EVERY_MS, log, 'scheduling of sweeps', () =>
      producer.schedule('sample', sampleSeconds * 1000, host),
    );
    const keeping = every(KEEP_EVERY_MS, log, 'the run ledger', keeper.keep);
    const parts = { redisUrl: config.redisUrl, host, concurrency: 1, processors, log, lost: makeHeapLost({ heaps, enqueue }) };
    // Two queues, one job of each at a time: a heap takes seconds, and samples do not wait for it.
    const [sampling, taking] = [consume('sample', parts), consume('host', parts)];
    stops.push(watching.stop, scheduling.stop, keeping.stop, sampling.close, taking.close);
    log.info({ host, everySeconds: sampleSeconds }, 'the agent samples');
  }

  const begun = begin();
  begun.catch(() => {});
  return {
    failed: Promise.race([begun.then(() => NEVER), ended]),
    async stop() {
      stopping.abort();
      for (const stop of stops.reverse()) await stop();
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Who was here when the last agent went: what has left since has ended, and the first look does not show it any more. */
async function lastSeen(inventory: Pick<Inventory, 'all'>, host: HostName, log: Logger): Promise<Replica[]> {
  try {
    return (await inventory.all()).filter((replica) => replica.host === host);
  } catch (error) {
    log.warn({ err: error }, 'containers that left while no agent was here are not in the run ledger');
    return [];
  }
}

/** What the agent before this one said last: the time without one is told of as a gap. */
async function lastBeatOf(hosts: Pick<Hosts, 'all'>, host: HostName, log: Logger): Promise<Heartbeat | undefined> {
  try {
    return (await hosts.all()).find((beat) => beat.host === host);
  } catch (error) {
    log.warn({ err: error }, 'the time without an agent will not be told of as a gap');
    return undefined;
  }
}

function nameTaken(host: HostName): FatalError {
  return new FatalError(
    `The agent of another Docker Engine goes by the name ${host} too: each needs one of its own. Example: LEAKWATCH_HOST=${host}-b`,
  );
}

/** Without `LEAKWATCH_HOST` the engine's own name is the host's: waited for, since nothing can be said before. Null: stopped. */
async function nameOf(engine: Pick<Engine, 'facts'>, log: Logger, signal: AbortSignal): Promise<string | null> {
  for (let waitMs = 1_000; !signal.aborted; waitMs = Math.min(2 * waitMs, LAST_WAIT_MS)) {
    try {
      const { name } = await engine.facts();
      if (name) return name;
      log.warn('Docker does not tell its name (a filter keeps back GET /info): set LEAKWATCH_HOST');
    } catch (error) {
      log.warn({ err: error }, 'the host’s name is not known yet: it is Docker’s own, or LEAKWATCH_HOST');
    }
    await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
  return null;
}
