import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readCorpus } from '../../bench/detect/corpus.js';
import { makeAct } from '../../jobs/act.js';
import { type FreezePorts, makeFreeze } from '../../jobs/freeze.js';
import { makeRounds as makeRoundsJob } from '../../jobs/rounds.js';
import { seriesThen } from '../../jobs/series-then.js';
import { assess } from '../../src/analysis/assess.js';
import type { Archive, ArchiveKind } from '../../src/model/archive.js';
import type { Act, Incident } from '../../src/model/incident.js';
import { NO_RULES } from '../../src/model/rules.js';
import { assessHistory } from '../../src/offline/assess-history.js';
import { decodeLine } from '../../src/offline/decode-line.js';
import { encodeSeries } from '../../src/offline/encode-line.js';
import { isProblem } from '../../src/offline/problem.js';
import type { EnqueueOptions } from '../../src/queue/enqueue.js';
import { makeDigests } from '../../src/store/digests.js';
import { makeFileArchive } from '../../src/store/file-archive.js';
import { makeHosts } from '../../src/store/hosts.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeInventory } from '../../src/store/inventory.js';
import { makeLedger } from '../../src/store/ledger.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { connectRedis } from '../../src/store/redis.js';
import { makeRounds } from '../../src/store/rounds.js';
import { makeRuns } from '../../src/store/runs.js';
import { makeSamples } from '../../src/store/samples.js';
import { contextOf } from '../delivery/harness.js';
import { fillFleet } from '../support/filled-fleet.js';
import { incident, openIn } from '../support/incidents.js';
import { ownDatabase, untilReady } from '../support/parts/redis.js';

const HOUR = 3_600_000;
const SERVICE = 'service-0';

let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: ReturnType<typeof connectRedis>;
let folder: string;
beforeAll(async () => {
  database = await ownDatabase();
  redis = connectRedis(database.url, 5_000, () => {});
  await untilReady(redis);
  await fillFleet(redis, { services: 1, replicas: 2, historyMs: 3 * HOUR });
}, 60_000);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'leakwatch-freeze-'));
  const said = [...(await redis.keys('leakwatch:v1:incident*')), ...(await redis.keys('leakwatch:v1:watched*'))];
  if (said.length > 0) await redis.del(said);
});
afterEach(() => rmSync(folder, { recursive: true }));
afterAll(async () => {
  redis.disconnect();
  await database.close();
});

function world(over: Partial<FreezePorts> = {}) {
  const incidents = makeIncidents(redis);
  const archive = makeFileArchive(folder);
  const looking = {
    ...{ inventory: makeInventory(redis), hosts: makeHosts(redis), samples: makeSamples(redis), runs: makeRuns(redis) },
    ledger: makeLedger(redis, () => {}),
  };
  const ports: FreezePorts = {
    ...{ ...looking, incidents, rounds: makeRounds(redis), archive, encode: encodeSeries },
    ...over,
  };
  const kept = async (id = 'i-1') => (await incidents.incident(id))?.value;
  const acts = makeAct({
    ...looking,
    incidents,
    rounds: ports.rounds,
    outbox: makeOutbox(redis),
    enqueue: async () => {},
    placeOf: () => ({}),
  });
  return {
    ...{ ports, archive, incidents, looking, kept },
    owed: async () => (await incidents.unfrozen(10)).map(({ id }) => id),
    freeze: () => makeFreeze(ports)({ v: 1, incidentId: 'i-1' }, contextOf()),
    act: (act: Exclude<Act, { kind: 'collect' }>) => {
      const asked = { incidentId: 'i-1', act, by: 'U0ANA', atMs: Date.now(), outboxKey: 'k' };
      return acts({ v: 1, ...asked, target: { kind: 'channel', channel: 'C1' } }, contextOf());
    },
    async names(kind: ArchiveKind) {
      return (await archive.list(kind)).map(({ name }) => name);
    },
  };
}
const NOT_A_LEAK: Exclude<Act, { kind: 'collect' }> = {
  kind: 'not-a-leak',
  reason: 'a cache: fills by noon',
  ceilingBytes: 2 ** 29,
  bytesPerHour: null,
};

async function textOf(archive: Archive, kind: ArchiveKind, name: string): Promise<string> {
  const found = await archive.get(kind, name);
  if (!found) throw new Error(`${kind} has no ${name}`);
  const chunks: Buffer[] = [];
  for await (const chunk of found.content) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return (found.entry.form === 'json' ? bytes : gunzipSync(bytes)).toString();
}

