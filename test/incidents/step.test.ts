import { describe, expect, test } from '@jest/globals';
import { notALeak } from '../../src/incidents/quiet.js';
import { step } from '../../src/incidents/step.js';
import type { View, WatchEvent, WatchState } from '../../src/model/watch.js';
import { type At, calm, endingAt, type Look, NOTHING, said, view, type Watched, watch } from '../support/watch-looks.js';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const distances = (events: readonly At[]) =>
  events.slice(1).map(({ t }, i) => t - (events[i]?.t ?? 0)); /** A leak that was said. */
const opened = (endMs = 10 * HOUR, more: Look = {}) => watch(NOTHING, 8 * HOUR, endingAt(endMs, more));

describe('____//// alert', () => {
  test('once, however long it goes on alike', () => {
    const { events } = watch(NOTHING, 2 * DAY, endingAt(9 * DAY));
    expect(events.filter(({ event, level }) => event === 'alert' && level !== 'digest')).toHaveLength(1);
  });
  test('by the time that is left: page, message, digest', () => {
    const levels = (endMs: number) => new Set(watch(NOTHING, 0.8 * endMs, endingAt(endMs)).events.map(({ level }) => level));
    expect(levels(3 * HOUR)).toContain('page');
    expect(levels(3 * HOUR)).not.toContain('message');
    expect(levels(50 * HOUR)).toContain('message');
    expect(levels(50 * HOUR)).not.toContain('page');
    expect(new Set(watch(NOTHING, 3 * DAY, endingAt(60 * DAY)).events.map(({ level }) => level))).toEqual(new Set(['digest']));
  });
  test('carries what was seen', () => {
    const { events } = opened();
    const [{ t = 0, ...event } = {}] = events.filter(({ level }) => level !== 'digest');
    const what = { event: 'alert', verdict: 'leaking', reason: 'steady-growth' };
    expect(event).toMatchObject({ ...what, growthBytesPerHour: 40 * MIB, limitAtMs: 10 * HOUR });
    expect(t).toBeGreaterThan(0);
  });
  test('not before growth has lasted for a share of what is left; a cycle of lives has', () => {
    const young = (reason: View['reason']) =>
      watch(NOTHING, 2 * HOUR, (t) => ({ reason, leftMs: 30 * HOUR, sinceMs: t - 10 * MINUTE }));
    expect(said(young('steady-growth')).filter((one) => !one.endsWith('digest'))).toEqual([]);
    expect(said(young('restart-cycle'))).toContain('alert message');
  });
  test.each([
    [40, 9.2],
    [70, 16.1],
    [216, 24],
    [336, 24],
  ])('%i h left: after three tenths of what is left then, at most a day', (leftH, afterH) => {
    const { events } = watch(NOTHING, 3 * DAY, endingAt(leftH * HOUR));
    const told = events.find(({ event, level }) => event === 'alert' && level === 'message');
    expect(told?.t).toBeGreaterThanOrEqual(afterH * HOUR);
    expect(told?.t).toBeLessThan((afterH + 1) * HOUR);
  });
  test('what ends after two hours: not before 85 % of the looks of a quarter of the time left have found it', () => {
    const { events } = watch(NOTHING, 2 * HOUR, endingAt(2 * HOUR));
    const told = events.find(({ level }) => level === 'page');
    expect(told?.t).toBeGreaterThan(43 * MINUTE);
    expect(told?.t).toBeLessThan(50 * MINUTE);
  });
  test('not on one look, and not on looks that are mostly calm', () => {
    expect(step(null, view(0), 0).events).toEqual([]);
    const rare = watch(NOTHING, DAY, (t) => (t % (10 * MINUTE) < 3 * MINUTE ? { leftMs: 3 * HOUR, sinceMs: -DAY } : calm()));
    expect(said(rare)).toEqual([]);
  });
  test('without a limit: the digest, unless it has a large share of the host', () => {
    const levels = (hostBytes?: number) => {
      const look = { leftMs: null, sinceMs: -3 * DAY, anonBytes: 2 * GIB, ...(hostBytes === undefined ? {} : { hostBytes }) };
      return new Set(watch(NOTHING, 3 * DAY, () => look).events.map(({ level }) => level));
    };
    expect(levels()).toEqual(new Set(['digest']));
    expect(levels(256 * GIB)).toEqual(new Set(['digest']));
    expect(levels(4 * GIB)).toContain('message');
  });
});

