import { expect, test } from '@jest/globals';
import { digestDay } from '../../src/incidents/digest-day.js';

const BERLIN = { digestAt: '09:00', timezone: 'Europe/Berlin' };
const EVENING = { ...BERLIN, digestAt: '23:30' };
const HOUR = 3_600_000;
const day = (iso: string, rules = BERLIN) => digestDay(Date.parse(iso), rules);

test.each([
  ['a winter morning is an hour before UTC', '2026-11-24T07:59:59Z', null],
  ['on the minute', '2026-11-24T08:00:00Z', '2026-11-24'],
  ['late, all day', '2026-11-24T16:59:59Z', '2026-11-24'],
  ['too late: tomorrow', '2026-11-24T17:00:00Z', null],
  ['a summer morning is two hours before', '2026-07-01T07:00:00Z', '2026-07-01'],
  ['and not one', '2026-07-01T06:59:59Z', null],
  ['the day that has 23 hours', '2026-03-29T07:00:00Z', '2026-03-29'],
  ['the day before it', '2026-03-28T07:59:59Z', null],
  ['the day that has 25 hours', '2026-10-25T08:00:00Z', '2026-10-25'],
  ['an hour early by its clock', '2026-10-25T07:59:59Z', null],
])('%s: %s → %s', (_, iso, wanted) => expect(day(iso)).toBe(wanted));

test('a time that spring leaves out is over when the clock has jumped', () => {
  const rules = { ...BERLIN, digestAt: '02:30' };
  expect(day('2026-03-29T00:59:59Z', rules)).toBeNull();
  expect(day('2026-03-29T01:00:00Z', rules)).toBe('2026-03-29');
});

test('a time that autumn has twice is one day', () => {
  const rules = { ...BERLIN, digestAt: '02:30' };
  const halfHours = Array.from({ length: 24 }, (_, i) => Date.parse('2026-10-24T22:00:00Z') + (i * HOUR) / 2);
  const days = halfHours.map((ms) => digestDay(ms, rules));
  expect([...new Set(days)]).toEqual([null, '2026-10-25']);
});

test.each([
  ['Europe/Berlin', '2026-03-29', '2026-10-25'],
  ['America/New_York', '2026-03-08', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05', '2026-10-04'],
])('in %s each day around %s and %s begins once', (timezone, ...changes) => {
  for (const change of changes) {
    const from = Date.parse(`${change}T00:00:00Z`) - 60 * HOUR;
    const halves = Array.from({ length: 240 }, (_, i) => digestDay(from + (i * HOUR) / 2, { digestAt: '09:00', timezone }));
    const begun = halves.filter((date, i) => date !== null && halves[i - 1] === null);
    expect(begun).toHaveLength(5);
    expect(begun).toEqual([...new Set(begun)].sort());
    expect(begun).toContain(change);
  }
});

test.each([
  ['an evening', '20:00', '2026-11-24T22:59:59Z', '2026-11-24'],
  ['after midnight it is that of the evening', '20:00', '2026-11-24T23:00:00Z', '2026-11-24'],
  ['nine hours after it is over', '20:00', '2026-11-25T04:00:00Z', null],
  ['and a minute before not', '20:00', '2026-11-25T03:59:59Z', '2026-11-24'],
  ['a new year', '23:30', '2027-01-01T07:29:59Z', '2026-12-31'],
  ['the next evening', '23:30', '2027-01-01T22:30:00Z', '2027-01-01'],
  ['the night of 23 hours', '23:30', '2026-03-29T06:29:59Z', '2026-03-28'],
  ['the night of 25 hours', '23:30', '2026-10-25T07:29:59Z', '2026-10-24'],
])('late, %s: %s, %s → %s', (_, digestAt, iso, wanted) => expect(day(iso, { ...BERLIN, digestAt })).toBe(wanted));

test('an evening that is looked at all year long: a day each, in order', () => {
  const from = Date.parse('2026-01-01T12:00:00Z');
  const halves = Array.from({ length: 365 * 48 }, (_, i) => day(new Date(from + (i * HOUR) / 2).toISOString(), EVENING));
  const days = [...new Set(halves.filter((date) => date !== null))];
  expect(days).toHaveLength(365);
  expect(days).toEqual([...days].sort());
});

test('off is never', () => expect(day('2026-11-24T08:00:00Z', { ...BERLIN, digestAt: 'off' })).toBeNull());
