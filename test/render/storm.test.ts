import { describe, expect, test } from '@jest/globals';
import type { Incident } from '../../src/model/incident.js';
import type { SlackMessage } from '../../src/model/message.js';
import { stormMessage } from '../../src/render/storm.js';
import { hasHeaps, stormHeaps } from '../../src/render/storm-heaps.js';
import { stormPages } from '../../src/render/storm-list.js';
import { incident } from '../support/incidents.js';
import { expectAccepted } from './accepted.js';

const NOW = Date.UTC(2026, 10, 28, 3, 15);
const [MINUTE, HOUR] = [60_000, 3_600_000];
const MIB = 2 ** 20;

/** Each a minute after the one before it, on the hosts given, with an hour more to go. */
function leak(index: number, over: Partial<Incident> = {}, host = 'hv-03'): Incident {
  const latest = { growthBytesPerHour: 40 * MIB, limitAtMs: NOW + (index + 2) * HOUR, hosts: [host] };
  return incident(`i-${index}`, `shop/svc-${index}`, { openedMs: NOW - (9 - index) * MINUTE, latest, ...over });
}

/** As a person reads it: dates by what stands for them where Slack does not show its own. */
function linesOf({ blocks }: SlackMessage): string[] {
  const texts = blocks.flatMap(({ text }) => (text as { readonly text?: string } | undefined)?.text ?? []);
  return texts
    .join('\n')
    .replace(/<!date\^[^|]*\|([^>]*)>/g, '$1')
    .split('\n');
}
const opening = (over: Partial<Incident['opening']>) => ({ opening: { ...leak(0).opening, ...over } });

describe('what they have in common', () => {
  const common = (incidents: readonly Incident[]) => linesOf(stormMessage('s-1', incidents, 0, NOW))[2];
  test('one host', () => {
    const { text } = stormMessage('s-1', [leak(0), leak(1)], 0, NOW);
    expect(text).toBe('🔴 2 services leaking, all on hv-03');
    expect(common([leak(0), leak(1)])).toBe('In common: the host hv-03: look there first');
  });
  test('starts at one time, on several hosts', () => {
    const began = (minutes: number, kind: 'deploy' | 'restart') =>
      opening({ since: { atMs: NOW - HOUR, near: { kind, atMs: NOW - HOUR + minutes * MINUTE, image: 'a:2' } } });
    const both = (kind: 'deploy' | 'restart', apart: number) => [leak(0, began(0, kind)), leak(1, began(apart, kind), 'hv-04')];
    expect(common(both('deploy', 4))).toContain('In common: new images at 02:15 UTC');
    expect(common(both('restart', 4))).toContain('In common: restarts at 02:15 UTC');
    expect(common(both('restart', 6))).not.toContain('restarts at');
  });
  test('one image; nothing, and that is said', () => {
    const run = (...images: string[]) => images.map((image, i) => leak(i, opening({ images: [image] }), `hv-0${i}`));
    expect(common(run('sha256:a', 'sha256:a'))).toBe('In common: one image');
    expect(common(run('sha256:a', 'sha256:b'))).toBe('Nothing in common of host, image, deploy, restart or time');
  });
});

test('what has no limit is not said to be out of memory first; one service is not all', () => {
  const endless = (index: number) => leak(index, { latest: { ...leak(index).latest, limitAtMs: null } });
  const said = (...all: Incident[]) => linesOf(stormMessage('s-1', all, 0, NOW));
  expect(said(endless(0), endless(1))).toContain('When they are out of memory is not known: svc-0 · svc-1');
  expect(said(endless(0), leak(1))).toContain('Out of memory first: svc-1 06:15 UTC · svc-0');
  expect(said(leak(0))[0]).toBe('*🔴 1 service leaking, on hv-03*');
});