describe('what cannot be told', () => {
  /** Its range says nothing of growth: all the more it must not count as calm. */
  const unknown = (): Look => ({ verdict: 'unknown', reason: 'no-data', rateMib: 0 });
  test('says nothing and neither warms nor calms', () => {
    expect(said(watch(NOTHING, 5 * DAY, unknown))).toEqual([]);
    const { state, nowMs } = opened();
    const after = step(state, view(nowMs, unknown()), nowMs);
    expect(after).toEqual({ state: { ...state, lookedMs: nowMs }, events: [] });
  });
  test('never resolves, and does not count as calm', () => {
    const open = opened();
    const blind = watch(open, 14 * DAY, unknown, 5 * MINUTE);
    expect(said(blind)).toEqual([]);
    expect(blind.state?.incident).toBeDefined();
    // It had grown for hours: one calm hour, however long nothing was seen before it, is not enough.
    expect(said(watch(blind, 20 * MINUTE, calm))).toEqual([]);
  });
});

test('what was calm before nothing was seen was not calm meanwhile', () => {
  const open = opened();
  const half = watch(open, 2 * HOUR, calm);
  const blind = watch(half, DAY, () => ({ verdict: 'unknown', reason: 'no-data' }));
  expect(said(watch(blind, HOUR, calm))).toEqual([]);
  const lastedMs = open.state?.incident?.lastedMs ?? Number.NaN;
  expect(said(watch(blind, lastedMs - 2 * HOUR + 2 * MINUTE, calm))).toEqual(['resolve page']);
});

test('nobody looked for a day: the look after it is one look, and says nothing of the day', () => {
  const before = watch(NOTHING, 2 * HOUR, calm);
  const look = endingAt(before.nowMs + DAY + 5 * HOUR, { sinceMs: before.nowMs });
  const after = { ...before, nowMs: before.nowMs + DAY };
  expect(said(watch(after, MINUTE, look))).toEqual([]);
  expect(said(watch(after, HOUR, look))).toContain('alert message');
});

describe('update', () => {
  test('after a change by a quarter, and at most each 15 minutes', () => {
    const open = opened();
    const goesOn = (rateMib: (t: number) => number) =>
      watch(open, HOUR, (t) => ({ ...endingAt(10 * HOUR)(t), rateMib: rateMib(t) }));
    expect(said(goesOn(() => 48))).toEqual([]);
    expect(said(goesOn(() => 52))).toEqual(['update page']);
    const wild = goesOn((t) => (t % (2 * MINUTE) === 0 ? 40 : 400)).events;
    expect(wild.length).toBeGreaterThan(0);
    for (const ms of distances(wild)) expect(ms).toBeGreaterThanOrEqual(15 * MINUTE);
  });
  test('when the moment moves, not when it only comes nearer', () => {
    const open = opened(DAY);
    expect(open.state?.incident?.level).toBe('message');
    expect(said(watch(open, HOUR, endingAt(DAY)))).toEqual([]);
    expect(said(watch(open, HOUR, endingAt(3 * DAY)))).toEqual(['update message']);
  });
  test('a message becomes a page once it has to, at once', () => {
    const open = opened(DAY);
    const later = watch(open, 14 * HOUR, endingAt(DAY));
    expect(said(later)).toEqual(['update page']);
    const [raised] = later.events;
    expect((raised?.limitAtMs ?? 0) - (raised?.t ?? 0)).toBeLessThanOrEqual(4 * HOUR);
    expect(later.state?.incident?.level).toBe('page');
  });
  test('a page does not become a message again', () => {
    expect(watch(opened(), HOUR, endingAt(5 * DAY)).state?.incident?.level).toBe('page');
  });
});

