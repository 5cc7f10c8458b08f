import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ledgerLine } from '../../src/analysis/ledger-line.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import type { Run } from '../../src/model/replica.js';
import type { Sample } from '../../src/model/sample.js';
import { type Drawing, drawn, MIB, MINUTE, seeded } from '../support/draw-series.js';

const HOUR = 60 * MINUTE;
const run = (over: Partial<Run> = {}): Run => ({ containerId: 'c1', image: 'api:1', startedAtMs: 0, endedAtMs: HOUR, ...over });

/** The line of a life that is drawn from its start to its end. */
function lineOf(picture: string, drawing: Drawing = {}, over: Partial<Run> = {}): LedgerLine {
  const { samples, toMs } = drawn(picture, { noiseBytes: MIB, ...drawing });
  const line = ledgerLine(run({ endedAtMs: toMs, ...over }), samples, null, 'hv-01/api/1');
  if (!line) throw new Error('no line');
  return line;
}

/** What is left of a life in the store: five-minute roll-ups, and full rate at its end. `anon` in MiB by age. */
function stored(lifeMs: number, anon: (age: number) => number, { everyMs = 15_000, fullMs = 2 * HOUR } = {}): Sample[] {
  const noise = seeded(7);
  const slots = new Map<number, Sample[]>();
  const full: Sample[] = [];
  for (let t = 5_000; t <= lifeMs; t += everyMs) {
    const sample = { t, anon: Math.round((anon(t) + noise() - 0.5) * MIB), limit: 512 * MIB };
    const slot = Math.floor(t / (5 * MINUTE));
    if (t > lifeMs - fullMs) full.push(sample);
    else slots.set(slot, [...(slots.get(slot) ?? []), sample]);
  }
  const rolledUp = [...slots.values()].map((ones): Sample => {
    const sizes = ones.map((one) => one.anon ?? 0);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
    return { t: mean(ones.map(({ t }) => t)), anon: mean(sizes), leastAnon: Math.min(...sizes), limit: 512 * MIB };
  });
  return [...rolledUp, ...full];
}

const mib = (bytes: number | null | undefined) => (bytes ?? Number.NaN) / MIB;
const mibPerHour = ({ slopeBytesPerHour }: LedgerLine) => mib(slopeBytesPerHour?.value);

