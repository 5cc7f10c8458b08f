import { expect, test } from '@jest/globals';
import { clockOf, dayOf, formatDate } from '../support/slack/page/when.js';
import { NIGHT } from './sample.js';

const PARIS = { nowMs: NIGHT * 1000, locale: 'en-GB', timeZone: 'Europe/Paris' };
const NEW_YORK = { nowMs: NIGHT * 1000, locale: 'en-US', timeZone: 'America/New_York' };
const HOUR = 3_600;

test.each([
  ['{date_num} {time_secs}', 0, '24/11/2026 03:12:00'],
  ['{date_short_pretty} at {time}', 0, 'today at 03:12'],
  ['{date_short_pretty}', -4 * HOUR, 'yesterday'],
  ['{date_pretty}', 24 * HOUR, 'tomorrow'],
  ['{date_long_pretty}', -72 * HOUR, 'Saturday, 21 November 2026'],
  ['{date_short}', -72 * HOUR, '21 Nov 2026'],
  ['out of memory {ago}, {what}', 3 * HOUR, 'out of memory in 3 hours, {what}'],
])('%s, %i s from now', (format, away, expected) => expect(formatDate(NIGHT + away, format, PARIS)).toBe(expected));

test('time and day are those of the reader', () => {
  const ts = `${NIGHT}.000100`;
  expect([clockOf(ts, PARIS), dayOf(ts, PARIS)]).toEqual(['03:12', 'Today']);
  expect(clockOf(ts, NEW_YORK).replace(/\s/, ' ')).toBe('9:12 PM');
  expect(dayOf(ts, { ...NEW_YORK, nowMs: (NIGHT + 4 * HOUR) * 1000 })).toBe('Yesterday');
});
