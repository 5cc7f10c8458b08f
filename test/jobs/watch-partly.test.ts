import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LookPorts } from '../../jobs/look.js';
import { makeRecall } from '../../jobs/recall.js';
import { makeWatch } from '../../jobs/watch.js';
import type { RememberedStore } from '../../src/model/history.js';
import type { Replica } from '../../src/model/replica.js';
import type { Sample } from '../../src/model/sample.js';
import { makePrometheusClient } from '../../src/sources/prometheus/client.js';
import { makeLongHistory } from '../../src/sources/prometheus/long-history.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { makeRemembered } from '../../src/store/remembered.js';
import { makeRounds } from '../../src/store/rounds.js';
import { makeStorms } from '../../src/store/storms.js';
import { contextOf } from '../delivery/harness.js';
import { drawnTold } from '../support/drawn-told.js';
import { beat, replica } from '../support/fleet.js';
import { incident, openIn } from '../support/incidents.js';
import { openMetrics, type Told } from '../support/open-metrics.js';
import { ownRedis } from '../support/own-redis.js';
import { startPartly } from '../support/parts/partly.js';
import { freePort } from '../support/parts/process.js';
import { type PrometheusPart, startPrometheus } from '../support/parts/prometheus.js';

/**
 * The watch over a service of two replicas, whose past a real Prometheus has: of it half is missing, which is said, or all, since nobody answers.
 *
 *     1   ________________________     on hv-01
 *     2   ____________////////////     on hv-02: in what is missing
 */
const [MINUTE, HOUR] = [60_000, 3_600_000];
const NOW = Math.floor(Date.now() / (5 * MINUTE)) * 5 * MINUTE;
const SERVICE = 'shop/api-svc';
const PARTLY = { warnings: ['store-3 is gone'] };

const { redis } = await ownRedis();
const closers: (() => Promise<void>)[] = [];
let prometheus: PrometheusPart;
let told: Told[];
beforeAll(async () => {
  told = ['_'.repeat(36), `${'_'.repeat(24)}${'/'.repeat(12)}`].map((picture, i) =>
    drawnTold('api-svc', i + 1, picture, NOW, { instance: `hv-0${i + 1}:8080` }),
  );
  prometheus = await startPrometheus(openMetrics(told));
}, 60_000);
beforeEach(() => redis.flushdb());
afterEach(async () => void (await Promise.all(closers.splice(0).map((close) => close()))));
afterAll(() => prometheus.stop());

const isReplica = (number: number) => (labels: Readonly<Record<string, string>>) =>
  labels.container_label_com_docker_compose_container_number === String(number);

const whole = async () => prometheus.url;
const nobody = async () => `http://127.0.0.1:${await freePort()}`;
const onlyOf = (number: number) => async () => {
  const part = await startPartly(prometheus.url, PARTLY, isReplica(number));
  closers.push(part.stop);
  return part.url;
};

type Agents = { readonly [N in 1 | 2]: (t: number) => Sample | null };

