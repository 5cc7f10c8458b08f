import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { makeAnnotate } from '../../jobs/annotate.js';
import { makeGrafana } from '../../src/delivery/pagers/grafana.js';
import type { Incident } from '../../src/model/incident.js';
import type { Pages } from '../../src/model/page.js';
import { untakenPages } from '../../src/render/page-words.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { makeMarks, makePages } from '../../src/store/pages.js';
import { connectRedis } from '../../src/store/redis.js';
import { contextOf } from '../delivery/harness.js';
import { type GrafanaDouble, startGrafana } from '../support/grafana.js';
import { incident, openIn } from '../support/incidents.js';
import { ownDatabase, untilReady } from '../support/parts/redis.js';

/** Incidents and a strict Grafana; the clock is the test's. What is due is asked of a real Redis, as the rounds do. */
const TOKEN = 'glsa_0123456789abcdef';
const T0 = Date.UTC(2026, 10, 24, 3);
const MINUTE = 60_000;
let database: Awaited<ReturnType<typeof ownDatabase>>;
let redis: Redis;
let grafana: GrafanaDouble;
let nowMs: number;
beforeAll(async () => {
  database = await ownDatabase();
  redis = connectRedis(database.url, 2_000, () => {});
  await untilReady(redis);
});
beforeEach(async () => {
  await redis.flushdb();
  grafana = await startGrafana(TOKEN);
  nowMs = T0 + 5_000;
});
afterEach(() => grafana.stop());
afterAll(async () => {
  redis.disconnect();
  await database.close();
});

const incidents = () => makeIncidents(redis);
const open = (id: string, over: Partial<Incident> = {}) =>
  openIn(redis, incident(id, `shop/${id}-svc`, { openedMs: T0, ...over }));
async function change(id: string, over: Partial<Incident>, without?: 'closed') {
  const found = await incidents().incident(id);
  if (!found) throw new Error(`no ${id}`);
  const { closed: _, ...rest } = found.value;
  const value = { ...(without ? rest : found.value), ...over } as Incident;
  const watched = await incidents().watched(value.service.id);
  await incidents().commit({ serviceId: value.service.id, watched, incident: { version: found.version, value } });
}
function worker(over: Partial<Pages> = {}, token = TOKEN) {
  return makeAnnotate({
    ...{ incidents: incidents(), marks: { ...makeMarks(redis), ...over }, outbox: makeOutbox(redis) },
    marker: makeGrafana({ url: grafana.url, token }),
    permalink: async () => 'https://x.slack.com/archives/C1/p1?a=1&b=2',
  });
}
const round = (job = worker()) => job({ v: 1 }, { ...contextOf(), nowMs: () => nowMs });
const marked = () => [...grafana.annotations.values()];
const due = async () => (await makeMarks(redis).due(nowMs, 10)).length;

describe('an incident in graphs', () => {
  test('is a mark when it opens, with its service, and a region once it closed; nothing is due any more', async () => {
    await open('api');
    await round();
    expect(marked()).toEqual([
      {
        ...{ id: 1, time: T0, timeEnd: T0 },
        tags: ['leakwatch_incident:api', 'leakwatch', 'service:api-svc'],
        text: expect.stringMatching(/^shop\/api-svc leaking: \+40 MiB\/h per replica$/),
      },
    ]);
    expect(await due()).toBe(0);
    await change('api', { closed: { atMs: T0 + 60 * MINUTE, how: 'fixed' } });
    nowMs = T0 + 61 * MINUTE;
    await round();
    await round();
    expect(marked()).toMatchObject([{ id: 1, time: T0, timeEnd: T0 + 60 * MINUTE }]);
    expect(grafana.asked.filter((one) => one.startsWith('POST'))).toHaveLength(1);
    expect([grafana.refused, await due()]).toEqual([[], 0]);
  });

  test('opened again it has no end; closed again it has another', async () => {
    await open('api', { closed: { atMs: T0 + 1, how: 'resolved' } });
    await round();
    await change('api', {}, 'closed');
    await round();
    expect(marked()).toMatchObject([{ id: 1, time: T0, timeEnd: T0 }]);
    await change('api', { closed: { atMs: T0 + 9 * MINUTE, how: 'fixed' } });
    nowMs = T0 + 10 * MINUTE;
    await round();
    expect(marked()).toMatchObject([{ id: 1, timeEnd: T0 + 9 * MINUTE }]);
  });

  test('the worker dies before, and after, Grafana took it, or the answer is lost: one mark', async () => {
    await open('api');
    const real = makeMarks(redis);
    const dies = (at: number) => {
      let kept = 0;
      const keep: Pages['keep'] = (...args) => (++kept === at ? Promise.reject(new Error('died')) : real.keep(...args));
      return worker({ keep });
    };
    await expect(round(dies(1))).rejects.toThrow('died');
    expect(marked()).toEqual([]);
    await expect(round(dies(2))).rejects.toThrow('died');
    grafana.fail('after', 1);
    await round();
    nowMs += 2 * MINUTE;
    await round();
    expect(marked()).toHaveLength(1);
    expect(await due()).toBe(0);
  });

  test('two that two workers made at once are one again when it closes', async () => {
    await open('api');
    await round();
    const [first] = marked();
    grafana.annotations.set(2, { ...(first ?? { time: 0, timeEnd: 0, tags: [], text: '' }), id: 2 });
    await change('api', { closed: { atMs: T0 + 1, how: 'fixed' } });
    await round();
    expect(marked().map(({ id, timeEnd }) => [id, timeEnd])).toEqual([[1, T0 + 1]]);
  });

  test('Grafana was away from its opening to its end: it is marked all the same, once', async () => {
    grafana.fail(502, 100);
    await open('api');
    const job = worker();
    await round(job);
    await change('api', { closed: { atMs: T0 + MINUTE, how: 'recovered' } });
    grafana.fail(502, 0);
    nowMs = T0 + 5 * MINUTE;
    await round(job);
    expect(marked()).toMatchObject([{ time: T0, timeEnd: T0 + MINUTE }]);
  });
});