describe('a life in one line', () => {
  test('________ flat: its level, no slope, settled at once', () => {
    const line = lineOf('_'.repeat(60));
    expect(mib(line.baseBytes)).toBeCloseTo(60, 0);
    expect(mib(line.peakBytes)).toBeCloseTo(60.5, 0);
    expect(line.slopeBytesPerHour?.low).toBeLessThan(0);
    expect(line.slopeBytesPerHour?.high).toBeGreaterThan(0);
    expect(line.settledMs).toBeLessThan(MINUTE);
  });

  test('//////// a leak: its slope, from the start', () => {
    const line = lineOf('/'.repeat(60), { stepBytes: MIB });
    expect(mib(line.baseBytes)).toBeCloseTo(60, 0);
    expect(mib(line.peakBytes)).toBeCloseTo(120, 0);
    expect(line.slopeBytesPerHour?.low).toBeLessThanOrEqual(60 * MIB);
    expect(line.slopeBytesPerHour?.high).toBeGreaterThanOrEqual(60 * MIB);
    expect(mibPerHour(line)).toBeCloseTo(60, 0);
    expect(line.settledMs).toBeLessThan(MINUTE);
  });

  test('//////______ fills and stays: how long that took, and none of it in the slope', () => {
    const line = lineOf('/'.repeat(10) + '_'.repeat(50), { stepBytes: 10 * MIB });
    expect(line.settledMs).toBeGreaterThan(9 * MINUTE);
    expect(line.settledMs).toBeLessThan(11 * MINUTE);
    expect(mib(line.baseBytes)).toBeCloseTo(160, -1);
    expect(Math.abs(mibPerHour(line))).toBeLessThan(2);
  });

  test('a warm-up and then a leak: the leak’s slope', () => {
    const samples = stored(6 * HOUR, (age) => 60 + 100 * (1 - Math.exp(-age / (10 * MINUTE))) + (8 * age) / HOUR);
    const line = ledgerLine(run({ endedAtMs: 6 * HOUR }), samples, null, 'a');
    expect(mibPerHour(line as LedgerLine)).toBeCloseTo(8, 0);
    expect(line?.settledMs).toBeGreaterThan(20 * MINUTE);
    expect(line?.settledMs).toBeLessThan(40 * MINUTE);
  });

  test('a warm-up that is not over when the life is: neither base nor slope, and the peak', () => {
    for (const tau of [HOUR / 3, HOUR]) {
      const samples = stored(HOUR, (age) => 60 + 100 * (1 - Math.exp(-age / tau)));
      const line = ledgerLine(run(), samples, null, 'a');
      expect(line).toMatchObject({ baseBytes: null, slopeBytesPerHour: null, settledMs: null });
      expect(mib(line?.peakBytes)).toBeGreaterThan(120);
    }
  });

  test('/|/|/|/| a collector over a leak: the floor’s slope', () => {
    const samples = stored(24 * HOUR, (age) => 60 + 13 * ((age / MINUTE) % 3) + (5 * age) / HOUR);
    const line = ledgerLine(run({ endedAtMs: 24 * HOUR }), samples, null, 'a') as LedgerLine;
    expect(mibPerHour(line)).toBeCloseTo(5, 0);
    expect(Math.abs(mib(line.baseBytes) - 60)).toBeLessThan(4);
    expect(line.settledMs).toBeLessThan(15 * MINUTE);
  });

  test('/|/|/|/| in a life of an hour, of which every sample is there', () => {
    const teeth = Array.from({ length: 240 }, (_, i): Sample => ({ t: i * 15_000, anon: (60 + 4 * (i % 10)) * MIB }));
    const line = ledgerLine(run(), teeth, null, 'a') as LedgerLine;
    expect(mib(line.baseBytes)).toBeLessThan(75);
    expect(mib(line.peakBytes)).toBe(96);
  });

  test('a day and night of load, five times: no leak is sure', () => {
    const samples = stored(120 * HOUR, (age) => 100 + 40 * Math.sin((2 * Math.PI * age) / (24 * HOUR)));
    const { slopeBytesPerHour } = ledgerLine(run({ endedAtMs: 120 * HOUR }), samples, null, 'a') as LedgerLine;
    expect(slopeBytesPerHour?.low).toBeLessThan(0);
    expect(slopeBytesPerHour?.high).toBeGreaterThan(0);
  });

  test('two weeks: a warm-up of half an hour at their beginning is seen', () => {
    const samples = stored(336 * HOUR, (age) => 60 + 4 * Math.min(30, age / MINUTE), { everyMs: MINUTE });
    const line = ledgerLine(run({ endedAtMs: 336 * HOUR }), samples, null, 'a');
    expect(line?.settledMs).toBeGreaterThan(20 * MINUTE);
    expect(line?.settledMs).toBeLessThan(40 * MINUTE);
  });
});