test('the first line stands alone; the soonest by the clock; who has it; what is over; who left', () => {
  const by = { by: 'U1', atMs: NOW };
  const over = { closed: { atMs: NOW, how: 'recovered' } } as const;
  const all = [leak(3), leak(0, { acknowledged: by }), leak(1), leak(2), leak(4, over)];
  expect(linesOf(stormMessage('s-1', all, 2, NOW))).toEqual([
    '*🔴 4 services leaking, all on hv-03*',
    'Found from 03:06 UTC to 03:10 UTC',
    'In common: the host hv-03: look there first',
    'Out of memory first: svc-0 05:15 UTC · svc-1 06:15 UTC · svc-2 07:15 UTC · 1 more in the thread',
    'In hand: 1 of 4, by <@U1>',
    '1 calm or closed: in the thread',
    '2 more have messages of their own by now',
  ]);
  expect(stormPages(all, 7, NOW).map(linesOf)).toEqual([
    [
      '*5 services, by when they are out of memory*',
      'svc-0 05:15 UTC · +40 MiB/h · hv-03 · <@U1> has it',
      'svc-1 06:15 UTC · +40 MiB/h · hv-03',
      'svc-2 07:15 UTC · +40 MiB/h · hv-03',
      'svc-3 08:15 UTC · +40 MiB/h · hv-03',
      '✅ svc-4 calm again',
    ],
  ]);
});

test('when all are over, and when all have left', () => {
  const over = { closed: { atMs: NOW, how: 'fixed' } } as const;
  expect(stormMessage('s-1', [leak(0, over), leak(1, over)], 0, NOW).text).toBe(
    '✅ All 2 services of this storm are calm or closed',
  );
  expect(stormMessage('s-1', [], 2, NOW).text).toBe('⚪ Each service of this storm has a message of its own by now');
  expect(stormPages([], 2, NOW).map(({ text }) => text)).toEqual(['Nothing is left on this page']);
});

describe('what grew', () => {
  const grown = (i: number, over: Partial<Incident> = {}) =>
    leak(i, { grew: 'orders.Put', grewWords: `svc-${i} #1: +${i} MiB in orders.Put, +18 MiB/h (15–21)`, ...over });
  test('a line a service, out of memory first; who has no heap or is calm again has none', () => {
    const all = [grown(3), grown(1), leak(0), grown(2, { closed: { atMs: NOW, how: 'fixed' } })];
    expect([hasHeaps(all), linesOf(stormHeaps(all))]).toEqual([
      true,
      [
        '*What grew, by heaps of 2 services*',
        'svc-1 #1: +1 MiB in orders.Put, +18 MiB/h (15–21)',
        'svc-3 #1: +3 MiB in orders.Put, +18 MiB/h (15–21)',
      ],
    ]);
  });
  test('eight are told, the others counted, with the longest of words', () => {
    const many = Array.from({ length: 40 }, (_, i) => grown(i, { grewWords: `svc-${i} ${'&lt;'.repeat(110)}` }));
    expectAccepted(stormHeaps(many));
    expect(linesOf(stormHeaps(Array.from({ length: 40 }, (_, i) => grown(i)))).at(-1)).toBe(
      '32 more services: `/leak heap` and its name',
    );
  });
  test('said before, and all have left', () => {
    expect([hasHeaps([leak(0)]), stormHeaps([leak(0)]).text]).toEqual([false, 'What grew: nothing is left here']);
  });
});

test('each of 200 with the longest names has its line, in messages that Slack takes', () => {
  const name = `${'&<>'.repeat(20)}`;
  const many = Array.from({ length: 200 }, (_, i) =>
    leak(i, { service: { id: `${i}`, name: `${i}-${name}` }, acknowledged: { by: 'U0ASKER', atMs: NOW } }, name),
  );
  for (const message of [stormMessage('s-1', many, 3, NOW), ...stormPages(many, 203, NOW)]) expectAccepted(message);
  const lines = stormPages(many, 203, NOW).flatMap(linesOf);
  for (let i = 0; i < 200; i += 1) expect(lines.filter((line) => line.startsWith(`${i}-`))).toHaveLength(1);
});
