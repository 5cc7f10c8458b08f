import { beforeAll, describe, expect, test } from '@jest/globals';
import { makeAct } from '../../jobs/act.js';
import { makeWatch } from '../../jobs/watch.js';
import type { Incident } from '../../src/model/incident.js';
import type { WatchEvent } from '../../src/model/watch.js';
import type { Enqueue } from '../../src/queue/enqueue.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { makeRounds } from '../../src/store/rounds.js';
import { makeStorms } from '../../src/store/storms.js';
import { contextOf } from '../delivery/harness.js';
import { ownRedis } from '../support/own-redis.js';
import { toldService, type Version } from '../support/told-service.js';

/** A service and its deploys, looked at as the watch does it, hour by hour, on a real Redis. */
const [MINUTE, HOUR] = [60_000, 3_600_000];
const T0 = Date.UTC(2026, 10, 24);
const [OLD, NEW, FIX] = ['1'.repeat(40), '2'.repeat(40), '3'.repeat(40)];
const COMPARED = (from: string, to: string) => `<https://github.com/shop/api/compare/${from}...${to}|compare>`;
const version = (n: number, hour: number, revision: string, mibAt: Version['mibAt']): Version => ({
  ...{ image: `shop/api:v1.42.${n}`, fromMs: T0 + hour * HOUR, mibAt, revision },
});
const flat = () => 90;
const leak = (perHour: number) => (ageMs: number) => 90 + (ageMs / HOUR) * perHour;

const { redis } = await ownRedis();

async function watched(versions: readonly Version[], hours: number, everyMs = 15 * MINUTE) {
  await redis.flushdb();
  const service = toldService(versions, T0 + hours * HOUR);
  const [incidents, rounds, outbox] = [makeIncidents(redis), makeRounds(redis), makeOutbox(redis)];
  const enqueue: Enqueue = async () => {};
  const digest: (WatchEvent & { atMs: number })[] = [];
  const watch = makeWatch({
    ...{ ...service.ports, incidents, rounds, outbox, enqueue, storms: makeStorms(redis) },
    placeOf: () => ({ place: { channel: 'C1' } }),
    pageMs: () => 4 * HOUR,
    digest: async (_, event, atMs) => void digest.push({ ...event, atMs }),
  });
  const seen: { readonly atMs: number; readonly incident: Incident }[] = [];
  for (let atMs = T0 - HOUR; atMs < T0 + hours * HOUR; atMs += everyMs) {
    service.at(atMs);
    await watch({ v: 1, serviceId: 'shop/api-svc' }, { ...contextOf(), nowMs: () => atMs });
    const [incident] = await incidents.ofService('shop/api-svc', 1);
    if (incident && incident.count !== seen.at(-1)?.incident.count) seen.push({ atMs, incident });
  }
  const act = makeAct({ ...service.ports, incidents, rounds, outbox, enqueue, placeOf: () => ({}) });
  const said = seen.flatMap(({ incident }) => incident.unsaid.filter(({ as }) => as === 'evidence'));
  const lines = [...new Map(said.map(({ key, message }) => [key, message.text])).values()];
  return { digest, seen, lines, act, at: service.at, incidents, audit: (await incidents.watched('shop/api-svc')).value.audit };
}

const rootOf = (incident: Incident | undefined) => incident?.unsaid.find(({ as }) => as === 'root');
const wordsOf = (incident: Incident | undefined) => JSON.stringify(rootOf(incident)?.message.blocks);

describe('a deploy that leaks, slowly', () => {
  let run: Awaited<ReturnType<typeof watched>>;
  beforeAll(async () => {
    run = await watched([version(0, -24, OLD, flat), version(1, 0, NEW, leak(6))], 34);
  }, 60_000);

  test('is a line of the digest first, with both images and both slopes', () => {
    const [first] = run.digest.filter(({ audit }) => audit);
    expect(first?.audit).toMatchObject({ result: 'worse', image: 'shop/api:v1.42.1', previousImage: 'shop/api:v1.42.0' });
    expect(first?.audit?.compareUrl).toBe(`https://github.com/shop/api/compare/${OLD}...${NEW}`);
    expect(first?.atMs).toBeLessThanOrEqual(run.seen[0]?.atMs ?? Number.POSITIVE_INFINITY);
    expect(run.digest.filter(({ audit }) => audit)).toHaveLength(1);
  });
  test('and the root says it when the incident opens; nothing of it goes to the thread', () => {
    const root = wordsOf(run.seen[0]?.incident);
    expect(root).toContain(`right at v1.42.0 → v1.42.1 (${COMPARED(OLD, NEW)}): 0 ± `);
    expect(root).toMatch(/iB\/h before it, \+[\d.]+ MiB\/h per replica \([\d.–]+\) after/);
    expect(run.lines.filter((text) => text.includes('worse'))).toEqual([]);
  });
});