/** The watch's own job, at any time; what it knows of Prometheus lives as long as it would. */
function watching(agents: Agents, silent: (nowMs: number) => readonly string[] = () => []) {
  let nowMs = 0;
  let history: ReturnType<typeof makeLongHistory>;
  const replicas = told.map(({ labels }, i): Replica => {
    const containerId = /[0-9a-f]{64}/.exec(labels.id ?? '')?.[0] ?? '';
    return replica(SERVICE, i + 1, {
      host: `hv-0${i + 1}`,
      run: { containerId, image: 'api-svc:1', startedAtMs: NOW - 36 * HOUR },
    });
  });
  const samplesOf = (key: string, fromMs: number, toMs: number): Sample[] => {
    const of = agents[key === replicas[0]?.key ? 1 : 2];
    const times = Array.from({ length: (toMs - fromMs) / MINUTE }, (_, i) => toMs - i * MINUTE).reverse();
    return times.flatMap((t) => of(t) ?? []);
  };
  const real = makeRemembered(redis);
  const ends = new Map<string, number>();
  const remembered: RememberedStore = {
    read: async (key) => ((ends.get(key) ?? 0) > nowMs ? real.read(key) : null),
    keep: async (key, past, lifeMs) => {
      ends.set(key, nowMs + lifeMs);
      await real.keep(key, past, lifeMs);
    },
  };
  const inventory = { all: async () => replicas };
  const runs = { read: async (key: string) => replicas.filter((one) => one.key === key).map(({ run }) => run) };
  const recall = makeRecall({
    ...{ remembered, inventory, runs, warn: () => {} },
    history: { ...makeLongHistory(nowhere), past: (...asked) => history.past(...asked) },
  });
  const ports: LookPorts = {
    ...{ inventory, runs, ledger: { read: async () => [] }, recall },
    samples: { read: async (key, fromMs, toMs) => samplesOf(key, fromMs, toMs) },
    hosts: {
      all: async () => ['hv-01', 'hv-02'].map((host) => beat(host, silent(nowMs).includes(host) ? nowMs - HOUR : nowMs)),
    },
  };
  const incidents = makeIncidents(redis);
  const verdicts = new Set<string>();
  const watch = makeWatch({
    ...{ ...ports, incidents, rounds: makeRounds(redis), outbox: makeOutbox(redis), storms: makeStorms(redis) },
    ...{ placeOf: () => ({ place: { channel: 'C1' } }), pageMs: () => 4 * HOUR, digest: async () => {}, enqueue: async () => {} },
    found: async ({ verdict }) => void verdicts.add(verdict),
  });
  /** Looks from one hour to another, counted from the end; what was found, and the service's last incident. */
  return async (askedOf: () => Promise<string>, fromHour: number, toHour: number, everyMs = 5 * MINUTE) => {
    const answersTo = { token: undefined, user: undefined, password: undefined, tenant: undefined };
    history = makeLongHistory(makePrometheusClient({ url: await askedOf(), ...answersTo }));
    verdicts.clear();
    for (nowMs = NOW + fromHour * HOUR; nowMs <= NOW + toHour * HOUR; nowMs += everyMs)
      await watch({ v: 1, serviceId: SERVICE }, { ...contextOf(), nowMs: () => nowMs });
    const [last] = await incidents.ofService(SERVICE, 1);
    return { verdicts: [...verdicts].sort(), last, root: JSON.stringify(last?.unsaid.find(({ as }) => as === 'root')?.message) };
  };
}
const LATEST = { growthBytesPerHour: 40 * 2 ** 20, limitAtMs: null };
const nowhere = { range: () => Promise.reject(new Error('not asked')), series: () => Promise.reject(new Error('not asked')) };

/** What an agent has of a replica from so many hours before the end on. */
const since = (number: 1 | 2, hour: number) => (t: number) =>
  t >= NOW + hour * HOUR ? (told[number - 1]?.samples.find((sample) => sample.t === t) ?? null) : null;

describe.each<[string, () => Promise<string>]>([
  ['half of it is missing', onlyOf(1)],
  ['nobody answers', nobody],
])('%s', (_what, asked) => {
  test('what is missing opens no incident; when it is there, it does', async () => {
    const look = watching({ 1: since(1, -4), 2: since(2, -4) });
    expect((await look(asked, -3.5, -1)).last).toBeUndefined();
    const { last, verdicts } = await look(whole, -1 + 1 / 12, 0);
    expect(verdicts).toContain('leaking');
    expect(last?.closed).toBeUndefined();
    expect(last?.opening.since?.atMs).toBeLessThan(NOW - 9 * HOUR);
  }, 120_000);

  test('an open incident is not over for what is missing, however long that lasts; when all is there and calm, it is', async () => {
    await openIn(
      redis,
      incident('i-1', SERVICE, { openedMs: NOW - 35 * HOUR, latest: { ...LATEST, hosts: ['hv-01', 'hv-02'] } }),
    );
    const backAt = -20;
    const isSilent = (nowMs: number) => nowMs < NOW + backAt * HOUR;
    const look = watching({ 1: since(1, -36), 2: since(2, backAt) }, (nowMs) => (isSilent(nowMs) ? ['hv-02'] : []));
    const { last, verdicts } = await look(asked, -34, backAt - 1 / 12, 15 * MINUTE);
    expect(verdicts).toContain('unknown');
    expect(verdicts).not.toContain('stable');
    expect({ closed: last?.closed, moments: last?.moments }).toEqual({ closed: undefined, moments: [] });
    expect((await look(whole, backAt, -17)).last?.closed).toMatchObject({ how: 'recovered' });
  }, 120_000);
});

test('what is there of it and leaks is said, and that it is half', async () => {
  const look = watching({ 1: since(1, -3), 2: since(2, -3) });
  const { last, root } = await look(onlyOf(2), -2.5, 0);
  expect(last?.closed).toBeUndefined();
  expect(root).toContain('1 of 2 replicas grows');
  expect(root).toContain('⚠️ Prometheus answered in part: store-3 is gone');
}, 120_000);