describe('////____ resolve', () => {
  /** Said after it had grown for some hours. */
  const open = opened();
  const lastedMs = open.state?.incident?.lastedMs ?? Number.NaN;
  test('once, after calm for as long as it had grown when it was said', () => {
    expect(lastedMs).toBeGreaterThan(HOUR);
    const { events } = watch(open, 2 * DAY, calm);
    expect(events.map(({ event }) => event)).toEqual(['resolve']);
    expect((events[0]?.t ?? 0) - open.nowMs).toBeGreaterThanOrEqual(lastedMs);
    expect((events[0]?.t ?? 0) - open.nowMs).toBeLessThan(lastedMs + 5 * MINUTE);
  });
  test('calm that is broken begins again', () => {
    const nearly = watch(open, lastedMs - 2 * MINUTE, calm);
    const broken = watch(nearly, 2 * MINUTE, () => ({ verdict: 'suspicious' }));
    expect(said(watch(broken, lastedMs - 2 * MINUTE, calm))).toEqual([]);
    expect(said(watch(broken, lastedMs + 2 * MINUTE, calm))).toEqual(['resolve page']);
  });
  test('not while the range allows half of what was said, or is not known', () => {
    expect(said(watch(open, 2 * DAY, () => ({ verdict: 'stable', rateMib: 19 })))).toEqual([]);
    expect(said(watch(open, 2 * DAY, () => ({ verdict: 'stable', rateMib: 17 })))).toEqual(['resolve page']);
    const { growthBytesPerHour: _, ...blank } = view(open.nowMs + DAY, calm());
    expect(step(step(open.state, blank, open.nowMs).state, blank, open.nowMs + 3 * DAY).events).toEqual([]);
  });
  test('and what was believed before is forgotten: one look is not enough again', () => {
    const over = watch(open, lastedMs + 2 * MINUTE, calm);
    expect(said(over)).toEqual(['resolve page']);
    expect(said(watch(over, 2 * MINUTE, endingAt(over.nowMs + 2 * HOUR)))).toEqual([]);
  });
  test('another image in its place: half as long is enough, counted from the start of the newest run', () => {
    const startedAtMs = open.nowMs + 10 * MINUTE;
    const fixed = (): Look => ({ verdict: 'stable', image: 'api:2', startedAtMs });
    const replaced = watch(open, lastedMs, fixed);
    expect(said(replaced)).toEqual(['resolve page']);
    const tookMs = (replaced.events[0]?.t ?? 0) - startedAtMs;
    expect(tookMs).toBeGreaterThanOrEqual(lastedMs / 2);
    expect(tookMs).toBeLessThan(lastedMs / 2 + 2 * MINUTE);
  });
  test('while a run of the image that leaked goes on, its calm is that of the same image', () => {
    const old = (): Look => ({ verdict: 'stable', startedAtMs: open.nowMs });
    expect(said(watch(open, lastedMs - MINUTE, old))).toEqual([]);
  });
  test('then a leak of its own is said anew', () => {
    const over = watch(open, DAY, calm);
    const again = watch(over, 12 * HOUR, endingAt(over.nowMs + 40 * HOUR, { sinceMs: over.nowMs }));
    expect(said(again).filter((one) => !one.endsWith('digest'))).toEqual(['alert message']);
  });
});

test('digest: at most once in 24 hours, and of suspicion alone too', () => {
  for (const look of [{ leftMs: 60 * DAY }, { verdict: 'suspicious', leftMs: null }] as const) {
    const { events } = watch(NOTHING, 5 * DAY, () => look, 5 * MINUTE);
    expect(new Set(said({ ...NOTHING, events }))).toEqual(new Set(['alert digest']));
    expect(events.length).toBeGreaterThanOrEqual(3);
    expect(events.length).toBeLessThanOrEqual(5);
    for (const ms of distances(events)) expect(ms).toBeGreaterThanOrEqual(DAY);
  }
});

