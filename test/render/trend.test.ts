import { describe, expect, test } from '@jest/globals';
import { happenedIn } from '../../src/analysis/happened.js';
import { serviceTrend, trendOf } from '../../src/analysis/trend.js';
import type { Happened } from '../../src/model/trend.js';
import { chartOf } from '../../src/render/chart.js';
import { trendMessage, trendTitle } from '../../src/render/trend.js';
import { expectAccepted, textsOf } from './accepted.js';
import * as scenes from './scenes.js';
import { DAY, HOUR, MINUTE, NOW, type Scene } from './scenes.js';

const NOTHING: Happened = { deploys: [], restarts: 0, oomKills: 0 };
const KEPT = { nowMs: NOW, keptMs: 14 * DAY };

function told({ assessment, series }: Scene, askedMs: number, happened = NOTHING, shareKey?: string) {
  const trend = serviceTrend(series.flatMap((one) => trendOf(one, NOW) ?? []));
  const message = trendMessage(assessment, trend, happened, { ...KEPT, askedMs, ...(shareKey ? { shareKey } : {}) });
  expectAccepted(message);
  // Times as who is not in Slack reads them.
  const lines = textsOf(message)
    .slice(1)
    .join('\n')
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1')
    .split('\n');
  return { message, lines, title: trend ? trendTitle(assessment, trend, { ...KEPT, askedMs }) : null };
}

