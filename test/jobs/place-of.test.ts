import { expect, test } from '@jest/globals';
import { makePlaceOf } from '../../jobs/place-of.js';
import { NO_RULES, type Rules } from '../../src/model/rules.js';
import { replica } from '../support/fleet.js';

const labelled = (labels: Record<string, string>) => [replica('api', 1, { labels })];
const place = (labels: Record<string, string>, fallback?: string, rules: Rules = NO_RULES) =>
  makePlaceOf({ now: () => rules }, fallback)(labelled(labels));

test('its own channel, else the one for all, else nowhere', () => {
  expect(place({ 'leakwatch.channel': '#api' }, '#ops')).toEqual({ place: { channel: '#api' } });
  expect(place({}, '#ops')).toEqual({ place: { channel: '#ops' } });
  expect(place({})).toEqual({});
});

test('ignored is nowhere, by whatever says so last', () => {
  expect(place({ 'leakwatch.ignore': 'true' }, '#ops')).toBeNull();
  const heeded: Rules = { ...NO_RULES, services: [{ matches: () => true, rules: { ignore: false } }] };
  expect(place({ 'leakwatch.ignore': 'true' }, '#ops', heeded)).not.toBeNull();
});

test.each([
  ['U0123456789', '<@U0123456789>'],
  ['S0123456789', '<!subteam^S0123456789>'],
  ['team <!channel>', 'team &lt;!channel&gt;'],
])('the owner %s is %s: nobody is mentioned who has no id', (owner, words) => {
  expect(place({ 'leakwatch.owner': owner }, '#ops')?.owner).toBe(words);
});
