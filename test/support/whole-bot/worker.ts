import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { makeChart } from '../../../jobs/chart.js';
import { makeDeliver } from '../../../jobs/deliver.js';
import { makeRounds as makeRoundsJob } from '../../../jobs/rounds.js';
import { makeTell } from '../../../jobs/tell.js';
import { makeWatch, type WatchPorts } from '../../../jobs/watch.js';
import { makeClients } from '../../../src/delivery/client.js';
import { DELIVERY_LIMITS, REQUEST_MS } from '../../../src/delivery/limits.js';
import { makeDelivery } from '../../../src/delivery/step.js';
import { makeUploader } from '../../../src/delivery/upload.js';
import { POLICY } from '../../../src/incidents/policy.js';
import { NO_RULES } from '../../../src/model/rules.js';
import { makeBudget } from '../../../src/store/budget.js';
import { CLAIM_LIMITS, makeClaims } from '../../../src/store/claims.js';
import { makeDigests } from '../../../src/store/digests.js';
import { makeHosts } from '../../../src/store/hosts.js';
import { DUE, makeIncidents } from '../../../src/store/incidents.js';
import { makeInventory } from '../../../src/store/inventory.js';
import { makeLedger } from '../../../src/store/ledger.js';
import { makeOutbox } from '../../../src/store/outbox.js';
import { makeReplies } from '../../../src/store/replies.js';
import { makeRounds } from '../../../src/store/rounds.js';
import { makeRuns } from '../../../src/store/runs.js';
import { makeSamples } from '../../../src/store/samples.js';
import { makeStorms } from '../../../src/store/storms.js';
import type { Workspace } from '../slack/workspace.js';
import { makeJobs } from './queue.js';

/** A week of edits comes in a minute, and Slack's limits are by the clock on the wall. */
const UNHURRIED = { postSpacingMs: 1, updateBurst: 100_000, updatesPerMinute: 100_000 };
/** Charts are drawn in a child of their own and tested there; this is what uploads and messages need of one. */
const PICTURE = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(40, 7)]);
export const OWNER = '<@U1OWNER>';

/** What the watch says of a service in the digest, as it comes. */
export type Digest = { readonly serviceId: string; readonly atMs: number; readonly event: Parameters<WatchPorts['digest']>[1] };

/** The worker's part that speaks first, as `jobs/main.ts` puts it together: rounds, watch, tell, deliver, chart. */
export function makeWorker(redis: Redis, slack: Workspace, log: Logger, nowMs: () => number) {
  const jobs = makeJobs(log, nowMs);
  const { enqueue } = jobs;
  const outbox = makeOutbox(redis);
  const makeClient = makeClients(slack.botToken, REQUEST_MS, slack.apiUrl);
  const [incidents, storms, rounds, inventory] = [
    makeIncidents(redis),
    makeStorms(redis),
    makeRounds(redis),
    makeInventory(redis),
  ];
  const unreadable = (error: Error) => {
    throw error;
  };
  const looking = {
    ...{ inventory, hosts: makeHosts(redis), samples: makeSamples(redis, nowMs), runs: makeRuns(redis) },
    ledger: makeLedger(redis, unreadable),
  };
  const delivery = makeDelivery({
    ...{ drain: outbox, budget: makeBudget(redis, UNHURRIED), replies: makeReplies(redis), makeClient, requestMs: REQUEST_MS },
    ...{ limits: DELIVERY_LIMITS, log, random: () => 0 },
  });
  const digests: Digest[] = [];
  const processors = {
    rounds: makeRoundsJob({
      ...{ inventory, rounds, incidents, enqueue, digests: makeDigests(redis), unfrozen: async () => [] },
      // What would be in the morning's message is compared as it is kept.
      rules: { now: () => ({ ...NO_RULES, watch: { ...NO_RULES.watch, digestAt: 'off' } }) },
    }),
    watch: makeWatch({
      ...{ ...looking, incidents, storms, rounds, outbox, enqueue },
      placeOf: () => ({ place: { channel: slack.channels.ops }, owner: OWNER }),
      pageMs: () => POLICY.pageMs,
      digest: async ({ service }, event, atMs) => void digests.push({ serviceId: service.id, atMs, event }),
    }),
    // None of its services has pprof.
    ...{ heap: async () => {}, 'heap-rounds': async () => {} },
    tell: makeTell({ incidents, storms, rounds, outbox, enqueue }),
    deliver: makeDeliver({ outbox, claims: makeClaims(redis, CLAIM_LIMITS, () => performance.now()), delivery, enqueue }),
    chart: makeChart({
      outbox,
      drawer: { draw: async () => PICTURE, close: async () => {} },
      uploader: makeUploader(makeClient),
      enqueue,
    }),
  };
  return {
    digests,
    incidents,
    /** When the first service is due, Unix ms. */
    async nextMs(): Promise<number> {
      const [, score] = await redis.zrange(DUE, '0', '0', 'WITHSCORES');
      return score === undefined ? Number.POSITIVE_INFINITY : Number(score);
    },
    /** One round, and all that comes of it. */
    async round(): Promise<void> {
      await enqueue('rounds', { v: 1 });
      await jobs.run(processors);
    },
  };
}
