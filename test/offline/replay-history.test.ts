import { describe, expect, test } from '@jest/globals';
import type { History } from '../../src/offline/decode-line.js';
import { replayHistory, replayService } from '../../src/offline/replay-history.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';

const DAY = 24 * 60 * MINUTE;
const CALM = '_'.repeat(150);
/** To just below the limit. */
const LEAK = '/'.repeat(60);

/** A drawing as a line of input would give it. */
function history(picture: string, moveMs = 0): History {
  const { samples, runs, replica } = drawn(picture, { intervalMs: 30_000, noiseBytes: MIB, stepBytes: 3 * MIB });
  const moved = samples.map((sample) => ({ ...sample, t: sample.t + moveMs }));
  const lives = runs.map((run, i) => {
    const next = runs[i + 1];
    return { ...run, startedAtMs: run.startedAtMs + moveMs, ...(next ? { endedAtMs: next.startedAtMs + moveMs } : {}) };
  });
  return { id: 'api-svc', limitBytes: replica.limitBytes, samples: moved, lives, leftOut: null };
}

/** Replays; tells how many looks it took too. */
function watched(one: History) {
  let looks = 0;
  const events = [...replayHistory(one, () => (looks += 1))];
  return { events, looks };
}

describe('the watch over a history', () => {
  test('says nothing while all is calm, and looks every five minutes then', () => {
    const { events, looks } = watched(history(`${CALM}${CALM}`));
    expect(events).toEqual([]);
    // Every minute in the first hour, until it is sure.
    expect(looks).toBeLessThan(60 + 250 / 5);
    expect(looks).toBeGreaterThanOrEqual(300 / 5);
  });
  test('says a leak after it began and before its end, in the form that is promised', () => {
    const { events } = watched(history(`${CALM}${LEAK}`));
    const first = events.find(({ level }) => level !== 'digest');
    expect(first).toEqual({
      id: 'api-svc',
      t: expect.any(Number),
      event: 'alert',
      level: expect.stringMatching(/^(page|message)$/),
      verdict: 'leaking',
      reason: 'steady-growth',
      growthBytesPerHour: expect.any(Number),
      limitAtMs: expect.any(Number),
    });
    expect(first?.t).toBeGreaterThan(150 * MINUTE);
    expect(first?.t).toBeLessThan(205 * MINUTE);
    expect((first?.growthBytesPerHour ?? 0) / (180 * MIB)).toBeCloseTo(1, 0);
  });
  test('knows nothing of what is to come: a longer history begins with the same words', () => {
    const short = watched(history(`${CALM}${LEAK}`)).events;
    const long = watched(history(`${CALM}${LEAK}${'\\'.repeat(10)}!${CALM}`)).events;
    expect(long.slice(0, short.length)).toEqual(short);
  });
  test('wherever the clock stands', () => {
    const moveMs = Date.UTC(2026, 10, 24);
    const [here, there] = [0, moveMs].map((ms) => watched(history(`${CALM}${LEAK}`, ms)).events.map(({ t }) => t - ms));
    expect(there).toEqual(here);
  });
});

test('a gap of years is not looked through minute by minute, and what is too old is not judged again and again', () => {
  const before = history(CALM);
  const after = history(CALM, 3650 * DAY);
  const { events, looks } = watched({ ...before, samples: [...before.samples, ...after.samples] });
  expect(events).toEqual([]);
  // Two weeks of nothing, as long as there is something held, a look a minute; then on.
  expect(looks).toBeLessThan(14 * 24 * 60 + 500);
});

test('a replica that is gone, nothing for an hour, then another one: it is gone through, though a sample of the first was never looked at', () => {
  // Looks are at whole minutes, and the last sample is between two of them.
  const first = { ...history(CALM), id: 'one' };
  const samples = [...first.samples].map((sample, i, all) => (i === all.length - 1 ? { ...sample, t: sample.t + 1 } : sample));
  const goneMs = samples.at(-1)?.t ?? 0;
  const second = { ...history(CALM, goneMs + 60 * MINUTE), id: 'two' };
  const service = { id: 'api-svc', name: 'api-svc' };
  const place = (number: number) => ({ host: `hv-0${number}`, service, number, containerName: 'api' });
  const members = [
    { history: { ...first, samples }, place: place(1), goneMs },
    { history: second, place: place(2) },
  ];
  let looks = 0;
  const said = replayService(members, service, () => {
    looks += 1;
    if (looks > 2_000) throw new Error('it stands still');
  });
  expect([...said]).toEqual([]);
  expect(looks).toBeGreaterThan(60);
});
