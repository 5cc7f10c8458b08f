import { expect, test } from '@jest/globals';
import { type LookPorts, lookAt } from '../../jobs/look.js';
import { assess } from '../../src/analysis/assess.js';
import { assessService } from '../../src/analysis/assess-service.js';
import type { Series } from '../../src/model/assessment.js';
import type { Heartbeat } from '../../src/model/host.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import { chartOf } from '../../src/render/chart.js';
import { drawn } from '../support/draw-series.js';
import { beat, replica } from '../support/fleet.js';

/** One history a replica: calm ones, and a few that leak at different rates. */
function fleetOf(count: number): Series[] {
  return Array.from({ length: count }, (_, i) => {
    const picture = i % 5 === 2 ? '/'.repeat(20) : '_'.repeat(20);
    const series = drawn(picture, { stepBytes: (i + 1) * 2 ** 18, seed: i + 1, noiseBytes: 2 ** 16 });
    return { ...series, replica: replica('shop/api-svc', i + 1, { run: series.replica.run }) };
  });
}

const LINES: LedgerLine[] = [
  {
    ...{ replica: 'hv-01/shop/api-svc/1', containerId: 'c0', image: 'api:0', startedAtMs: -2, endedAtMs: -1, oomKilled: true },
    ...{ limitBytes: null, baseBytes: null, peakBytes: 1, slopeBytesPerHour: null, settledMs: null },
  },
];

async function looked(series: readonly Series[], beats: readonly Heartbeat[] = []) {
  const of = new Map(series.map((one) => [one.replica.key, one]));
  const ledgerReads: string[] = [];
  let reading = 0;
  let most = 0;
  const ports: LookPorts = {
    inventory: { all: async () => series.map((one) => one.replica) },
    hosts: { all: async () => [] },
    samples: {
      async read(key) {
        reading += 1;
        most = Math.max(most, reading);
        await new Promise(setImmediate);
        reading -= 1;
        return [...(of.get(key)?.samples ?? [])];
      },
    },
    runs: { read: async (key) => [...(of.get(key)?.runs ?? [])] },
    ledger: {
      async read(serviceId) {
        ledgerReads.push(serviceId);
        return LINES;
      },
    },
  };
  const [first] = series;
  if (!first) throw new Error('no replica');
  const replicas = series.map((one) => one.replica);
  const nowMs = first.toMs;
  const look = await lookAt(first.replica.service, replicas, beats, first.toMs, nowMs, ports);
  return { look, most, nowMs, ledgerReads };
}

test.each([1, 8, 9, 60])('%i replicas: the same answer and chart as if all had been read at once and kept', async (count) => {
  const series = fleetOf(count);
  const { look, nowMs } = await looked(series);
  const service = series[0]?.replica.service ?? { id: '', name: '' };
  const whole = assessService(
    service,
    series.map((one) => assess(one, nowMs)),
    [],
  );
  expect(look.assessment).toEqual(whole);
  const chart = chartOf(look.assessment, look.series, nowMs);
  expect(chart).not.toBeNull();
  expect(chart).toEqual(chartOf(whole, series, nowMs));
});

test('the memory of the host is that of the host of the largest replica', async () => {
  const series = fleetOf(3).map((one, i) => ({ ...one, replica: { ...one.replica, host: `hv-0${i + 1}` } }));
  const beats = [2, 4, 8, 16].map((gib, i) => beat(`hv-0${i + 1}`, 0, { memoryBytes: gib * 2 ** 30 }));
  expect((await looked(series, beats)).look.assessment.hostBytes).toBe(8 * 2 ** 30);
  expect((await looked(series, beats.slice(0, 2))).look.assessment).not.toHaveProperty('hostBytes');
});

test('of many replicas a few are read at a time, and what the chart is made of is kept', async () => {
  const { look, most } = await looked(fleetOf(60));
  expect(most).toBe(4);
  expect(look.series.length).toBeLessThanOrEqual(3);
});

test('the run ledger is read once a service, and every series has it', async () => {
  const { look, ledgerReads } = await looked(fleetOf(8));
  expect(ledgerReads).toEqual(['shop/api-svc']);
  expect(look.series.map(({ ledger }) => ledger)).toEqual(look.series.map(() => LINES));
  expect(look.series).toHaveLength(8);
});
