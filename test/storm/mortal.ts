import type { Redis } from 'ioredis';
import type { JobContext, Processor } from '../../jobs/context.js';
import { makeRounds as makeRoundsJob } from '../../jobs/rounds.js';
import { makeTell, type TellPorts } from '../../jobs/tell.js';
import { makeWatch } from '../../jobs/watch.js';
import type { Series } from '../../src/model/assessment.js';
import type { OutboxDrain } from '../../src/model/delivery.js';
import { NO_RULES } from '../../src/model/rules.js';
import type { Payload } from '../../src/queue/catalogue.js';
import type { Enqueue } from '../../src/queue/enqueue.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { makeRounds } from '../../src/store/rounds.js';
import { makeStorms } from '../../src/store/storms.js';
import { contextOf } from '../delivery/harness.js';

/** Counts what a worker asks of the world; at `diesAt` it dies, before that is done, and does nothing any more. */
export type Life = { calls: number; readonly diesAt: number };
export class Died extends Error {}

type Jobs = {
  readonly watch: Payload<'watch'>[];
  readonly tell: Payload<'tell'>[];
  readonly later: Payload<'tell'>[];
};

/**
 * The watch of one worker on a real Redis, its queue played by hand: `work` plays it until nothing is left to do. What the worker
 * had in its queue dies with it: who comes after it has the store alone.
 */
export function makeMortal(redis: Redis, fleet: readonly Series[], channel: string, life: Life, over: Partial<TellPorts> = {}) {
  const jobs: Jobs = { watch: [], tell: [], later: [] };
  const enqueue: Enqueue = async (name, payload, options) => {
    if (name === 'watch') jobs.watch.push(payload as Payload<'watch'>);
    if (name === 'tell') (options?.delayMs ? jobs.later : jobs.tell).push(payload as Payload<'tell'>);
  };
  const mortal = <T extends object>(port: T): T => mortalPort(port, life);
  const incidents = mortal(makeIncidents(redis));
  const rounds = mortal(makeRounds(redis));
  const storms = mortal(makeStorms(redis));
  const outbox = mortal(makeOutbox(redis));
  const { asks } = mortal({ asks: enqueue });
  const series = (key: string) => fleet.find(({ replica }) => replica.key === key);
  const looking = {
    inventory: { all: async () => fleet.map(({ replica }) => replica) },
    hosts: { all: async () => [] },
    samples: { read: async (key: string) => [...(series(key)?.samples ?? [])] },
    runs: { read: async (key: string) => [...(series(key)?.runs ?? [])] },
    ledger: { read: async () => [] },
  };
  const ports = { ...looking, incidents, storms, rounds, outbox, enqueue: asks, placeOf: () => ({ place: { channel } }) };
  const digests = { ...{ kept: async () => [], last: async () => null }, keep: async () => {}, settle: async () => {} };
  const round = makeRoundsJob({
    ...ports,
    inventory: looking.inventory,
    digests,
    rules: { now: () => NO_RULES },
    unfrozen: async () => [],
  });
  const watch = makeWatch({ ...ports, pageMs: () => 4 * 3_600_000, digest: async () => {} });
  const tell = makeTell({ incidents, storms, rounds, outbox, enqueue: asks, ...over });
  const post = makePoster(outbox, channel);

  return {
    ...{ incidents, storms, outbox, tell, watch, post },
    async work(nowMs: number): Promise<void> {
      const context: JobContext = { ...contextOf(), nowMs: () => nowMs };
      for (let turn = 0; turn < 5; turn += 1) {
        await round({ v: 1 }, context);
        await inOrder(jobs.watch, watch, context);
        await inOrder(jobs.tell, tell, context);
        await post();
        jobs.tell.push(...jobs.later.splice(0));
      }
    },
  };
}

/** All that waits is posted, or edited where it is. */
export function makePoster(outbox: OutboxDrain, channel: string) {
  return async (): Promise<void> => {
    for (const { key, version, ts } of await outbox.pending(channel)) {
      const count = (await outbox.pending(channel)).length;
      const place = { ts: ts ?? `${await outbox.nowMs()}.${count}${key}`, channel };
      await outbox.receipt(key, { version, via: 'web', ...place });
    }
  };
}

async function inOrder<P>(
  queue: P[],
  process: (payload: P, context: JobContext) => ReturnType<Processor<'tell'>>,
  context: JobContext,
) {
  for (const payload of queue.splice(0)) await process(payload, context);
}

function mortalPort<T extends object>(port: T, life: Life): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const found: unknown = Reflect.get(target, name, receiver);
      if (typeof found !== 'function') return found;
      return async (...args: unknown[]) => {
        life.calls += 1;
        if (life.calls >= life.diesAt) throw new Died(`at call ${life.diesAt}`);
        return found.apply(target, args);
      };
    },
  });
}
