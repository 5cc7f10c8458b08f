import { describe, expect, test } from '@jest/globals';
import type { DeployAudit } from '../../src/model/audit.js';
import type { SlackMessage } from '../../src/model/message.js';
import type { News } from '../../src/model/news.js';
import { chartOf } from '../../src/render/chart.js';
import { chartedSeries } from '../../src/render/chart-window.js';
import { compareLink } from '../../src/render/deploys.js';
import { historyMessage } from '../../src/render/history.js';
import { newsMessage, newsWords } from '../../src/render/incident-news.js';
import { rootMessage } from '../../src/render/incident-root.js';
import { incident } from '../support/incidents.js';
import { makeBlockCheck } from '../support/slack/block-kit/validate.js';
import { byHand, ending, fixed, type Over } from './endings.js';
import { deployOnset } from './judged-growing.js';
import { HOUR, MIB, NOW } from './scenes.js';

const URL = 'https://github.com/shop/api/compare/1111111...2222222';
const mib = (value: number, low: number, high: number) => ({ value: value * MIB, low: low * MIB, high: high * MIB });
const IMAGES = { image: 'shop/api:v1.42.1', previousImage: 'shop/api:v1.42.0', compareUrl: URL };
const audit = (over: Partial<DeployAudit> = {}): DeployAudit => ({
  ...{ result: 'worse', deployedMs: NOW - 6 * HOUR, toldMs: NOW, imageId: 'sha256:2', ...IMAGES },
  ...{ before: mib(0.1, -0.8, 0.8), after: mib(41, 32, 50) },
  ...over,
});
const told = (over: Partial<DeployAudit> = {}): News => ({ kind: 'audit', atMs: NOW, audit: audit(over) });

const check = makeBlockCheck(() => true);
/** As the strict workspace takes it, with no other link than to what changed. */
function expectAccepted({ text, blocks }: SlackMessage): void {
  expect(check(blocks, 'message', '')).toEqual([]);
  const links = [...`${text}${JSON.stringify(blocks)}`.matchAll(/<(?!!date)[^>]*>/g)].map(([link]) => link);
  expect(new Set(links)).toEqual(new Set(links.length > 0 ? [`<${URL}|compare>`] : []));
}

describe('what became of a deploy', () => {
  test('worse is said in the thread, with both images, a link and both slopes', () => {
    const message = newsMessage(told(), NOW);
    if (!message) throw new Error('nothing was said');
    expectAccepted(message);
    expect(message.text).toBe(
      `🔴 v1.42.0 → v1.42.1 (<${URL}|compare>) made it worse: 0 ± 0.8 MiB/h → +41 MiB/h per replica (32–50)`,
    );
  });
  test('all else is a moment only', () => {
    for (const result of ['better', 'same', 'unclear'] as const) expect(newsMessage(told({ result }), NOW)).toBeNull();
    expect(newsWords(told({ result: 'better', before: mib(41, 32, 50), after: mib(0, -1, 1) }), NOW)).toContain(
      'made it better: +41 MiB/h (32–50) → 0 ± 1 MiB/h per replica',
    );
    expect(newsWords(told({ result: 'unclear', before: null }), NOW)).toMatch(/could not be told apart$/);
  });
  test('deploys, fixes and what is none have the link, too', () => {
    const fix = { ...IMAGES, before: 41 * MIB, after: mib(0.4, -1.1, 1.9), atMs: NOW };
    expect(newsWords({ kind: 'deploy', atMs: NOW, ...IMAGES }, NOW)).toContain(`🚀 v1.42.0 → v1.42.1 (<${URL}|compare>) since`);
    expect(newsWords({ kind: 'fixed', ...fix }, NOW)).toContain(`Fixed by v1.42.1 (<${URL}|compare>): +41 MiB/h →`);
    expect(newsWords({ kind: 'not-fixed', ...fix }, NOW)).toContain(`Not fixed by v1.42.1 (<${URL}|compare>):`);
  });
  test('another host than everybody knows is named; what is no such address is no link', () => {
    expect(compareLink('https://gitlab.example.org/g/api/-/compare/1111111...2222222')).toContain(
      '|compare on gitlab.example.org>)',
    );
    for (const not of [
      undefined,
      '',
      'http://github.com/a/b',
      'https://github.com/a|b',
      'https://github.com/a>b',
      'https://a:b@c/d',
    ])
      expect(compareLink(not)).toBe('');
  });
  test('names are escaped', () => {
    const words = newsWords(told({ image: 'shop/api:<!channel>*', previousImage: '<@U1>:1' }), NOW);
    expect(words.replace(`<${URL}|compare>`, '')).not.toMatch(/[<>*]/);
  });
});

