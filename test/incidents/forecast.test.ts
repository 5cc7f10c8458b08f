import { describe, expect, test } from '@jest/globals';
import { calm, endingAt, type Look, NOTHING, said, type Watched, watch } from '../support/watch-looks.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When somebody was told first, hours; undefined: nobody was, whatever the digest says. */
const toldAtH = ({ events }: Watched) => {
  const first = events.find(({ level }) => level !== 'digest');
  return first && first.t / HOUR;
};
const watched = (forMs: number, look: (t: number) => Look) => watch(NOTHING, forMs, look, 5 * MINUTE);
/** What fills: it is always as far from the end as it was, or farther. */
const fills =
  (leftMs: number, more: (t: number) => Look = () => ({})) =>
  (t: number): Look => ({ leftMs, ...more(t) });

describe('an end that stays is a leak', () => {
  test('told when a fifth of the time left has passed', () => {
    const toldAt = toldAtH(watched(20 * HOUR, endingAt(30 * HOUR)));
    expect(toldAt).toBeGreaterThanOrEqual(5);
    expect(toldAt).toBeLessThan(8);
  });
  test('or moves to and fro', () => {
    const unsteady = (t: number) => endingAt((30 + 3 * Math.sin(t / (2 * HOUR))) * HOUR)(t);
    expect(toldAtH(watched(20 * HOUR, unsteady))).toBeLessThan(10);
  });
  test('or is not seen at some looks: noise does not begin it anew', () => {
    const flickers = (t: number) => (t % HOUR < 10 * MINUTE ? calm() : endingAt(30 * HOUR)(t));
    expect(toldAtH(watched(20 * HOUR, flickers))).toBeLessThan(10);
  });
  test('calm for longer than it was seen does', () => {
    const back = endingAt(70 * HOUR, { sinceMs: 20 * HOUR });
    const twice = (t: number) => (t >= 30 * HOUR ? back(t) : t < 10 * HOUR ? endingAt(70 * HOUR)(t) : calm());
    expect(toldAtH(watched(2 * DAY, twice))).toBeGreaterThan(32);
  });
});

describe('growth that was there before the watch', () => {
  const old = endingAt(40 * HOUR, { sinceMs: -12 * HOUR });
  const unknown = (): Look => ({ verdict: 'unknown', reason: 'no-data', rateMib: 0 });
  test('is told within the hour or two in which looks are believed at all', () => {
    expect(toldAtH(watched(8 * HOUR, old))).toBeLessThan(2);
  });
  test('and so is what could not be seen until now', () => {
    expect(toldAtH(watched(8 * HOUR, (t) => (t < HOUR ? unknown() : old(t))))).toBeLessThan(3);
  });
  test('but what was seen to be calm is looked at for a while', () => {
    expect(toldAtH(watched(8 * HOUR, (t) => (t < HOUR ? calm() : old(t))))).toBeGreaterThan(4);
  });
});

describe('an end that is put off at each look is what fills', () => {
  test.each([10, 40, 200])('%i h left, all the time: the digest alone', (leftH) => {
    const all = watched(10 * DAY, fills(leftH * HOUR));
    expect(new Set(said(all))).toEqual(new Set(['alert digest']));
  });
  test('until it stays: that is a leak', () => {
    const bends = (t: number) => (t < DAY ? fills(40 * HOUR)(t) : endingAt(DAY + 40 * HOUR)(t));
    const toldAt = toldAtH(watched(2 * DAY, bends));
    expect(toldAt).toBeGreaterThan(24);
    expect(toldAt).toBeLessThan(36);
  });
  test('near the end nobody waits for that', () => {
    expect(said(watched(2 * DAY, fills(3 * HOUR)))).toContain('alert page');
  });
  test('nor where lives climb alike: their end comes with each of them', () => {
    expect(
      said(
        watched(
          2 * DAY,
          fills(40 * HOUR, () => ({ reason: 'restart-cycle' })),
        ),
      ),
    ).toContain('alert message');
  });
});

describe('an end that is suddenly much nearer, or farther', () => {
  /** Far away for days, which is no news; then by one look in eight within the day. */
  const far = endingAt(60 * DAY);
  const jumps = (t: number) => (t % (2 * HOUR) < 15 * MINUTE ? { leftMs: 12 * HOUR } : far(t));
  test('is not believed for what was seen before', () => {
    expect(toldAtH(watched(4 * DAY, jumps))).toBeUndefined();
  });
  test('is, when it stays there', () => {
    const turns = (t: number) => (t < 2 * DAY ? far(t) : endingAt(2 * DAY + 20 * HOUR)(t));
    const toldAt = toldAtH(watched(3 * DAY, turns));
    expect(toldAt).toBeGreaterThan(49);
    expect(toldAt).toBeLessThan(54);
  });
});

test('one wrong look is forgotten at once: what it said does not make the next ones late', () => {
  const blips = (t: number) => endingAt((t < HOUR / 4 ? 5 : 30) * HOUR, { sinceMs: -10 * HOUR })(t);
  expect(toldAtH(watched(20 * HOUR, blips))).toBeLessThan(6);
});

test('a rate that may be nothing is a line in the digest, also when it is nearly over', () => {
  const at = (lowMib: number) => watched(DAY, () => ({ leftMs: 2 * HOUR, rateMib: 40, lowMib }));
  expect(new Set(said(at(9)))).toEqual(new Set(['alert digest']));
  expect(said(at(11))).toContain('alert page');
});

describe('a service that nothing is known of', () => {
  const young = (endMs: number) => toldAtH(watched(9 * DAY, endingAt(endMs, { knownMs: 0 })));
  test('is told after two days', () => {
    expect(young(4 * DAY)).toBeGreaterThanOrEqual(48);
    expect(young(4 * DAY)).toBeLessThan(50);
  });
  test('is told after half of the time left, at most four days, where there is more', () => {
    expect(young(9 * DAY)).toBeGreaterThanOrEqual(72);
    expect(young(9 * DAY)).toBeLessThan(74);
    expect(young(14 * DAY)).toBeLessThan(97);
  });
});

describe('a rise that has ended, or may have', () => {
  const at = (goesOn: number, leftMs: number) => said(watched(2 * DAY, endingAt(2 * DAY + leftMs, { goesOn, knownMs: 7 * DAY })));
  test('is a line in the digest, as long as it may have', () => {
    expect(new Set(at(2, 10 * HOUR))).toEqual(new Set(['alert digest']));
    expect(at(4, 10 * HOUR)).toContain('alert message');
  });
  test('and one look that it goes on is not believed: the others were suspicions', () => {
    const flickers = (t: number) => endingAt(3 * DAY, { goesOn: t % HOUR < 10 * MINUTE ? 9 : -9 })(t);
    expect(new Set(said(watched(2 * DAY, flickers)))).toEqual(new Set(['alert digest']));
  });
  test('near the end nobody waits to be sure', () => {
    expect(at(1, 2 * HOUR)).toContain('alert page');
  });
  test('but nobody is woken for what has more likely ended', () => {
    expect(said(watched(DAY, () => ({ leftMs: 2 * HOUR, goesOn: -1 })))).not.toContain('alert page');
  });
});
