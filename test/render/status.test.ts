import { describe, expect, test } from '@jest/globals';
import type { Heartbeat } from '../../src/model/host.js';
import { type StatusView, statusMessage } from '../../src/render/status.js';
import { beat, replica } from '../support/fleet.js';
import { expectAccepted, textsOf } from './accepted.js';
import { HOUR, MIB, MINUTE, NOW } from './scenes.js';

function status(over: Partial<StatusView> = {}): string[] {
  const message = statusMessage(
    {
      ...{ version: '1', beats: [beat('hv-01', NOW)], replicas: [1, 2, 3, 4].map((n) => replica('api', n)) },
      ...{ queues: {}, workers: 1, failed: 0, warnings: [], ...over },
    },
    NOW,
  );
  expectAccepted(message);
  const [first = '', body = ''] = textsOf(message);
  expect(body.startsWith(first)).toBe(true);
  return body.replace(/<!date[^|]*\|([^>]*)>/g, '$1').split('\n');
}
const host = (over: Partial<Heartbeat>) => status({ beats: [beat('hv-01', NOW, over), beat('hv-02', NOW)] });

describe('/leak status', () => {
  test('a fleet without a problem', () => {
    expect(status()).toEqual([
      '🟢 Leakwatch 1: 1 service, 4 replicas on 1 host',
      '🟢 *hv-01* 3 containers every 15 s · agent 0.1.0',
      'Queues: empty · 1 worker',
    ]);
  });

  test('why Slack refused the last message, where, and what to do about it; a word that is new is said as it is', () => {
    const lineOf = (error: string) =>
      status({ failed: 3, refused: { error, atMs: NOW - HOUR, channel: 'C0CHANNEL' } }).find((line) => line.includes('refused'));
    expect(lineOf('is_archived')).toBe(
      '🟠 Slack refused 3 messages for good in 7 days, the last 13:00 UTC in <#C0CHANNEL>: it is archived: set another one as `LEAKWATCH_CHANNEL`, or as `channel` in `leakwatch.yml`.',
    );
    expect(lineOf('not_in_channel')).toContain('/invite @leakwatch');
    expect(lineOf('restricted_action_thread_only_channel')).toContain('ask an admin');
    expect(lineOf('brand_new_word')).toContain('its word is `brand_new_word`');
  });

  test('what has ended is counted apart', () => {
    const replicas = [replica('api', 1), replica('nightly', 1, { running: false })];
    expect(status({ replicas })[0]).toBe('🟢 Leakwatch 1: 1 service, 1 replica on 1 host, 1 more not running');
  });

  test('what the archive holds, of how much', () => {
    const GIB = 2 ** 30;
    expect(status({ archive: { entries: 1, bytes: 34 * MIB, mostBytes: 4 * GIB } }).at(-1)).toBe(
      'Archive: 1 entry, 34 MiB of 4 GiB',
    );
    expect(status({ archive: { entries: 1_200, bytes: 2 * GIB, mostBytes: null } }).at(-1)).toBe('Archive: 1,200 entries, 2 GiB');
  });

  test('holes in what a host measured, for an hour', () => {
    const gap = (ageMs: number, ms: number) => ({ fromMs: NOW - ageMs - ms, toMs: NOW - ageMs });
    const one = host({ gaps: [gap(2 * HOUR, MINUTE), gap(20 * MINUTE, 4 * MINUTE)] });
    expect(one[0]).toBe('🟠 Leakwatch 1: 1 host in trouble');
    expect(one[1]).toBe('🟠 *hv-01* a gap of 4 min, until 13:40 UTC · 3 containers every 15 s · agent 0.1.0');
    const two = host({ gaps: [gap(30 * MINUTE, 2 * MINUTE), gap(20 * MINUTE, 4 * MINUTE)] });
    expect(two[1]).toContain('2 gaps, 6 min in all, the last until 13:40 UTC');
    expect(host({ gaps: [gap(HOUR, MINUTE)] })[0]).toContain('🟢');
  });

  test('more containers than the cap: how many are left out', () => {
    expect(host({ overCap: 1 })[1]).toContain('1 more than the cap is not sampled');
    expect(host({ overCap: 40 })[1]).toContain('40 more than the cap are not sampled');
  });

  test('containers that give no numbers, and why; the host comes first', () => {
    const lines = status({
      beats: [beat('a', NOW), beat('hv-01', NOW, { failed: { count: 2, why: 'no *answer* <!channel>' } })],
    });
    expect(lines[1]).toContain('🟠 *hv-01* 2 of 3 gave no numbers: no ∗answer∗ &lt;!channel&gt;');
    expect(host({ failed: { count: 2 } })[1]).toContain('2 of 3 gave no numbers · 3');
  });

  test('a host whose agent samples, and does not take what is to be done there', () => {
    const stuck = (agoMs: number, waiting = 2) =>
      status({
        untaken: [{ host: 'hv-01', waiting, sinceMs: NOW - agoMs }],
        queues: { 'host-hv-01': waiting, 'sample-hv-01': 1 },
      });
    expect(stuck(6 * MINUTE)).toEqual([
      '🟠 Leakwatch 1: 1 host in trouble',
      '🟠 *hv-01* its agent takes no jobs (heaps): 2 wait since 13:54 UTC (6 min) · 3 containers every 15 s · agent 0.1.0',
      'Queues: host-hv-01 2 · 1 worker',
    ]);
    expect(stuck(6 * MINUTE, 1)[1]).toContain('one waits since');
    expect(stuck(59_000)[0]).toContain('🟢');
    // What a silent one does not take is no news.
    const silent = status({ beats: [beat('hv-01', NOW - HOUR)], untaken: [{ host: 'hv-01', waiting: 1, sinceMs: NOW - HOUR }] });
    expect(silent[1]).toMatch(/silent since/);
  });

  test('what Redis holds, of its maximum and per replica', () => {
    expect(status({ memory: { usedBytes: 212 * MIB, maxBytes: 1024 * MIB } }).at(-1)).toBe(
      'Redis: 212 MiB of 1 GiB (21 %), 53 MiB per replica',
    );
    expect(status({ memory: { usedBytes: 4 * MIB, maxBytes: null }, replicas: [] }).at(-1)).toBe(
      'Redis: 4 MiB, no maxmemory set',
    );
  });
});
