import { expect, test } from '@jest/globals';
import { nextPage, pageWanted } from '../../src/incidents/page.js';
import type { Paged, PageStep } from '../../src/model/page.js';
import { incident } from '../support/incidents.js';

const page = (over = {}) => incident('i-1', 'shop/api-svc', { level: 'page', openedMs: 100, ...over });
const said = (step: PageStep, over: Partial<Paged> = {}): Paged => ({ step, atMs: 0, sure: true, ...over });

test('what the pagers are to know follows the incident', () => {
  expect(pageWanted(page({ level: 'message' }))).toBeNull();
  expect(pageWanted(page())).toBe('trigger');
  expect(pageWanted(page({ acknowledged: { by: 'U1', atMs: 200 } }))).toBe('acknowledge');
  expect(pageWanted(page({ snoozed: { by: 'U1', atMs: 200, untilMs: null, bytesPerHour: null } }))).toBe('acknowledge');
  expect(pageWanted(page({ closed: { atMs: 300, how: 'fixed' } }))).toBe('resolve');
});

test('who took a message is woken when it has become a page since', () => {
  const moments = [{ atMs: 300, kind: 'page', words: '' }];
  expect(pageWanted(page({ moments, acknowledged: { by: 'U1', atMs: 200 } }))).toBe('trigger');
  expect(pageWanted(page({ moments, acknowledged: { by: 'U1', atMs: 400 } }))).toBe('acknowledge');
});

test.each<[string, Paged | undefined, PageStep | null, PageStep | null]>([
  ['nobody was woken, and it is open', undefined, 'trigger', 'trigger'],
  ['nobody was woken, and somebody has it', undefined, 'acknowledge', null],
  ['nobody was woken, and it is over', undefined, 'resolve', null],
  ['said', said('trigger'), 'trigger', null],
  ['said, perhaps', said('trigger', { sure: false }), 'trigger', 'trigger'],
  ['said, perhaps, and over: it may ring', said('trigger', { sure: false }), 'resolve', 'resolve'],
  ['somebody has it now', said('trigger'), 'acknowledge', 'acknowledge'],
  ['over', said('acknowledge'), 'resolve', 'resolve'],
  ['over, and said', said('resolve'), 'resolve', null],
  ['opened again', said('resolve'), 'trigger', 'trigger'],
])('%s', (_, before, wanted, next) => expect(nextPage(before, wanted, null, 1_000_000)).toBe(next));

test('what is open is said again in time where silence passes for over; what is over is not', () => {
  expect(nextPage(said('trigger', { atMs: 0 }), 'trigger', 60_000, 59_999)).toBeNull();
  expect(nextPage(said('trigger', { atMs: 0 }), 'trigger', 60_000, 60_000)).toBe('trigger');
  expect(nextPage(said('resolve', { atMs: 0 }), 'resolve', 60_000, 999_999)).toBeNull();
  // Said at four, and the clock was set back to three.
  expect(nextPage(said('trigger', { atMs: 3_600_000 }), 'trigger', 60_000, 0)).toBe('trigger');
});
