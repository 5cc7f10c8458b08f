import { describe, expect, test } from '@jest/globals';
import { ownGrowth } from '../../src/analysis/own-growth.js';
import type { OwnPart, OwnProcess } from '../../src/model/own-metrics.js';

const [MINUTE, HOUR, MIB] = [60_000, 3_600_000, 2 ** 20];
const STARTED = Date.UTC(2026, 10, 24, 6);
const CONTAINER = { startedAtMs: STARTED, anonBytes: 100 * MIB };

/** Points a minute, MiB at an hour since the start. */
function process(
  parts: Partial<Record<OwnPart, (hour: number) => number>>,
  over: Partial<OwnProcess> = {},
  hours = 4,
): OwnProcess {
  const minutes = Array.from({ length: hours * 60 + 1 }, (_, i) => i);
  const points = (at: (hour: number) => number) => minutes.map((i) => ({ t: STARTED + i * MINUTE, bytes: MIB * at(i / 60) }));
  const drawn = Object.fromEntries(Object.entries(parts).map(([part, at]) => [part, points(at)]));
  return { isNamed: false, runtime: 'go', startedAtMs: STARTED, parts: drawn, ...over };
}
const leaking = (perHour: number, over: Partial<OwnProcess> = {}) =>
  process({ resident: (h) => 100 + perHour * h, heap: (h) => 60 + 0.9 * perHour * h }, over);
const mib = (value: number | undefined) => Math.round((value ?? Number.NaN) / MIB);

describe('how a process grows by its own count', () => {
  test('each part per hour, over what is told of its life', () => {
    const own = ownGrowth([leaking(40)], CONTAINER);
    expect(own).toMatchObject({ runtime: 'go', among: 1, fromMs: STARTED, toMs: STARTED + 4 * HOUR });
    expect([mib(own?.perHour.resident?.value), mib(own?.perHour.heap?.value)]).toEqual([40, 36]);
    expect(own?.perHour).not.toHaveProperty('stacks');
  });
  test('of a heap of a JVM the floor: a sawtooth that only gets higher is calm', () => {
    // /|/|/|  with teeth of four minutes that get higher
    const saw = (h: number) => 80 + (((h * 60) % 4) / 4) * (100 + 40 * h);
    const jvm = ownGrowth([process({ heap: saw }, { runtime: 'jvm' })], CONTAINER);
    const { value = Number.NaN, low = 1, high = -1 } = jvm?.perHour.heap ?? {};
    expect(Math.abs(value) / MIB).toBeLessThan(1);
    expect(low <= value && value <= high).toBe(true);
  });
  test('of a life before the container nothing counts', () => {
    const before = process({ resident: (h) => 100 + 40 * h }, { startedAtMs: STARTED - HOUR });
    expect(ownGrowth([before], CONTAINER)).toBeNull();
    const mixed = process({ resident: (h) => (h < 2 ? 500 : 100 + h) }, { startedAtMs: null });
    expect(ownGrowth([mixed], { ...CONTAINER, startedAtMs: STARTED + 2 * HOUR })).toMatchObject({ fromMs: STARTED + 2 * HOUR });
  });
  test('nine minutes are no rate', () => {
    const short = process({ resident: (h) => 100 + h }, {}, 9 / 60);
    expect(ownGrowth([short], CONTAINER)).toBeNull();
    expect(ownGrowth([], CONTAINER)).toBeNull();
  });
  test('an exporter that is called as what it watches is not it, unless it is named as the container', () => {
    const exporter = process({ resident: () => 20 });
    expect(ownGrowth([exporter], { ...CONTAINER, anonBytes: 400 * MIB })).toBeNull();
    expect(ownGrowth([{ ...exporter, isNamed: true }], { ...CONTAINER, anonBytes: 400 * MIB })).not.toBeNull();
  });
  test('of several: the one begun with the container; else the fastest, and among how many', () => {
    const [slow, fast] = [leaking(4), leaking(40, { startedAtMs: STARTED + HOUR })];
    expect(mib(ownGrowth([fast, slow], CONTAINER)?.perHour.resident?.value)).toBe(4);
    const alike = ownGrowth([leaking(4), leaking(40), leaking(9)], CONTAINER);
    expect([alike?.among, mib(alike?.perHour.resident?.value)]).toEqual([3, 40]);
  });
});
