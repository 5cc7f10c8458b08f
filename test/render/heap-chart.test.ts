import { describe, expect, test } from '@jest/globals';
import type { HeapEvidence } from '../../src/model/heap-evidence.js';
import { heapChart } from '../../src/render/heap-chart.js';
import { readConfig } from '../../src/sandbox/protocol.js';
import { courseOf, HEAPS, row, sceneOf } from './heap-scenes.js';
import { HOUR, NOW } from './scenes.js';

const scene = (name: string): HeapEvidence => HEAPS[name]?.() ?? sceneOf({ course: courseOf([]) });
function drawn(evidence: HeapEvidence) {
  const chart = heapChart(evidence, NOW);
  if (!chart) throw new Error('no chart');
  readConfig(JSON.stringify(chart.config));
  const curves = new Map(chart.config.data.datasets.map((curve) => [curve.label, curve]));
  return {
    ...chart,
    curves,
    points: (label: string) =>
      ((curves.get(label)?.data ?? []) as (number | null)[]).flatMap((y, i) => (y === null ? [] : [[i, y]])),
  };
}

describe('heap by top functions over time', () => {
  test('points stand where heaps were taken, joined; what grew most is filled', () => {
    const { title, altText, curves, points } = drawn(scene('the leak of messages.md'));
    expect(title).toBe('api-svc #7: orders.(*Cache).Put +98 MiB, +18 MiB/h (15–21)');
    expect([...curves.keys()]).toEqual(['live heap', 'orders.(*Cache).Put', 'json.(*Decoder).Decode', 'feed.(*Client).open']);
    expect(points('orders.(*Cache).Put')).toEqual([
      [0, 20],
      [Math.round((200 * 1.95) / 5.45), 54],
      [200, 118],
    ]);
    expect([...curves.values()].map(({ fill, spanGaps }) => [fill, spanGaps])).toEqual([
      [false, true],
      ['origin', true],
      [false, true],
      [false, true],
    ]);
    expect(altText).toContain('orders.(*Cache).Put: 20 MiB, 54 MiB, 118 MiB');
    expect(altText).toContain('live heap 53 MiB → 161 MiB; 3 heaps after GC, 08:33 UTC to 14:00 UTC');
  });
  test('a live heap that would press them flat is said, not drawn', () => {
    const { curves, altText } = drawn(scene('nine hours, one function in a service of gigabytes'));
    expect(curves.has('live heap')).toBe(false);
    expect(altText).toContain('live heap 3.81 GiB → 4.29 GiB');
  });
  test('days: a note for each line that fits', () => {
    const one = scene('the leak of messages.md');
    const { config } = drawn({ ...one, takenAtMs: [NOW - 90 * HOUR, NOW - 50 * HOUR, NOW] });
    expect(JSON.stringify(config.options)).toContain(
      '["live heap 53 MiB → 161 MiB","3 heaps after GC, 20 Nov 20:00 UTC to 14:00 UTC"]',
    );
  });
});

test.each([
  ['one heap', 'the first heap'],
  ['two heaps', 'two heaps, GOGC not known'],
  ['heaps of two processes', 'another process'],
  ['nothing grew', 'below what can be told'],
])('no picture of %s', (_, name) => expect(heapChart(scene(name), NOW)).toBeNull());

test('names from outside are visible, numbers are numbers', () => {
  const rows = [row('\u202e<!channel>\n', [1, 2, 900]), row('x'.repeat(999), [Number.NaN, Number.POSITIVE_INFINITY, 500])];
  const { config, title } = drawn(sceneOf({ course: courseOf(rows) }));
  expect(`${title}${JSON.stringify(config)}`).not.toMatch(/NaN|Infinity|\p{Cf}/u);
});