test.each(['fleet', 'service'])('the dashboard %s asks for it by the tags that it has', async (name) => {
  await open('api');
  await round();
  const { annotations } = JSON.parse(readFileSync(`deploy/grafana/dashboards/${name}.json`, 'utf8'));
  const tags: string[] = annotations.list[0].target.tags.map((tag: string) => tag.replace('$service', 'api-svc'));
  const asked = async (wanted: readonly string[]) => {
    const query = new URLSearchParams(wanted.map((tag): [string, string] => ['tags', tag]));
    const answer = await fetch(`${grafana.url}api/annotations?${query}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    return ((await answer.json()) as { id: number }[]).map(({ id }) => id);
  };
  expect(await asked(tags)).toEqual([1]);
  expect(await asked([...tags, 'service:cart'])).toEqual([]);
});

describe('a Grafana that does not do as asked', () => {
  test.each([
    [
      401,
      /^1 annotation not taken since 03:00 UTC, tried again every minute: Grafana does not take it: HTTP 401 \(.*Invalid API key/,
    ],
    [403, /HTTP 403 \(.*annotations:write/],
    [404, /HTTP 404 \(.*Not found/],
    [502, /HTTP 502/],
  ])('%s stands in status until it is taken', async (status, words) => {
    await open('api');
    grafana.fail(status, 1);
    const job = worker();
    await round(job);
    // Pages and marks are told of together, and are not each other's.
    const failing = () => makePages(redis).failing();
    expect(untakenPages(await failing(), nowMs)).toEqual([expect.stringMatching(words)]);
    expect(await makePages(redis).due(nowMs, 10)).toEqual([]);
    nowMs += 2 * MINUTE;
    await round(job);
    expect([await failing(), marked().length]).toEqual([[], 1]);
  });

  test('a wrong token is in no message, and nothing of what is asked is in it', async () => {
    await open('api');
    await round(worker({}, 'glsa_wrong'));
    expect(untakenPages(await makePages(redis).failing(), nowMs).join()).not.toMatch(/glsa|127\.0\.0\.1/);
  });

  test('a storm of incidents asks it once a minute, not once each, and they are all marked when it is back', async () => {
    for (let i = 0; i < 30; i += 1) await open(`s${i}`);
    grafana.fail(502, 1_000);
    const job = worker();
    for (let second = 0; second < 60; second += 5) {
      nowMs = T0 + 5_000 + second * 1_000;
      await round(job);
    }
    expect(grafana.asked).toHaveLength(1);
    grafana.fail(502, 0);
    nowMs += 2 * MINUTE;
    await round(job);
    expect(marked()).toHaveLength(30);
  });

  test('one that hangs is not waited for longer than eight seconds', async () => {
    await open('api');
    grafana.fail('never', 1);
    const fromMs = performance.now();
    await round();
    expect(performance.now() - fromMs).toBeLessThan(9_000);
    expect(untakenPages(await makePages(redis).failing(), nowMs)).toEqual([expect.stringMatching(/Grafana/)]);
  }, 15_000);

  test('names are text there, not markup, and tags are short', async () => {
    await openIn(redis, incident('evil', `shop/<img src=x onerror=alert(1)>,${'x'.repeat(300)}`, { openedMs: T0 }));
    await round();
    expect(grafana.refused).toEqual([]);
    expect(marked()[0]?.text).toContain('&lt;img');
    expect(marked()[0]?.text).not.toContain('<img');
  });
});

test('without a Grafana nothing is asked, and what would be marked is forgotten with its incident', async () => {
  const DAY = 24 * 60 * MINUTE;
  await open('old', { closed: { atMs: T0, how: 'fixed' } });
  await openIn(redis, incident('new', 'shop/new-svc', { openedMs: T0 + 100 * DAY }));
  expect(await redis.zrange('leakwatch:v1:marks-due', '0', '-1')).toEqual(['new']);
  await makeAnnotate({ ...nobody(), marker: null })({ v: 1 }, { ...contextOf(), nowMs: () => nowMs });
  expect(grafana.asked).toEqual([]);
});

function nobody() {
  return { incidents: incidents(), marks: makeMarks(redis), outbox: makeOutbox(redis), permalink: async () => null };
}