const opened = (over: Partial<Incident> = {}) =>
  openIn(redis, incident('i-1', SERVICE, { openedMs: Date.now() - 1_000, ...over }));

describe('an incident that has opened', () => {
  test('is owed to the archive from the moment that it is kept, and then there: its samples, judged as they were, and itself', async () => {
    const { archive, freeze, owed, looking, kept, names } = world();
    await opened();
    expect(await owed()).toEqual(['i-1']);
    await freeze();
    expect(await owed()).toEqual([]);
    expect(await names('series')).toEqual(['service-0 i-1 opening']);
    const lines = (await textOf(archive, 'series', 'service-0 i-1 opening')).trim().split('\n');
    const live = await seriesThen(SERVICE, (await kept())?.openedMs ?? 0, looking);
    expect(lines).toHaveLength(2);
    for (const [i, line] of lines.entries()) {
      const history = decodeLine(line);
      const [series] = live.splice(0, 1);
      if (isProblem(history) || !series) throw new Error('not a line');
      const { verdict, reason, growthBytesPerHour } = assess(series, series.samples.at(-1)?.t ?? 0);
      expect({ line: i, ...assessHistory(history) }).toMatchObject({
        ...{ line: i, id: series.replica.key, verdict, reason, growthBytesPerHour: growthBytesPerHour?.value },
      });
      // At the full rate, not at that of roll-ups.
      expect([...history.samples].filter(({ t }) => t > Date.now() - HOUR).length).toBeGreaterThan(230);
    }
    const said = JSON.parse(await textOf(archive, 'incidents', 'service-0 i-1'));
    expect(said).toMatchObject({ v: 1, id: 'i-1', service: { id: SERVICE }, level: 'message' });
    expect(said).not.toHaveProperty('unsaid');
  });

  test('a worker that dies before it is marked leaves it owed; the next one puts it there again, once', async () => {
    const { freeze, owed, names, incidents } = world();
    await opened();
    const dying = world({
      incidents: {
        ...incidents,
        commit: async () => {
          throw new Error('killed');
        },
      },
    });
    await expect(dying.freeze()).rejects.toThrow('killed');
    expect(await owed()).toEqual(['i-1']);
    await freeze();
    await freeze();
    expect(await owed()).toEqual([]);
    expect([await names('series'), await names('incidents')]).toEqual([['service-0 i-1 opening'], ['service-0 i-1']]);
    expect(readdirSync(join(folder, 'series'))).toHaveLength(2);
  });

  test('what happened while it was put there is not lost by the mark', async () => {
    const { incidents, owed, kept, archive, ports } = world();
    await opened();
    const slow = {
      ...archive,
      put: async (...args: Parameters<Archive['put']>) => {
        if (args[0].kind === 'incidents') await world().act({ kind: 'resolve' });
        await archive.put(...args);
      },
    };
    await makeFreeze({ ...ports, archive: slow })({ v: 1, incidentId: 'i-1' }, contextOf());
    expect((await kept())?.closed?.how).toBe('resolved');
    expect((await incidents.incident('i-1'))?.value.frozen).toEqual({});
    expect(await owed()).toEqual(['i-1']);
  });

  test('without a folder, or with one that does not take it, it stays owed', async () => {
    await opened();
    await expect(world({ archive: null }).freeze()).rejects.toMatchObject({ who: 'world' });
    const path = join(folder, 'a-file');
    writeFileSync(path, '');
    await expect(world({ archive: makeFileArchive(path) }).freeze()).rejects.toMatchObject({ who: 'world' });
    expect(await world().owed()).toEqual(['i-1']);
  });

  test('while somebody is at its service the job comes back', async () => {
    const { freeze, owed, ports } = world();
    await opened();
    await ports.rounds.alone(SERVICE, () => expect(freeze()).rejects.toThrow('The watch is busy'));
    expect(await owed()).toEqual(['i-1']);
  });

  test('of which no replica is left is kept all the same', async () => {
    const { freeze, owed, names } = world({ inventory: { all: async () => [] } });
    await opened();
    await freeze();
    expect([await owed(), await names('series'), await names('incidents')]).toEqual([[], [], ['service-0 i-1']]);
  });
});

