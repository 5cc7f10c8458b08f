import { describe, expect, test } from '@jest/globals';
import type { ServiceAssessment } from '../../src/model/assessment.js';
import { topMessage } from '../../src/render/top.js';
import { expectAccepted, textsOf } from './accepted.js';
import { morningRise } from './judged-calm.js';
import * as scenes from './scenes.js';
import { MINUTE, NOW } from './scenes.js';

const all = [scenes.cacheFill, scenes.noLimit, morningRise, scenes.fourteenDays, scenes.leakWithLimit, scenes.pageCacheOnly];
const services = all.map((make) => make().assessment);
const named = (name: string, one: ServiceAssessment): ServiceAssessment => ({ ...one, service: { id: name, name } });
const words = (list: readonly ServiceAssessment[], silent: { host: string; sinceMs: number }[] = []) => {
  const message = topMessage(list, silent, NOW);
  expectAccepted(message);
  return String(textsOf(message)[1]);
};
const rows = (text: string) => String(text.split('```')[1]).trim().split('\n');

describe('/leak top', () => {
  test('soonest out of memory first, then growing without an end, suspicious, calm by how full', () => {
    const message = topMessage(services, [], NOW);
    expect(message.text).toBe('Soonest out of memory first: api-svc in 8 min; 3 of 6 services leak');
    expect(rows(words(services)).map((row) => row.slice(0, 14).trim())).toEqual([
      'service',
      'api-svc',
      'orders',
      'worker',
      '? web',
      'cache-svc',
      'log-svc',
    ]);
    expect(message).toMatchSnapshot();
  });

  test('fits a phone', () => {
    const long = named('a-service-with-a-very-long-name', scenes.noLimit().assessment);
    const huge = { ...long, growthBytesPerHour: { value: 9.9e12, low: 9e12, high: 1e13 } };
    for (const row of rows(words([...services, long, huge]))) expect(row.length).toBeLessThanOrEqual(40);
  });

  test('the twentieth is counted, not shown', () => {
    const twenty = Array.from({ length: 20 }, (_, i) => named(`s-${i}`, scenes.pageCacheOnly().assessment));
    expect(rows(words(twenty))).toHaveLength(16);
    expect(words(twenty)).toContain('+5 more');
  });

  test('what was not judged, does not run or is silent has its line', () => {
    const text = words(
      [scenes.fewSamples().assessment, scenes.killed().assessment],
      [{ host: 'hv-37', sinceMs: NOW - 9 * MINUTE }],
    );
    expect(text).toContain('Soonest out of memory first: none of 2 services is known to leak');
    expect(text).toContain('Not judged yet: billing-jvm');
    expect(text).toContain('Not running: api-svc');
    expect(text).toContain('Silent: hv-37');
    expect(text).not.toContain('```');
  });

  test('a fleet of nothing is no crash', () => {
    expect(words([])).toContain('no service is known');
  });
});