describe('what is not known is not said', () => {
  test('a life that goes on, or of which nothing was seen, has no line', () => {
    const { samples } = drawn('_'.repeat(60));
    const { endedAtMs: _, ...goesOn } = run();
    expect(ledgerLine(goesOn, samples, null, 'a')).toBeNull();
    expect(ledgerLine(run({ startedAtMs: 2 * HOUR, endedAtMs: 3 * HOUR }), samples, null, 'a')).toBeNull();
    expect(ledgerLine(run({ startedAtMs: HOUR, endedAtMs: 0 }), samples, null, 'a')).toBeNull();
    expect(ledgerLine(run(), [], null, 'a')).toBeNull();
    expect(ledgerLine(run(), [{ t: 1 }, { t: 2, anon: Number.NaN }, { t: Number.NaN, anon: 1 }], null, 'a')).toBeNull();
  });

  test('a few samples: the peak alone', () => {
    const line = lineOf('/', { stepBytes: MIB });
    expect(line).toMatchObject({ baseBytes: null, slopeBytesPerHour: null, settledMs: null });
    expect(mib(line.peakBytes)).toBeCloseTo(61, 0);
    expect(lineOf('/', { intervalMs: 1_000 })).toMatchObject({ baseBytes: null, slopeBytesPerHour: null });
    expect(lineOf('///', { intervalMs: 1_000 }).slopeBytesPerHour).not.toBeNull();
  });

  test('not seen from its start: a slope, and no time to settle', () => {
    const line = lineOf('/'.repeat(60), { stepBytes: MIB }, { startedAtMs: -6 * MINUTE });
    expect(line.settledMs).toBeNull();
    expect(mibPerHour(line)).toBeCloseTo(60, 0);
    expect(lineOf('/'.repeat(60), { stepBytes: MIB }, { startedAtMs: -4 * MINUTE }).settledMs).toBeGreaterThan(3 * MINUTE);
  });

  test('only its own samples: those of the lives before and after, and the roll-ups it shares with them, are not its', () => {
    const long = { startedAtMs: 62 * MINUTE, endedAtMs: 10 * HOUR + 2 * MINUTE };
    const before = { t: 60.5 * MINUTE, anon: 900 * MIB };
    const shared = [63 * MINUTE, 10 * HOUR + MINUTE].map((t) => ({ t, anon: 500 * MIB, leastAnon: 400 * MIB }));
    const after = { t: 10 * HOUR + 3 * MINUTE, anon: 900 * MIB };
    const own = stored(10 * HOUR, () => 60).filter(({ t }) => t >= 65 * MINUTE);
    const line = ledgerLine(run(long), [after, ...own, ...shared, before], null, 'a');
    expect(mib(line?.peakBytes)).toBeCloseTo(60.5, 0);
    // The first roll-up of its own begins three minutes after it did: that is from the start.
    expect(line?.settledMs).toBeLessThan(10 * MINUTE);
    expect(line?.settledMs).not.toBeNull();
  });

  test('the limit is the last that was seen, else what the container was given', () => {
    const limited = (samples: Sample[]) => ledgerLine(run(), samples, 64 * MIB, 'a')?.limitBytes;
    expect(
      limited([
        { t: 1, anon: 1, limit: 32 * MIB },
        { t: 2, anon: 1, limit: 48 * MIB },
      ]),
    ).toBe(48 * MIB);
    expect(limited([{ t: 1, anon: 1 }])).toBe(64 * MIB);
    expect(limited([{ t: 1, anon: 1, limit: null }])).toBeNull();
  });

  test('how it ended, and of which image, is the run’s', () => {
    const samples = [{ t: 1, anon: 1 }];
    expect(ledgerLine(run(), samples, null, 'a')).not.toHaveProperty('imageId');
    expect(ledgerLine(run({ imageId: 'sha256:1', oomKilled: true }), samples, null, 'a')).toMatchObject({
      ...{ replica: 'a', containerId: 'c1', image: 'api:1', imageId: 'sha256:1', oomKilled: true },
      ...{ startedAtMs: 0, endedAtMs: HOUR },
    });
  });
});

describe('never NaN, never infinite, ranges in order, the base never above the peak', () => {
  function check(line: LedgerLine | null): void {
    if (!line) return;
    const { baseBytes, peakBytes, settledMs, limitBytes, slopeBytesPerHour: slope } = line;
    const figures = [baseBytes, peakBytes, settledMs, limitBytes, slope?.value, slope?.low, slope?.high];
    for (const figure of figures) if (figure !== null && figure !== undefined) expect(Number.isFinite(figure)).toBe(true);
    for (const size of [baseBytes, peakBytes, settledMs, limitBytes]) expect(size ?? 0).toBeGreaterThanOrEqual(0);
    expect(baseBytes ?? 0).toBeLessThanOrEqual(peakBytes ?? 0);
    if (slope) expect(slope.low <= slope.value && slope.value <= slope.high).toBe(true);
  }
  const odd = fc.oneof(fc.double(), fc.integer({ min: 0, max: 512 * MIB }), fc.constantFrom(0, -1, Number.NaN, 2 ** 59));
  const at = fc.oneof(fc.integer({ min: -HOUR, max: 2 * HOUR }), fc.double());

  test('whatever a sample is', () => {
    const sample = fc.record({ t: at, anon: odd, leastAnon: odd, limit: odd }, { requiredKeys: ['t'] });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 60 }), at, at, (samples, startedAtMs, endedAtMs) => {
        check(ledgerLine(run({ startedAtMs, endedAtMs }), samples as Sample[], null, 'a'));
      }),
      { numRuns: 200 },
    );
  });

  test('whatever its course is', () => {
    const level = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 512 * MIB }) }, { weight: 1, arbitrary: odd });
    let lines = 0;
    fc.assert(
      fc.property(fc.array(level, { minLength: 20, maxLength: 200 }), fc.boolean(), (levels, falls) => {
        const course = falls ? [...levels].sort((a, b) => b - a) : levels;
        const samples = course.map((anon, i) => ({ t: i * 15_000, anon }));
        const line = ledgerLine(run(), samples, null, 'a');
        if (line?.slopeBytesPerHour) lines += 1;
        check(line);
      }),
      { numRuns: 200 },
    );
    expect(lines).toBeGreaterThan(50);
  });
});
