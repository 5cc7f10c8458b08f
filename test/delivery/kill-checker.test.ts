import { expect, test } from '@jest/globals';
import { CLEAN, check, type Left } from './kill-checker.js';
import type { Kept } from './slack-server.js';

const copy = (key: string, ts: string, text = key): Kept => ({
  ...{ channel: 'C1', ts, text, blocks: [] },
  metadata: { event_type: 'leakwatch_message', event_payload: { key, v: 1 } },
});
const wanted = ['a', 'b', 'c'].map((key) => ({ key, channel: 'C1', text: key }));
const left: Left = { entries: [], pendingChannels: [], jobs: 0 };
const good = [copy('a', '1.1'), copy('b', '1.2'), copy('c', '1.3')];

test('nothing wrong', () => expect(check(wanted, good, left)).toEqual(CLEAN));

test.each([
  ['lost', good.slice(1), { lost: ['a'] }],
  ['doubled, twice over', [...good, copy('a', '1.4'), copy('a', '1.5')], { doubled: ['a', 'a'] }],
  ['nobody said it', [...good, copy('d', '1.4')], { unexpected: ['d'] }],
  ['without its key', [...good, { ...copy('d', '1.4'), metadata: undefined }], { unexpected: ['no key: d'] }],
  ['an old text', [copy('a', '1.1', 'older'), ...good.slice(1)], { wrongText: ['a'] }],
  ['out of order', [copy('a', '1.2'), copy('b', '1.1'), copy('c', '1.3')], { disordered: ['b'] }],
])('%s', (_, visible, faults) => expect(check(wanted, visible, left)).toMatchObject({ ...CLEAN, ...faults }));

test('left behind: an entry that nobody has, a channel that is swept, a job', () => {
  expect(check(wanted, good, { entries: [null], pendingChannels: ['C1'], jobs: 2 }).unsettled).toEqual([
    'a is not in the outbox',
    'C1',
    '2 jobs',
  ]);
});
