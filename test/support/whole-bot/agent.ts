import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { makeLedgerKeeper } from '../../../jobs/keep-ledger.js';
import { makeRoster } from '../../../jobs/roster.js';
import { makeSample } from '../../../jobs/sample.js';
import type { Replica } from '../../../src/model/replica.js';
import { makeDockerClient } from '../../../src/sources/docker/client.js';
import { makeEngine } from '../../../src/sources/docker/engine.js';
import { makeHosts } from '../../../src/store/hosts.js';
import { makeInventory } from '../../../src/store/inventory.js';
import { makeLedger } from '../../../src/store/ledger.js';
import { makeRuns } from '../../../src/store/runs.js';
import { makeSamples } from '../../../src/store/samples.js';
import { startFakeEngine } from '../fake-engine/engine.js';
import { type HistoryLine, playHistory } from '../fake-engine/play.js';
import { waitFor } from '../slack/options.js';
import { contextOf } from './queue.js';

const HOST = 'hv-01';
/** It is looked for this long after a life was over (`jobs/keep-ledger.ts`). */
const KEEP_AFTER_MS = 5_000;
/** A container that never starts: renaming it tells when all that happened before was heard, since the stream is in order. */
const BELL = 'bell';

/**
 * The agent on a fake engine that plays these histories behind the real API: the real client, roster, sweep and ledger. `follow` is
 * not in it, because it waits by the real clock; here its calls are made in its order.
 */
export async function startAgent(redis: Redis, lines: readonly HistoryLine[], everyMs: number, log: Logger, nowMs: () => number) {
  const fake = await startFakeEngine({ name: HOST, nowMs });
  const playing = lines.map((line) => playHistory(fake, line));
  const bell = fake.create({ name: `${BELL}-0`, image: 'bell:1', memory: () => null });
  const engine = makeEngine(makeDockerClient({ dockerHost: fake.url, certPath: undefined, tlsVerify: false }), nowMs);
  const [inventory, runs, samples] = [makeInventory(redis), makeRuns(redis), makeSamples(redis, nowMs)];
  const signal = new AbortController();
  let keepMs = Number.POSITIVE_INFINITY;
  const changed = (replica: Replica) => {
    keeper.due(replica);
    keepMs = nowMs() + KEEP_AFTER_MS;
  };
  const roster = makeRoster({ engine, inventory, runs, host: HOST, log, nowMs, changed });
  const unreadable = (error: Error) => {
    throw error;
  };
  const keeper = makeLedgerKeeper({
    ...{ roster, runs, samples, ledger: makeLedger(redis, unreadable), log, nowMs, signal: signal.signal },
  });
  const sweep = makeSample({
    ...{ engine, roster, samples, hosts: makeHosts(redis), host: HOST, agentVersion: '0', sampleSeconds: everyMs / 1_000 },
  });
  let [rung, heard] = [0, 0];
  const events = await engine.events(null, signal.signal);
  const hearing = (async () => {
    for await (const event of events) {
      if (event.containerId === bell) heard += 1;
      else roster.heard(event);
    }
  })();
  hearing.catch(() => {});

  async function allHeard(): Promise<void> {
    rung += 1;
    fake.rename(bell, `${BELL}-${rung}`);
    await waitFor(() => heard >= rung, 10_000, 'the engine’s events');
  }
  const nextStartMs = () => Math.min(...playing.map((one) => one.nextMs()));

  return {
    /** When something happens next, but for sweeps. */
    nextMs: () => Math.min(nextStartMs(), keepMs),
    /** What has happened by now is heard and recorded. Gives whether anything had. */
    async catchUp(): Promise<boolean> {
      const isNew = nextStartMs() <= nowMs();
      if (isNew) {
        for (const one of playing) one.advance(nowMs());
        await allHeard();
        if (roster.looked()) await roster.settle();
        else await roster.look();
      }
      if (keepMs <= nowMs()) {
        keepMs = Number.POSITIVE_INFINITY;
        await keeper.keep();
      }
      return isNew;
    },
    sweep: () => sweep({ v: 1 }, contextOf('sample', log, nowMs)),
    async stop(): Promise<void> {
      signal.abort();
      await hearing.catch(() => {});
      await fake.close();
      if (fake.unexpected.length > 0) throw new Error(`asked of the fake engine in vain: ${fake.unexpected.join('; ')}`);
    },
  };
}