describe('the root of an incident', () => {
  const { assessment } = deployOnset();
  const view = { nowMs: NOW, windowMs: 24 * HOUR };
  const near = assessment.onsetNear;
  const words = (one: Parameters<typeof incident>[2]) => {
    const message = rootMessage(incident('i-1', 'shop/api-svc', one), assessment, view);
    expectAccepted(message);
    return JSON.stringify(message.blocks);
  };
  test('says the slopes beside the deploy that growth began near, once', () => {
    if (!near?.previousImage) throw new Error('the scene has a deploy');
    const said = words({ audit: audit({ image: near.image, previousImage: near.previousImage }) });
    expect(said).toContain(
      `6 min after v1.42.0 → v1.42.1 (<${URL}|compare>): 0 ± 0.8 MiB/h before it, +41 MiB/h per replica (32–50) after`,
    );
    expect(said.split('v1.42.0').length).toBe(2);
  });
  test('another deploy has a line of its own; without either there is none', () => {
    expect(words({ audit: audit({ image: 'shop/api:v9', previousImage: 'shop/api:v8' }) })).toContain('v8 → v9 (');
    expect(words({})).not.toContain('compare');
  });
});

test('history: incidents, then the last deploys, newest first, a dozen lines at most', () => {
  const past = Array.from({ length: 11 }, (_, i) => ({ incident: incident(`i-${i}`, 'shop/api-svc') }));
  const deploys = [1, 2, 3, 4].map((n) =>
    audit({ image: `shop/api:v${n}`, previousImage: `shop/api:v${n - 1}`, result: 'same' }),
  );
  const message = historyMessage('api-svc', past, deploys, NOW);
  expectAccepted(message);
  const lines = JSON.stringify(message.blocks[0]).split('\\n');
  expect(lines).toHaveLength(12);
  expect(lines[8]).toBe('… 4 before: `/leak report api-svc 8` is the next');
  expect(lines.slice(-3).map((line) => /v\d → v\d/.exec(line)?.[0])).toEqual(['v3 → v4', 'v2 → v3', 'v1 → v2']);
  expect(historyMessage('api-svc', past, [], NOW).text).toBe('api-svc: 11 incidents, one open');
  expect(historyMessage('api-svc', [], [], NOW).text).toBe('api-svc: no incident in 90 days');
  expect(JSON.stringify(historyMessage('api-svc', [], deploys, NOW).blocks)).toContain('no incident in 90 days*\\n');
});

describe('the last picture', () => {
  const drawnOf = (over: Over) => {
    const chart = chartOf(over.assessment, chartedSeries(over.assessment, over.series, NOW, ending(over)), NOW, {
      ending: ending(over),
    });
    if (!chart) throw new Error('no chart');
    return { ...chart, labels: chart.config.data.datasets.map(({ label }) => label) };
  };
  test('of a fix: both deploys, both slopes, no restarts beside them', () => {
    const { title, labels, altText } = drawnOf(fixed());
    expect(title).toMatch(/^api-svc: fixed by v1\.42\.2, \+40 MiB\/h → 0 ± 0\.\d MiB\/h$/);
    expect(labels).toEqual(['limit', 'fit', 'anon', 'page cache', 'deploy v1.42.1', 'deploy v1.42.2']);
    expect(altText).toContain('grew since 05:04 UTC, closed 14:00 UTC (open 7 h)');
  });
  test('of several replicas: the one that went highest, the others thin', () => {
    const { title, labels } = drawnOf(fixed(3));
    expect(title).toMatch(/^api-svc #3: fixed/);
    expect(labels).toEqual(expect.arrayContaining(['#3 anon', '#1', '#2']));
  });
  test('of what a person closed: how it grew, nothing ahead, no end that is not asked for any more', () => {
    const { title, labels, altText, config } = drawnOf(byHand());
    expect(title).toMatch(/^cart: resolved by hand, \+40 MiB\/h → \+4\d MiB\/h$/);
    expect(labels).toContain('growth begins');
    expect(altText).not.toContain('out of memory');
    const anon = config.data.datasets.find(({ label }) => label === 'anon')?.data as (number | null)[];
    expect(anon.at(-1)).not.toBeNull();
    expect(drawnOf(byHand('not-a-leak')).title).toBe('cart: not a leak, +40 MiB/h');
  });
});
