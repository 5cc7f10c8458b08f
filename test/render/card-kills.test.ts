import { describe, expect, test } from '@jest/globals';
import type { Assessment, ServiceAssessment } from '../../src/model/assessment.js';
import type { Run } from '../../src/model/replica.js';
import { card } from '../../src/render/card.js';
import { killsLine } from '../../src/render/card-kills.js';
import { MAX_LINES } from '../../src/render/limits.js';
import { expectAccepted, textsOf } from './accepted.js';
import * as scenes from './scenes.js';
import { HOUR, MINUTE, NOW } from './scenes.js';

/** A service in which the kernel killed children, by number of the replica. */
function withKills(make: () => scenes.Scene, kills: Record<number, Partial<Run>>, running = true): ServiceAssessment {
  const { assessment } = make();
  const replicas = assessment.replicas.map((one): Assessment => {
    const { replica } = one;
    return { ...one, replica: { ...replica, running, run: { ...replica.run, ...kills[replica.number] } } };
  });
  return { ...assessment, replicas };
}
const plain = (line: string | undefined) => line?.replace(/<!date[^|]*\|([^>]*)>/g, '$1');
const lineOf = (...args: Parameters<typeof withKills>) => plain(killsLine(withKills(...args), NOW));

describe('a child that the kernel killed while its container stayed up', () => {
  test('of the only replica', () => {
    const run = { oomKills: 3, lastOomKillMs: NOW - 5 * MINUTE };
    expect(lineOf(scenes.cacheFill, { 1: run })).toBe(
      '⚠️ 3 processes in it were OOM-killed since its start 11:00 UTC, the last 13:55 UTC; the container stayed up',
    );
    expect(lineOf(scenes.cacheFill, { 1: { ...run, oomKills: 1 } })).toBe(
      '⚠️ 1 process in it was OOM-killed, 13:55 UTC; the container stayed up',
    );
  });

  test('of one among several, and of several: the most first', () => {
    const two = { oomKills: 2, lastOomKillMs: NOW - HOUR };
    expect(lineOf(scenes.sixReplicas, { 3: two })).toContain('⚠️ #3 on hv-03: 2 processes in it were OOM-killed');
    expect(lineOf(scenes.sixReplicas, { 2: { oomKills: 1 }, 3: two })).toBe(
      '⚠️ 3 processes were OOM-killed in 2 replicas (#3 on hv-03 2, #2 on hv-11 1), the last 13:00 UTC; their containers stayed up',
    );
  });

  test('is not said of a container that is down, nor when there was none', () => {
    expect(lineOf(scenes.cacheFill, { 1: { oomKills: 3 } }, false)).toBeUndefined();
    expect(lineOf(scenes.cacheFill, {})).toBeUndefined();
  });

  test.each([
    ['leaking', scenes.sixReplicas],
    ['stable', scenes.pageCacheOnly],
    ['unknown', scenes.fewSamples],
    ['without data', scenes.noSamples],
  ])('stands in the card of every verdict: %s', (_, make) => {
    const message = card(withKills(make, { 1: { oomKills: 3 } }), { nowMs: NOW, windowMs: 6 * HOUR, watching: false });
    expectAccepted(message);
    const [, body = ''] = textsOf(message);
    expect(body).toContain('3 processes in it were OOM-killed');
    expect(body.split('\n').length).toBeLessThan(MAX_LINES);
  });
});