describe('an incident that has closed', () => {
  test('is kept as it ended, before Redis forgets it', async () => {
    const { archive, freeze, act, owed, names } = world();
    await opened();
    await freeze();
    await act({ kind: 'resolve' });
    expect(await owed()).toEqual(['i-1']);
    await freeze();
    expect(await names('series')).toEqual(['service-0 i-1 opening', 'service-0 i-1 end']);
    const { closed, moments } = JSON.parse(await textOf(archive, 'incidents', 'service-0 i-1'));
    expect([closed.how, moments.at(-1).kind]).toEqual(['resolved', 'resolve-by']);
    expect(await names('cases')).toEqual([]);
  });

  test('as no leak becomes a labelled case, which `bench/detect` takes as it is; opened again, the case goes', async () => {
    const { freeze, act, names, archive, owed } = world();
    await opened();
    await act(NOT_A_LEAK);
    await freeze();
    expect(await names('cases')).toEqual(['service-0 i-1']);
    const file = readdirSync(join(folder, 'cases')).find((name) => name.endsWith('.jsonl.gz')) ?? '';
    const lines = [];
    for await (const line of readCorpus(join(folder, 'cases', file))) lines.push(line);
    expect(lines.map(({ id, family, label, intervalSec }) => [id, family, label, intervalSec])).toEqual([
      ['i-1/hv-01/service-0/1', 'not-a-leak', 'no-leak', 15],
      ['i-1/hv-01/service-0/2', 'not-a-leak', 'no-leak', 15],
    ]);
    const [first = ''] = (await textOf(archive, 'cases', 'service-0 i-1')).split('\n');
    expect(JSON.parse(first)).toMatchObject({ reason: 'a cache: fills by noon', by: 'U0ANA', at: expect.any(Number) });

    await act({ kind: 'reopen' });
    expect(await owed()).toEqual(['i-1']);
    await freeze();
    expect(await names('cases')).toEqual([]);
    expect(JSON.parse(await textOf(archive, 'incidents', 'service-0 i-1'))).not.toHaveProperty('closed');
  });
});

describe('rounds', () => {
  async function enqueued(unfrozen: () => Promise<readonly Incident[]>, nowMs: number) {
    const jobs: { name: string; payload: object; options: EnqueueOptions | undefined }[] = [];
    const { incidents } = world();
    const rounds = makeRoundsJob({
      ...{ inventory: { all: async () => [] }, rounds: makeRounds(redis), incidents, unfrozen },
      ...{ digests: makeDigests(redis), rules: { now: () => NO_RULES } },
      enqueue: async (name, payload, options) => void jobs.push({ name, payload, options }),
    });
    await rounds({ v: 1 }, { ...contextOf(), nowMs: () => nowMs });
    return jobs;
  }
  const oncesOf = async (unfrozen: () => Promise<readonly Incident[]>, nowMs: number) =>
    (await enqueued(unfrozen, nowMs)).filter(({ name }) => name === 'freeze').map(({ options }) => options?.once);

  test('have what is owed put there: once, once more when it changes, and once more a day', async () => {
    const one = incident('i-1', SERVICE);
    const at = async (over: Partial<Incident>, nowMs: number) => (await oncesOf(async () => [{ ...one, ...over }], nowMs))[0];
    const DAY = 24 * HOUR;
    const once = [
      await at({}, 5 * DAY),
      await at({ closed: { atMs: 7, how: 'resolved' } }, 5 * DAY),
      await at({ frozen: { closedMs: 7 } }, 5 * DAY),
      await at({}, 6 * DAY),
    ];
    expect(new Set(once).size).toBe(4);
    expect(await at({}, 5 * DAY + HOUR)).toBe(once[0]);
  });

  test('look for heaps that are due once in half a minute, also when the clock is set back to an hour that was done', async () => {
    const done = new Set<string>();
    const isAsked = async (nowMs: number) => {
      const job = (await enqueued(async () => [], nowMs)).find(({ name }) => name === 'heap-rounds');
      const { once } = job?.options ?? {};
      const isNew = job !== undefined && !(once && done.has(once));
      if (once) done.add(once);
      return isNew;
    };
    const halfAMinuteGoesBy = async () => {
      for (const name of await redis.keys('*:turn:*')) await redis.del(name);
    };
    await halfAMinuteGoesBy();
    expect([await isAsked(3 * HOUR), await isAsked(3 * HOUR + 5_000)]).toEqual([true, false]);
    await halfAMinuteGoesBy();
    expect(await isAsked(4 * HOUR)).toBe(true);
    await halfAMinuteGoesBy();
    expect(await isAsked(3 * HOUR)).toBe(true);
  });
});