describe('a deploy that leaks fast, and one that fixes it', () => {
  let run: Awaited<ReturnType<typeof watched>>;
  beforeAll(async () => {
    run = await watched([version(0, -24, OLD, flat), version(1, 0, NEW, leak(60)), version(2, 5, FIX, flat)], 14);
  }, 60_000);

  test('once it is said, the comparison is part of it', () => {
    expect(run.digest.filter(({ audit }) => audit)).toEqual([]);
    const opened = run.seen[0];
    const comparison = [wordsOf(opened?.incident), ...run.lines].filter((text) => /made it worse|before it, \+/.test(text ?? ''));
    expect(comparison).toHaveLength(1);
    expect(comparison[0]).toContain(COMPARED(OLD, NEW));
  });
  test('the fix is told with a link to what changed', () => {
    const [deploy] = run.lines.filter((text) => text.startsWith('🚀'));
    expect(deploy).toContain(`v1.42.1 → v1.42.2 (${COMPARED(NEW, FIX)}) since`);
    const last = run.seen.at(-1)?.incident;
    expect(last?.closed?.how).toBe('fixed');
    expect(wordsOf(last)).toContain(`Fixed by v1.42.2 (${COMPARED(NEW, FIX)})`);
    expect(run.audit?.past.map(({ image, result }) => [image, result])).toEqual([['shop/api:v1.42.1', 'worse']]);
    // Whether that is better without an incident is another question, and can wait for a day to be seen.
    expect(run.audit?.trial?.image.image).toBe('shop/api:v1.42.2');
  });
  test('its last picture has growth, the deploy that began it, the one that ended it, and how', () => {
    const chart = rootOf(run.seen.at(-1)?.incident)?.chart;
    expect(chart?.title).toMatch(/^api-svc: fixed by v1\.42\.2, \+[\d.]+ MiB\/h → 0 ± /);
    expect(chart?.altText).not.toMatch(/unknown|can't tell/);
    const labels = chart?.config.data.datasets.map(({ label }) => label);
    expect(labels).toEqual(expect.arrayContaining(['anon', 'deploy v1.42.1', 'deploy v1.42.2']));
    const anon = chart?.config.data.datasets.find(({ label }) => label === 'anon')?.data as (number | null)[];
    const peak = Math.max(...anon.map((value) => value ?? 0));
    expect(peak).toBeGreaterThan(300);
    expect(anon.indexOf(peak) / anon.length).toBeGreaterThan(0.4);
    expect(anon.indexOf(peak) / anon.length).toBeLessThan(0.9);
  });
});

test('whatever a person does with it, its picture stays', async () => {
  const run = await watched([version(0, -24, OLD, flat), version(1, 0, NEW, leak(60))], 4);
  const id = run.seen[0]?.incident.id ?? '';
  run.at(T0 + 4 * HOUR - MINUTE);
  const context = { ...contextOf(), nowMs: () => T0 + 4 * HOUR - MINUTE };
  const acts = [{ kind: 'acknowledge' }, { kind: 'snooze', untilMs: null }, { kind: 'resolve' }, { kind: 'reopen' }] as const;
  for (const [i, act] of acts.entries()) {
    await run.act(
      { v: 1, incidentId: id, act, by: 'U1', atMs: T0 + 4 * HOUR + i, outboxKey: 'x' } as Parameters<typeof run.act>[0],
      context,
    );
    const found = await run.incidents.incident(id);
    const chart = rootOf(found?.value)?.chart;
    expect([act.kind, chart?.title]).toEqual([
      act.kind,
      expect.stringContaining(act.kind === 'resolve' ? 'resolved by hand, +' : 'anon +'),
    ]);
  }
}, 60_000);
