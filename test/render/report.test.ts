import { describe, expect, test } from '@jest/globals';
import type { Incident } from '../../src/model/incident.js';
import { type ReportView, reportDocument } from '../../src/render/report.js';
import { slackClock } from '../../src/render/times.js';
import { unmarked } from '../../src/render/unmarked.js';
import { leakWithLimit } from './scenes.js';

const MIB = 2 ** 20;
const OPENED = Date.UTC(2026, 10, 24, 3, 10);
const MINUTE = 60_000;

const incident: Incident = {
  ...{ id: 'i-1', service: { id: 'shop/api-svc', name: 'api-svc', project: 'shop' }, level: 'page', openedMs: OPENED },
  place: { channel: 'C1' },
  acknowledged: { by: 'U1', atMs: OPENED + 4 * MINUTE },
  closed: { atMs: OPENED + 404 * MINUTE, how: 'fixed' },
  opening: {
    growthBytesPerHour: { value: 41 * MIB, low: 32 * MIB, high: 50 * MIB },
    limitAtMs: OPENED + 170 * MINUTE,
    images: ['sha256:1'],
    since: {
      atMs: OPENED - 330 * MINUTE,
      near: { kind: 'deploy', atMs: OPENED - 336 * MINUTE, image: 'api:v1.42.1', previousImage: 'api:v1.42.0' },
    },
  },
  latest: { growthBytesPerHour: 41 * MIB, limitAtMs: null, hosts: ['hv-03'] },
  ...{ heard: [], oomKills: 1, restarts: 0, count: 2, unsaid: [] },
  moments: [
    { atMs: OPENED + 4 * MINUTE, kind: 'acknowledge', by: 'U1', words: '<@U1> has it' },
    {
      ...{ atMs: OPENED + 20 * MINUTE, kind: 'oom-kill' },
      words: `💥 api &lt;1&gt; was killed at ${slackClock(OPENED + 20 * MINUTE, OPENED)}`,
    },
    { atMs: OPENED + 404 * MINUTE, kind: 'fixed', words: '✅ Fixed by v1.42.2: +41 MiB/h → +0.4 MiB/h' },
  ],
};
const view: ReportView = { nowMs: OPENED + 500 * MINUTE, names: new Map([['U1', 'ana']]), assessment: null, chart: true };

test('what leaked, how fast, since which deploy, how it ended, who did what', () => {
  const { filename, text } = reportDocument(incident, view);
  expect(filename).toBe('api-svc-incident-2026-11-24.md');
  expect(text).toMatchInlineSnapshot(`
"# api-svc: memory leak of 2026-11-24

## Summary

- api-svc grew by +41 MiB/h per replica (32–50) when it was said first
- Since 2026-11-23 21:40 UTC, with the deploy v1.42.0 → v1.42.1 of 2026-11-23 21:34 UTC
- Opened 2026-11-24 03:10 UTC (page)
- Closed 2026-11-24 09:54 UTC after 6 h 44: fixed. ✅ Fixed by v1.42.2: +41 MiB/h → +0.4 MiB/h

## Numbers

| | |
|---|---|
| Growth per replica, first said | +41 MiB/h (32–50) |
| Growth per replica, said last | +41 MiB/h |
| Out of memory, first said for | 2026-11-24 06:00 UTC |
| OOM kills | 1 |
| Restarts | 0 |
| Hosts | hv-03 |
| Acknowledged | after 4 min, by ana |

## Timeline

| UTC | What | Who |
|---|---|---|
| 2026-11-24 03:14 UTC | ana has it | ana |
| 2026-11-24 03:30 UTC | 💥 api \\<1\\> was killed at 2026-11-24 03:30 UTC | Leakwatch |
| 2026-11-24 09:54 UTC | ✅ Fixed by v1.42.2: +41 MiB/h → +0.4 MiB/h | Leakwatch |

## Chart

In the message that links to this document.

## What was not measured

- Memory: no samples of that time are left; the numbers are what was said then.
"
`);
});

test('no Slack markup is left of a moment: people by name, times in UTC, what was escaped as it was', () => {
  const { text } = reportDocument(incident, view);
  expect(text).toContain('| 2026-11-24 03:30 UTC | 💥 api \\<1\\> was killed at 2026-11-24 03:30 UTC | Leakwatch |');
  expect(text).not.toMatch(/<!|<@|&lt;/);
  expect(unmarked('<@U2|x> &amp; <https://a.example|the diff>', (id) => id)).toBe('U2 & the diff');
});

test('names from outside are no Markdown and no path', () => {
  const named = { ...incident, service: { id: 'x', name: '../a|b\n# *c* <img>' } };
  const { filename, text } = reportDocument(named, { ...view, names: new Map([['U1', '[a](http://b)|']]) });
  expect(filename).toMatch(/^[\w][\w.-]*\.md$/);
  expect(text.split('\n')[0]).toBe('# ../a\\|b\\\\u{a}\\# \\*c\\* \\<img\\>: memory leak of 2026-11-24');
  expect(text).toContain('\\[a\\](http://b)\\|');
});

test('what is not known is said', () => {
  const opening = { growthBytesPerHour: null, limitAtMs: null, images: [] };
  const { closed: _, ...open } = { ...incident, opening };
  const { text } = reportDocument(open, { ...view, names: new Map() });
  for (const words of ['could not be told', 'no samples of that time', 'Open for 8 h 20', 'by U1']) expect(text).toContain(words);
});

describe('the heap is called unmeasured', () => {
  const { assessment } = leakWithLimit();
  const notMeasured = (...kinds: ('evidence' | 'no-heap')[]) => {
    const told = kinds.map((kind, i) => ({ atMs: OPENED + i * MINUTE, kind, words: 'of a heap' }));
    const { text } = reportDocument({ ...incident, moments: [...told, ...incident.moments] }, { ...view, assessment });
    return text.split('## What was not measured')[1];
  };
  test('where none was taken, or none could be had', () => {
    expect(notMeasured()).toContain('- The heap: which functions hold the memory');
    expect(notMeasured('no-heap')).toContain('- The heap: which functions hold the memory');
  });
  test('not where the timeline says what is in it', () => {
    expect(notMeasured('no-heap', 'evidence')).not.toContain('The heap');
  });
});