describe('Not a leak', () => {
  const open = opened();
  /** Said of the open incident: quiet up to 400 MiB, and up to this rate. */
  const quieted = (rateMib: number | null): Watched => {
    const state = open.state;
    if (!state) throw new Error('nothing was watched');
    const rate = rateMib === null ? null : rateMib * MIB;
    return { ...open, state: notALeak(state, view(open.nowMs), 400 * MIB, rate) };
  };
  const going =
    (more: Look = {}) =>
    () => ({ leftMs: 2 * HOUR, ...more });
  const isSaid = (watched: Watched) => said(watched).includes('alert page');
  test('the incident is over, and nothing is said below ceiling and rate', () => {
    const after = watch(quieted(null), 3 * DAY, going({ rateMib: 400 }), 5 * MINUTE);
    expect(after.state?.incident).toBeUndefined();
    expect(said(after)).toEqual([]);
  });
  test('until the ceiling is passed', () => {
    expect(isSaid(watch(quieted(null), HOUR, going({ anonBytes: 400 * MIB })))).toBe(false);
    expect(isSaid(watch(quieted(null), HOUR, going({ anonBytes: 401 * MIB })))).toBe(true);
  });
  test('by all that it uses: a tmpfs that fills is out of memory, too', () => {
    const tmpfs = (shmemBytes: number) => watch(quieted(null), HOUR, going({ anonBytes: 100 * MIB, shmemBytes }));
    expect(isSaid(tmpfs(300 * MIB))).toBe(false);
    expect(isSaid(tmpfs(301 * MIB))).toBe(true);
  });
  test('until the rate is passed', () => {
    expect(isSaid(watch(quieted(60), HOUR, going({ rateMib: 60 })))).toBe(false);
    expect(isSaid(watch(quieted(60), HOUR, going({ rateMib: 61 })))).toBe(true);
  });
  test('until the third new image: the one that was there and a repeated one do not count', () => {
    let watched = quieted(null);
    for (const image of ['api:1', 'api:2', 'api:1', 'api:2', 'api:3', 'api:3']) {
      watched = watch(watched, HOUR, going({ image }));
      expect(said(watched)).toEqual([]);
    }
    expect(isSaid(watch(watched, HOUR, going({ image: 'api:4' })))).toBe(true);
  });
});

describe('the fold', () => {
  /** A week in which all happens. */
  const week = (t: number): Look => {
    if (t < 8 * HOUR) return endingAt(20 * HOUR)(t);
    if (t < 12 * HOUR) return endingAt(11 * HOUR, { rateMib: 90 })(t);
    if (t < 13 * HOUR) return { verdict: 'unknown', reason: 'no-data' };
    return t < 3 * DAY ? calm() : { verdict: 'suspicious', leftMs: null };
  };
  /** The week, with something done to the state between two looks. */
  const folded = (between: (state: WatchState) => WatchState): WatchEvent[] => {
    const events: WatchEvent[] = [];
    let state: WatchState | null = null;
    for (let t = 0; t < 5 * DAY; t += 5 * MINUTE) {
      const told: ReturnType<typeof step> = step(state, view(t, week(t)), t);
      state = between(told.state);
      events.push(...told.events);
    }
    return events;
  };
  const plain = folded((state) => state);
  test('its state is plain JSON', () => {
    expect(new Set(plain.map(({ event }) => event))).toEqual(new Set(['alert', 'update', 'resolve']));
    expect(folded((state) => JSON.parse(JSON.stringify(state)))).toEqual(plain);
  });
  test('is pure: the same in, the same out, and what came in is as it was', () => {
    const { state, nowMs } = opened();
    for (const look of [endingAt(9 * HOUR)(nowMs), calm(), { verdict: 'suspicious' as const }]) {
      const [before, seen] = [structuredClone(state), view(nowMs, look)];
      const copy = structuredClone(seen);
      expect(step(state, seen, nowMs)).toEqual(step(state, seen, nowMs));
      expect({ state, seen }).toEqual({ state: before, seen: copy });
    }
  });
  test('a clock that steps back is no time that passed', () => {
    const { state, nowMs } = opened();
    const { state: after } = step(state, view(nowMs - HOUR, calm()), nowMs - HOUR);
    expect(after.quick).toBe(state?.quick);
    expect(after.slow).toBe(state?.slow);
  });
});