describe('/leak trend', () => {
  test('two weeks of one replica', () => {
    const { lines, title } = told(scenes.fourteenDays(), 14 * DAY);
    expect(lines).toMatchInlineSnapshot(`
[
  "*orders over 14 d: 752 MiB → 1.4 GiB (+681 MiB)*",
  "Growth +2.3 MiB/h (2.1–2.4): a straight line through all of it",
  "Peak 1.45 of 2 GiB (73 %), 20:35 UTC",
  "In it: no deploy, no restart, no OOM kill",
  "Now: 🔴 leaking, +2.3 MiB/h (2.2–2.4). Why: \`/leak check orders\`",
  "Data: from 10 Nov 14:05 UTC on · page cache not counted; means of 5 min, full rate for 2 h",
]
`);
    expect(title).toBe('orders over 14 d: 752 MiB → 1.4 GiB');
  });

  test('a line through what bends is not sure, and yet not through nothing: its slope is said, with its range', () => {
    const bends = scenes.life('api-svc', { upMs: 6 * HOUR, everyMs: MINUTE }, (age, i) => ({
      anon: (200 + Math.max(0, age / HOUR - 4) * 200) * scenes.MIB + scenes.noise(i, scenes.MIB),
    }));
    const growth = told(scenes.scene([bends], 6 * HOUR), 6 * HOUR).lines.find((line) => line.startsWith('Growth'));
    expect(growth).toMatch(/^Growth \+\d\d MiB\/h \(−\d+ … \+\d+\): a straight line through all of it$/);
  });

  test('six replicas: the middle of them, the highest of them', () => {
    const { lines, title } = told(scenes.sixReplicas(), 6 * HOUR);
    expect(lines).toMatchInlineSnapshot(`
[
  "*api-svc over 6 h: 225 → 460 MiB per replica (+235 MiB)*",
  "Growth +41 MiB/h per replica (40–41): a straight line through all of it",
  "Peak 496 of 512 MiB (97 %), 14:00 UTC: #6 on hv-07",
  "In it: no deploy, no restart, no OOM kill",
  "Now: 🔴 leaking, +41 MiB/h per replica (40–42). Why: \`/leak check api-svc\`",
  "⚠️ Silent: hv-37 since 13:20 UTC: its last list was used",
  "Data: from 08:01 UTC on · 6 of 6 replicas all the time · page cache not counted; means of 5 min, full rate for 2 h",
]
`);
    expect(title).toBe('api-svc over 6 h: 225 → 460 MiB per replica');
  });

  test('a crash loop: what happened in it, and that the line goes nowhere', () => {
    const scene = scenes.restartCycle();
    const { lines } = told(scene, 4 * HOUR, happenedIn(scene.series, NOW - 4 * HOUR));
    expect(lines).toMatchInlineSnapshot(`
[
  "*api-svc over 3 h 55: 42 → 167 MiB (+125 MiB)*",
  "Growth +5.4 MiB/h (−99 … +110): a straight line through all of it",
  "Peak 254 of 256 MiB (99 %), 11:44 UTC",
  "In it: 4 restarts · 4 OOM kills",
  "Now: 🔴 leaking, +279 MiB/h (272–286). Why: \`/leak check api-svc\`",
  "Data: from 10:05 UTC on (3 h 55; 4 h asked for) · page cache not counted; means of 5 min, full rate for 2 h",
]
`);
  });

  test('a deploy is named, and hostile names are only names', () => {
    const deploy = { kind: 'deploy', atMs: NOW - HOUR, image: 'api:<!channel>', previousImage: 'api:v1' } as const;
    const one = told(scenes.noLimit(), 5 * HOUR, { deploys: [deploy], restarts: 1, oomKills: 2 });
    expect(one.lines).toContain('In it: 1 deploy, v1 → &lt;!channel&gt; 13:00 UTC · 1 restart · 2 OOM kills');
    const two = told(scenes.noLimit(), 5 * HOUR, { deploys: [deploy, deploy], restarts: 0, oomKills: 0 });
    expect(two.lines.join('\n')).toContain('In it: 2 deploys, the last v1');
  });

  test('more was asked for than there is: how far back it goes, and what is kept', () => {
    expect(told(scenes.noLimit(), 3 * DAY).lines.at(-1)).toMatch(/^Data: from 09:00 UTC on \(5 h; 3 d asked for\) · /);
    expect(told(scenes.fourteenDays(), 90 * DAY).lines.at(-1)).toMatch(/ on \(14 d; 90 d asked for; 14 d are kept\) · /);
    expect(told(scenes.fourteenDays(), 14 * DAY).lines.at(-1)).not.toContain('asked for');
  });

  test('silent hosts and holes are said', () => {
    const scene = scenes.stale();
    const { lines } = told(scene, 6 * HOUR);
    expect(lines.join('\n')).toContain('Silent: hv-01');
    const [one] = scenes.noLimit().series;
    if (!one) throw new Error('no series');
    const cut = {
      ...scenes.noLimit(),
      series: [{ ...one, samples: [...one.samples].filter(({ t }) => Math.abs(NOW - HOUR - t) > 20 * MINUTE) }],
    };
    expect(told(cut, 5 * HOUR).lines.at(-1)).toContain('41 min of it without samples');
  });

  test('nothing measured is said, and is not calm', () => {
    const { lines, message } = told(scenes.noSamples(), 7 * DAY);
    expect(message.text).toBe('api-svc: no samples in 7 d');
    expect(lines.join('\n')).toContain("⚪ can't tell");
    expect(lines.at(-1)).toBe('Data: none in the 7 d asked for');
  });

  test('to one person alone, with a button to share it', () => {
    expect(JSON.stringify(told(scenes.noLimit(), HOUR, NOTHING, 'k').message.blocks)).toContain('"share"');
    expect(JSON.stringify(told(scenes.noLimit(), HOUR).message.blocks)).not.toContain('"share"');
  });
});

test('the picture of several replicas says which one it is of, since its title tells the middle of them', () => {
  const subtitleOf = ({ assessment, series }: Scene) => {
    const chart = chartOf(assessment, series, NOW, { said: 'api-svc over 6 h: 225 → 460 MiB per replica' });
    return (chart?.config.options.plugins as { subtitle: { text: string[] } } | undefined)?.subtitle.text;
  };
  expect(subtitleOf(scenes.sixReplicas())?.[0]).toBe('drawn: #6; the title tells the middle of 6 replicas');
  expect(subtitleOf(scenes.fourteenDays())?.join()).not.toContain('drawn');
});
