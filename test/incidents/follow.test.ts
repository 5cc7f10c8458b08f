import { describe, expect, test } from '@jest/globals';
import { follow, openIncident } from '../../src/incidents/follow.js';
import type { Lives } from '../../src/incidents/runs.js';
import { NO_AUDIT } from '../../src/model/audit.js';
import type { Incident } from '../../src/model/incident.js';
import type { WatchEvent } from '../../src/model/watch.js';
import { newsWords } from '../../src/render/incident-news.js';
import { type Seen, viewOf } from '../support/views.js';

const MIB = 2 ** 20;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 1_700_000_000_000;
const service = { id: 'shop/api', name: 'api', project: 'shop' };
const OLD = { containerId: 'a'.repeat(64), image: 'api:1', startedAtMs: NOW - 5 * HOUR };
const alert = (over: Partial<WatchEvent> = {}): WatchEvent => ({
  ...{ event: 'alert', level: 'message', verdict: 'leaking', reason: 'steady-growth' },
  ...{ growthBytesPerHour: 40 * MIB, limitAtMs: NOW + 6 * HOUR },
  ...over,
});
const resolve = alert({ event: 'resolve', verdict: 'stable', reason: 'flat', growthBytesPerHour: 0, limitAtMs: null });
const one = (...runs: Lives['runs']): Lives[] => [{ name: 'shop-api-1', runs }];
const open = openIncident({ id: 'i-1', service, place: { channel: 'C1' } }, viewOf(NOW), alert(), one(OLD), NO_AUDIT, NOW);
/** The old life ended, and another image runs since then. */
const deployedAt = (atMs: number, image = 'api:2') =>
  one({ ...OLD, endedAtMs: atMs - 1_000, exitCode: 0 }, { containerId: 'b'.repeat(64), image, startedAtMs: atMs });
const look = (incident: Incident, atMs: number, seen: Seen, lives = one(OLD), events: WatchEvent[] = []) =>
  follow(incident, viewOf(atMs, seen), events, lives, atMs, () => undefined);

describe('an incident that opens', () => {
  test('keeps what a fix is compared with, and no news of before', () => {
    const killed = one({ ...OLD, endedAtMs: NOW - HOUR, oomKilled: true }, { ...OLD, startedAtMs: NOW - HOUR });
    const opened = openIncident({ id: 'i', service, place: { channel: 'C1' } }, viewOf(NOW), alert(), killed, NO_AUDIT, NOW);
    expect(opened.opening).toMatchObject({ growthBytesPerHour: { value: 40 * MIB }, images: ['api:1'] });
    expect(opened).toMatchObject({ oomKills: 0, level: 'message' });
    expect(look(opened, NOW + MINUTE, {}, killed).news).toEqual([]);
  });
});

