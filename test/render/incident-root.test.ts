import { describe, expect, test } from '@jest/globals';
import type { ServiceAssessment } from '../../src/model/assessment.js';
import { rootMessage } from '../../src/render/incident-root.js';
import { incident } from '../support/incidents.js';
import { textsOf } from './accepted.js';
import { cacheFill, DAY, HOUR, leakWithLimit, MINUTE, NOW, noSamples, sixReplicas } from './scenes.js';

/** As a reader in UTC sees it. */
const said = (assessment: ServiceAssessment) => {
  const message = rootMessage(incident('i-1', 'shop/api-svc', {}), assessment, { nowMs: NOW, windowMs: 6 * HOUR });
  return textsOf(message)
    .join('\n')
    .replace(/<!date[^|]*\|([^>]*)>/g, '$1');
};

/** What stands for hours is edited when something changes: that nothing has is no edit, and time runs all the same. */
describe('until when, by the clock', () => {
  const ending = (limitAtMs: object) => {
    const { assessment } = leakWithLimit();
    const soonest = { ...assessment.replicas[0], limitAtMs: { ...limitAtMs } } as ServiceAssessment['soonest'] & object;
    return said({ ...assessment, soonest, replicas: [soonest] });
  };
  const at = (ms: number) => NOW + ms;
  test('with its range, and who is first', () => {
    expect(said(sixReplicas().assessment)).toMatch(
      /^First out of memory 14:2\d UTC \(14:2\d UTC – 14:2\d UTC\): #6 on hv-07, 49\d of 512 MiB \(97 %\); then all 6 within 1 h \d\d$/m,
    );
    expect(ending({ value: at(2 * HOUR), low: at(90 * MINUTE), high: at(3 * HOUR) })).toMatch(
      /^Out of memory 16:00 UTC \(15:30 UTC – 17:00 UTC\): 158 of 256 MiB/m,
    );
  });
  test('how much is left is not in it: it would be wrong a minute later', () => {
    for (const words of [said(sixReplicas().assessment), ending({ value: at(HOUR), low: at(MINUTE) })])
      expect(words).not.toMatch(/memory in |\d at the earliest|in about/);
  });
  test('one end of the range is not known, is over, or is nobody’s lifetime', () => {
    expect(ending({ value: at(9 * HOUR), low: at(5 * HOUR) })).toContain('Out of memory 23:00 UTC (19:00 UTC at the earliest): ');
    expect(ending({ value: at(HOUR), low: at(-MINUTE), high: at(2 * HOUR) })).toContain(
      'Out of memory 15:00 UTC (16:00 UTC at the latest): ',
    );
    expect(ending({ value: at(HOUR), low: at(-MINUTE) })).toContain('Out of memory 15:00 UTC: ');
    expect(ending({ value: at(3 * DAY), low: at(2 * DAY), high: at(900 * DAY) })).toContain(
      'Out of memory 27 Nov 14:00 UTC (26 Nov 14:00 UTC at the earliest): ',
    );
    expect(ending({ value: at(900 * DAY), low: at(800 * DAY), high: at(1_000 * DAY) })).toContain('in over a year');
  });
  test('at its limit it is there', () => {
    expect(ending({ value: at(-MINUTE), low: at(-HOUR), high: at(HOUR) })).toContain('At its limit now: ');
  });
});

describe('who owns the service', () => {
  const root = (assessment: ServiceAssessment) =>
    textsOf(
      rootMessage(incident('i-1', 'shop/api-svc', { level: 'page' }), assessment, {
        ...{ nowMs: NOW, windowMs: 6 * HOUR, owner: '<@UANA>' },
      }),
    ).join('\n');
  test('is told that it is out of memory soon while it leaks, or while nobody can tell; not when it is calm', () => {
    expect(root(leakWithLimit().assessment)).toContain('<@UANA>: out of memory soon');
    expect(root(noSamples().assessment)).toContain('<@UANA>: out of memory soon');
    expect(root(cacheFill().assessment)).not.toContain('out of memory soon');
  });
});

test('of a service of one that gives nothing it is said once', () => {
  expect(said(noSamples().assessment)).toContain('no samples of this run');
  expect(said(noSamples().assessment)).not.toContain('gave no samples');
});
