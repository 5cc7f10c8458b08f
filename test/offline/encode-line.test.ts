import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../src/analysis/assess.js';
import type { Series } from '../../src/model/assessment.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import type { Run } from '../../src/model/replica.js';
import type { Sample } from '../../src/model/sample.js';
import { assessHistory } from '../../src/offline/assess-history.js';
import { decodeLine, type History } from '../../src/offline/decode-line.js';
import { encodeSeries } from '../../src/offline/encode-line.js';
import { isProblem } from '../../src/offline/problem.js';
import { seriesOf } from '../../src/offline/series.js';
import { drawn, MIB, MINUTE } from '../support/draw-series.js';

const DAY = 24 * 60 * MINUTE;
const T0 = Date.UTC(2026, 10, 1);

function readBack(series: Series, id?: string): History {
  const history = decodeLine(JSON.stringify(encodeSeries(series, id)));
  if (isProblem(history)) throw new Error(history.problem);
  expect(history.leftOut).toBeNull();
  return history;
}

function atTime(series: Series, moveMs: number): Series {
  const runs = series.runs.map((run) => ({ ...run, startedAtMs: run.startedAtMs + moveMs }));
  const run = runs.at(-1) ?? series.replica.run;
  const samples = [...series.samples].map((sample) => ({ ...sample, t: sample.t + moveMs }));
  return { ...series, replica: { ...series.replica, run }, runs, samples, toMs: series.toMs + moveMs };
}

function ledgerLine(over: Partial<LedgerLine>): LedgerLine {
  return {
    ...{ replica: 'hv-01/shop/api-svc/1', containerId: 'c', image: 'api:1', imageId: 'sha256:1', oomKilled: false },
    ...{ startedAtMs: T0 - 2 * DAY, endedAtMs: T0 - DAY, limitBytes: 256 * MIB, baseBytes: 60 * MIB, peakBytes: 80 * MIB },
    ...{ slopeBytesPerHour: { value: 0, low: -MIB, high: MIB }, settledMs: 20 * MINUTE },
    ...over,
  };
}

describe('a line that was written and read again', () => {
  test('has every figure of every sample, and no other', () => {
    const size = fc.option(fc.integer({ min: 0, max: 2 ** 40 }), { nil: undefined });
    const sample = fc.record({
      ...{ usage: size, anon: size, file: size, inactiveFile: size, shmem: size, cpuNanos: size, netRxBytes: size },
      ...{ netTxBytes: size, leastAnon: size, leastKernel: size, leastShmem: size },
      kernel: fc.integer({ min: 0, max: 2 ** 40 }),
      limit: fc.option(fc.constantFrom(null, 2 ** 28), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 20 }), (figures) => {
        const samples: Sample[] = figures.map((one, i) => ({ t: T0 + i * 15_000, ...one }));
        expect([...readBack({ ...drawn('_'), samples }).samples]).toEqual(samples);
      }),
      { seed: 11 },
    );
  });

  test('has the lives, by their images’ ids too, and the present one where the list of runs has not got it yet', () => {
    const [first, second, present]: [Run, Run, Run] = [
      { containerId: 'c0', image: 'api:1', imageId: 'sha256:1', startedAtMs: T0 - DAY, endedAtMs: T0 - 60, oomKilled: true },
      { containerId: 'c1', image: 'api:1', imageId: 'sha256:2', startedAtMs: T0 - 50, endedAtMs: T0 + 5_000, exitCode: 1 },
      { containerId: 'c2', image: 'api:2', imageId: 'sha256:3', startedAtMs: T0 + 6_000 },
    ];
    const series = atTime(drawn('____'), T0);
    const { lives } = readBack({ ...series, replica: { ...series.replica, run: present }, runs: [first, second] });
    expect(lives.map(({ image, imageId, startedAtMs }) => [image, imageId, startedAtMs])).toEqual([
      ['api:1', 'sha256:1', T0 - DAY],
      ['api:1', 'sha256:2', T0 - 50],
      ['api:2', 'sha256:3', T0 + 6_000],
    ]);
    expect(lives.map(({ oomKilled }) => oomKilled)).toEqual([true, undefined, undefined]);
    expect(new Set(lives.map(({ containerId }) => containerId)).size).toBe(3);
  });

  test('has its ledger, and knows which lines are its own, whatever it is called', () => {
    const sister = ledgerLine({ replica: 'hv-02/shop/api-svc/2', slopeBytesPerHour: null, settledMs: null, oomKilled: true });
    const series = { ...atTime(drawn('____'), T0), ledger: [ledgerLine({}), sister] };
    const history = readBack(series, 'case 7');
    const { replica, ledger = [] } = seriesOf(history, history.samples, T0, series.toMs);
    expect(ledger.map((line) => line.replica)).toEqual([replica.key, sister.replica]);
    const known = ({ replica: _, containerId: __, ...line }: LedgerLine) => line;
    expect(ledger.map(known)).toEqual(series.ledger.map(known));
  });

  test.each([
    ['calm', '_'.repeat(120)],
    ['a leak', `${'_'.repeat(120)}${'/'.repeat(60)}`],
    ['lives that climb', `${'/'.repeat(30)}!`.repeat(5) + '/'.repeat(20)],
    ['a young one that warms up', `${'_'.repeat(30)}!${'/'.repeat(15)}`],
  ])('is judged as live: %s', (_, picture) => {
    const series = {
      ...atTime(drawn(picture, { noiseBytes: MIB, stepBytes: 3 * MIB, seed: 3 }), T0),
      ledger: [ledgerLine({}), ledgerLine({ replica: 'hv-02/shop/api-svc/2', settledMs: 35 * MINUTE, baseBytes: 200 * MIB })],
    };
    const live = assess(series, series.samples.at(-1)?.t ?? 0);
    const { verdict, reason, explanation, growthBytesPerHour, onsetMs, limitAtMs } = assessHistory(readBack(series));
    expect({ verdict, reason, explanation }).toEqual({
      ...{ verdict: live.verdict, reason: live.reason, explanation: live.explanation },
    });
    expect(growthBytesPerHour).toBe(live.growthBytesPerHour?.value ?? null);
    expect(onsetMs).toBe(live.onsetMs === undefined ? null : Math.round(live.onsetMs));
    expect(limitAtMs).toBe(live.limitAtMs === undefined ? null : Math.round(live.limitAtMs.value));
  });

  test('without the ledger it would be judged otherwise: it is read', () => {
    const picture = `${'_'.repeat(30)}!${'/'.repeat(15)}`;
    const series = atTime(drawn(picture, { noiseBytes: MIB, stepBytes: 3 * MIB, seed: 3 }), T0);
    const warms = { ...series, ledger: [ledgerLine({ settledMs: 35 * MINUTE, baseBytes: 200 * MIB })] };
    expect(assessHistory(readBack(warms)).explanation).not.toBe(assessHistory(readBack(series)).explanation);
  });
});

test('the usual distance of its samples; none where there is no distance', () => {
  const series = atTime(drawn('____', { intervalMs: 30_000 }), T0);
  expect(encodeSeries(series)).toMatchObject({ id: 'hv-01/shop/api-svc/1', intervalSec: 30 });
  expect(encodeSeries({ ...series, samples: [...series.samples].slice(0, 1) })).not.toHaveProperty('intervalSec');
});

test('a line of the ledger that is none is named', () => {
  const line = { id: 'x', samples: [], ledger: [{ startedAt: 1, endedAt: 'late' }] };
  expect(decodeLine(JSON.stringify(line))).toEqual({ problem: 'ledger[0].endedAt: must be a number (Unix ms)' });
});
