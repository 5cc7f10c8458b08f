import { describe, expect, test } from '@jest/globals';
import type { OwnGrowth, OwnPart, OwnRuntime } from '../../src/model/own-metrics.js';
import { noHeapMessage } from '../../src/render/heap-problem.js';
import { ownLine } from '../../src/render/own-metrics.js';
import { makeBlockCheck } from '../support/slack/block-kit/validate.js';

const [HOUR, MIB] = [3_600_000, 2 ** 20];

/** MiB per hour of each part; `calm`: what is as well none. */
function own(runtime: OwnRuntime | null, parts: Partial<Record<OwnPart, number>>, calm = 0.3, among = 1): OwnGrowth {
  const perHour = Object.fromEntries(
    Object.entries(parts).map(([part, value]) => [
      part,
      { value: value * MIB, low: (value - calm) * MIB, high: (value + calm) * MIB },
    ]),
  );
  return { runtime, fromMs: 0, toMs: 6 * HOUR, among, perHour };
}

describe('the line of its own metrics', () => {
  test.each<[string, OwnGrowth, string]>([
    [
      'the heap is it',
      own('go', { resident: 40, heap: 38, kept: 0.1, stacks: 0 }),
      'By its own metrics, 6 h: Go heap +38 of +40 MiB/h of resident memory; outside of it hardly any',
    ],
    [
      'cgo',
      own('go', { resident: 40, heap: 0.1, kept: 0, stacks: 0 }),
      'By its own metrics, 6 h: Go heap 0 of +40 MiB/h of resident memory; outside of it +40 MiB/h',
    ],
    [
      'goroutines',
      own('go', { resident: 40, heap: 8, kept: 0, stacks: 30 }),
      'By its own metrics, 6 h: Go heap +8 of +40 MiB/h of resident memory; outside of it +32 MiB/h, goroutine stacks +30 MiB/h',
    ],
    [
      'one spike, not given back',
      own('go', { resident: 40, heap: 2, kept: 37 }),
      'By its own metrics, 6 h: Go heap +2 of +40 MiB/h of resident memory; outside of it hardly any, free and not given back +37 MiB/h',
    ],
    [
      'a JVM whose client tells nothing of resident memory',
      own('jvm', { heap: 6, nonheap: 1, direct: 5 }),
      'By its own metrics, 6 h: JVM heap +6 MiB/h, classes and compiled code +1 MiB/h, direct buffers +5 MiB/h',
    ],
    [
      'Buffers',
      own('node', { resident: 8, heap: 1, external: 6.8 }),
      'By its own metrics, 6 h: V8 heap +1 of +8 MiB/h of resident memory; outside of it +7 MiB/h, Buffers and add-ons +6.8 MiB/h',
    ],
    [
      'no growth at all',
      own('node', { resident: 0.1, heap: 0.2 }),
      'By its own metrics, 6 h: resident memory 0 ± 0.4 MiB/h, V8 heap 0 ± 0.5 MiB/h',
    ],
    ['no heap', own(null, { resident: 40 }), 'By its own metrics, 6 h: resident memory +40 MiB/h; of a heap it tells nothing'],
    [
      'one of three',
      own(null, { resident: 40 }, 0.3, 3),
      'By its own metrics, the fastest of 3 processes, 6 h: resident memory +40 MiB/h; of a heap it tells nothing',
    ],
  ])('%s', (_, growth, line) => expect(ownLine(growth)).toBe(line));

  test('what is no number says nothing', () => {
    expect(ownLine(own('go', { resident: Number.NaN }))).toBeUndefined();
    expect([ownLine(null), ownLine(undefined)]).toEqual([undefined, undefined]);
  });
});

describe('beside a heap that cannot be had', () => {
  const problem = { problem: 'api-svc-1 runs on a JVM: its heap takes a command in the container' } as const;
  test('the remedy first, then what it tells by itself', () => {
    const { text, blocks } = noHeapMessage(problem, own('jvm', { heap: 6 }));
    expect(text).toBe(
      'No heap. api-svc-1 runs on a JVM: its heap takes a command in the container. By its own metrics, 6 h: JVM heap +6 MiB/h',
    );
    expect(makeBlockCheck(() => true)(blocks, 'message', '')).toEqual([]);
  });
  test('why it could not be asked is in the fine print, escaped', () => {
    const { blocks } = noHeapMessage(problem, undefined, 'Prometheus: answered 422: <!channel>');
    expect(blocks).toHaveLength(2);
    expect(JSON.stringify(blocks[1])).toContain('Prometheus: answered 422: &lt;!channel&gt;');
    expect(noHeapMessage(problem).blocks).toHaveLength(1);
  });
});