describe('after a deploy', () => {
  const after = NOW + HOUR;
  const deployed = look(open, after + MINUTE, { verdict: 'unknown', reason: 'too-short' }, deployedAt(after));
  test('the deploy is told at once', () => {
    expect(deployed.news).toEqual([{ kind: 'deploy', atMs: after, image: 'api:2', previousImage: 'api:1' }]);
  });
  test('calm is fixed, with both slopes', () => {
    const { incident, news } = look(
      deployed.incident,
      after + 3 * HOUR,
      { verdict: 'stable', image: 'api:2' },
      deployedAt(after),
      [resolve],
    );
    expect(incident.closed).toEqual({ atMs: after + 3 * HOUR, how: 'fixed' });
    expect(news).toMatchObject([
      { kind: 'fixed', image: 'api:2', previousImage: 'api:1', before: 40 * MIB, after: { value: 0 } },
    ]);
  });
  test('growth as before is not fixed, told once', () => {
    const seen: Seen = { image: 'api:2', sinceMs: after, rateMib: 36 };
    const failed = look(deployed.incident, after + 3 * HOUR, seen, deployedAt(after));
    expect(failed.news).toMatchObject([{ kind: 'not-fixed', before: 40 * MIB, after: { value: 36 * MIB } }]);
    expect(look(failed.incident, after + 4 * HOUR, seen, deployedAt(after)).news).toEqual([]);
  });
  test.each<[string, Seen]>([
    ['growth that the old image had part in', { image: 'api:2', sinceMs: after - HOUR }],
    ['growth that may be less than half of what was', { image: 'api:2', sinceMs: after, rateMib: 25, spreadMib: 10 }],
    ['a warm-up', { image: 'api:2', sinceMs: after, verdict: 'unknown', reason: 'warm-up' }],
    ['suspicion', { image: 'api:2', sinceMs: after, verdict: 'suspicious' }],
  ])('%s says nothing yet', (_, seen) => {
    expect(look(deployed.incident, after + 2 * HOUR, seen, deployedAt(after)).news).toEqual([]);
  });
  test('calm without a deploy is recovered, not fixed', () => {
    const { incident, news } = look(open, after, { verdict: 'stable' }, one(OLD), [resolve]);
    expect(incident.closed).toMatchObject({ how: 'recovered' });
    expect(news).toMatchObject([{ kind: 'resolve' }]);
    expect(news.map((one) => newsWords(one, after))).toEqual([expect.stringContaining('No new image since')]);
  });
  test('calm after a deploy that was no fix is not said to be without one', () => {
    const seen: Seen = { image: 'api:2', sinceMs: after, rateMib: 36 };
    const failed = look(deployed.incident, after + 3 * HOUR, seen, deployedAt(after)).incident;
    const told = { ...failed, moments: [{ atMs: after, kind: 'deploy', words: '' }] } as const;
    const { incident, news } = look(told, after + 9 * HOUR, { verdict: 'stable', image: 'api:2' }, deployedAt(after), [resolve]);
    expect(incident.closed).toMatchObject({ how: 'recovered' });
    expect(news.map((one) => newsWords(one, after))).toEqual([
      '✅ Calm for as long as it had grown: resolved. What ended it is not known, so it may come back',
    ]);
  });
});

describe('an update', () => {
  test('is news; one that makes it a page is told as that, and it stays one', () => {
    const update = look(open, NOW + HOUR, {}, one(OLD), [alert({ event: 'update' })]);
    expect(update.news).toMatchObject([{ kind: 'update' }]);
    const page = look(open, NOW + HOUR, {}, one(OLD), [alert({ event: 'update', level: 'page' })]);
    expect(page.news).toMatchObject([{ kind: 'page' }]);
    expect(page.incident.level).toBe('page');
    expect(look(page.incident, NOW + 2 * HOUR, {}, one(OLD), [alert({ event: 'update', level: 'page' })]).news).toMatchObject([
      { kind: 'update' },
    ]);
  });
  test('what was seen last is kept', () => {
    const { incident } = look(open, NOW + HOUR, { rateMib: 55, leftMs: 2 * HOUR });
    expect(incident.latest).toEqual({ growthBytesPerHour: 55 * MIB, limitAtMs: NOW + 3 * HOUR, hosts: ['hv-01'] });
  });
});

describe('while snoozed', () => {
  const snoozed = (untilMs: number | null): Incident => ({
    ...open,
    snoozed: { by: 'U1', atMs: NOW, untilMs, bytesPerHour: 40 * MIB },
  });
  test('until a time: over when it has come, once', () => {
    expect(look(snoozed(NOW + HOUR), NOW + HOUR - 1, {}).incident.snoozed).toBeDefined();
    const over = look(snoozed(NOW + HOUR), NOW + HOUR, {});
    expect(over.news).toMatchObject([{ kind: 'snooze-over', growthBytesPerHour: 40 * MIB }]);
    expect(over.incident.snoozed).toBeUndefined();
    expect(look(over.incident, NOW + 2 * HOUR, {}).news).toEqual([]);
  });
  test('until faster: a quarter faster, not less; what cannot be told is not faster', () => {
    expect(look(snoozed(null), NOW + HOUR, { rateMib: 50 }).incident.snoozed).toBeDefined();
    expect(look(snoozed(null), NOW + HOUR, { verdict: 'unknown', rateMib: 0 }).incident.snoozed).toBeDefined();
    expect(look(snoozed(null), NOW + HOUR, { rateMib: 51 }).news).toMatchObject([{ kind: 'snooze-over' }]);
  });
  test('a leak that ends in it ends it without a word of the snooze', () => {
    const { incident, news } = look(snoozed(NOW + HOUR), NOW + 2 * HOUR, { verdict: 'stable' }, one(OLD), [resolve]);
    expect(news.map(({ kind }) => kind)).toEqual(['resolve']);
    expect(incident.closed).toBeDefined();
  });
});
