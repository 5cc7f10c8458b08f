import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { makePage, type PagePorts } from '../../jobs/page.js';
import { makePagerDuty } from '../../src/delivery/pagers/pagerduty.js';
import type { Incident } from '../../src/model/incident.js';
import { untakenPages } from '../../src/render/page-words.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { makePages } from '../../src/store/pages.js';
import { connectRedis } from '../../src/store/redis.js';
import { contextOf } from '../delivery/harness.js';
import { incident, openIn } from '../support/incidents.js';
import { type PagerDutyDouble, startPagerDuty } from '../support/pagerduty.js';
import { ownDatabase, untilReady } from '../support/parts/redis.js';

/** One incident and a strict PagerDuty; the clock is the test's. What is due is asked of a real Redis, as the rounds do. */
const KEY = '0123456789abcdef0123456789abcdef';
const T0 = Date.UTC(2026, 10, 24, 3);
let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;
let pagerDuty: PagerDutyDouble;
let nowMs: number;
beforeAll(async () => {
  database = await ownDatabase();
  redis = connectRedis(database.url, 2_000, () => {});
  await untilReady(redis);
});
beforeEach(async () => {
  await redis.flushdb();
  pagerDuty = await startPagerDuty(KEY);
  nowMs = T0;
});
afterEach(() => pagerDuty.stop());
afterAll(async () => {
  redis.disconnect();
  await database.close();
});

const pages = () => makePages(redis);
const incidents = () => makeIncidents(redis);
const open = (over: Partial<Incident> = {}) =>
  openIn(redis, incident('i-1', 'shop/api-svc', { level: 'page', openedMs: T0, ...over }));
async function change(over: Partial<Incident>, without?: 'closed') {
  const found = await incidents().incident('i-1');
  const watched = await incidents().watched('shop/api-svc');
  const { closed: _, ...rest } = found?.value ?? incident('i-1', 'shop/api-svc');
  const value = { ...(without ? rest : (found?.value ?? rest)), ...over } as Incident;
  await incidents().commit({ serviceId: 'shop/api-svc', watched, incident: { version: found?.version ?? 0, value } });
}
/** A round: whoever is due is told. Gives how many were. */
async function round(over: Partial<PagePorts> = {}): Promise<number> {
  const due = await pages().due(nowMs, 10);
  const ports: PagePorts = {
    ...{
      incidents: incidents(),
      pages: pages(),
      outbox: makeOutbox(redis),
      permalink: async () => null,
    },
    pagers: [makePagerDuty({ url: pagerDuty.url, routingKey: KEY })],
    ...over,
  };
  for (const incidentId of due) await makePage(ports)({ v: 1, incidentId }, { ...contextOf(), nowMs: () => nowMs });
  return due.length;
}
const paged = () => pagerDuty.alerts.get('i-1');

describe('a page', () => {
  test('goes out once; what people do follows; nothing is due any more when it is over', async () => {
    await open();
    expect(await round()).toBe(1);
    expect(await round()).toBe(0);
    await change({ acknowledged: { by: 'U1', atMs: T0 + 1 } });
    await round();
    await change({ closed: { atMs: T0 + 2, how: 'fixed' } });
    await round();
    expect(await round()).toBe(0);
    expect(paged()).toMatchObject({ state: 'resolved', woken: 1, events: ['trigger', 'acknowledge', 'resolve'] });
    expect([pagerDuty.refused, pagerDuty.unmatched]).toEqual([[], []]);
    expect(await redis.zcard('leakwatch:v1:pages-due')).toBe(0);
  });

  test('a message wakes nobody, until it is a page', async () => {
    await open({ level: 'message' });
    expect(await round()).toBe(0);
    await change({ level: 'page', moments: [{ atMs: T0 + 5, kind: 'page', words: '' }] });
    await round();
    expect(paged()?.state).toBe('triggered');
  });

  test('over, or in hand, before anybody could be woken: nobody is', async () => {
    await open({ closed: { atMs: T0, how: 'recovered' } });
    await round();
    await change({ acknowledged: { by: 'U1', atMs: T0 + 1 } }, 'closed');
    await round();
    expect(pagerDuty.alerts.size).toBe(0);
  });

  test('opened again: it rings again', async () => {
    await open();
    await round();
    await change({ closed: { atMs: T0 + 2, how: 'resolved', by: 'U1' } });
    await round();
    await change({}, 'closed');
    await round();
    expect(paged()).toMatchObject({ state: 'triggered', woken: 2 });
  });

  test('the worker dies before, and after, PagerDuty took it: sent again, one page', async () => {
    await open();
    const dies = (at: number) => {
      let kept = 0;
      const own = pages();
      return {
        ...own,
        keep: (...args: Parameters<typeof own.keep>) => (++kept === at ? Promise.reject(new Error('died')) : own.keep(...args)),
      };
    };
    await expect(round({ pages: dies(1) })).rejects.toThrow('died');
    expect(paged()).toBeUndefined();
    await expect(round({ pages: dies(2) })).rejects.toThrow('died');
    await round();
    expect(paged()).toMatchObject({ woken: 1, events: ['trigger', 'trigger'] });
  });

  test('the answer is lost and it is over meanwhile: it is resolved, since it may ring', async () => {
    await open();
    pagerDuty.fail('after', 1);
    await round();
    await change({ closed: { atMs: T0 + 2, how: 'fixed' } });
    nowMs += 60_000;
    await round();
    expect(paged()).toMatchObject({ state: 'resolved', woken: 1 });
  });

  test('not taken: tried after 5, 10, 20 … 60 s, stands in status with the reason, and leaves it when it is taken', async () => {
    await open();
    pagerDuty.fail(429, 3);
    const tried: number[] = [];
    for (nowMs = T0; nowMs <= T0 + 60_000; nowMs += 1_000) if ((await round()) > 0) tried.push((nowMs - T0) / 1000);
    expect(tried).toEqual([0, 5, 15, 35]);
    expect(paged()?.woken).toBe(1);
    expect(await pages().failing()).toEqual([]);
    pagerDuty.fail(500, 1);
    await change({ closed: { atMs: T0 + 2, how: 'fixed' } });
    await round();
    expect(untakenPages(await pages().failing(), nowMs)).toEqual([
      expect.stringMatching(/^1 page not taken since 03:01 UTC, .*PagerDuty does not take it: HTTP 500 \(.*too quickly/),
    ]);
  });

  test('it changes while a pager is told: it is due at once, not in its time', async () => {
    await open();
    const changing = {
      name: 'PagerDuty' as const,
      refreshMs: null,
      send: () => change({ acknowledged: { by: 'U1', atMs: T0 + 1 } }),
    };
    await round({ pagers: [changing] });
    expect(await round()).toBe(1);
    expect(await round()).toBe(0);
  });

  test('a worker that was frozen says late that it rings, after it was said to be over: the pager hears that it is over', async () => {
    await open();
    const real = makePagerDuty({ url: pagerDuty.url, routingKey: KEY });
    const [frozen, thaw] = gate();
    const [sent, sending] = gate();
    const slow = {
      ...real,
      async send(...args: Parameters<typeof real.send>) {
        sending();
        await frozen;
        await real.send(...args);
      },
    };
    const late = round({ pagers: [slow] });
    await sent;
    await change({ closed: { atMs: T0 + 2, how: 'fixed' } });
    await round();
    expect(await round()).toBe(0);
    thaw();
    await late;
    while ((await round()) > 0);
    expect(paged()?.state).toBe('resolved');
    expect((await pages().record('i-1')).PagerDuty?.step).toBe('resolve');
  });
});

function gate(): [Promise<void>, () => void] {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [closed, open];
}
