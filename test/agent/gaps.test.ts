import { expect, test } from '@jest/globals';
import { makeGaps } from '../../jobs/gaps.js';
import { beat } from '../support/fleet.js';

const [S, MIN, HOUR] = [1_000, 60_000, 3_600_000];

/** Sweeps drawn, one character every 15 s: `|` one that came off, a blank none. Gives the gaps in characters from the left. */
function gapsOf(picture: string, before?: Parameters<typeof makeGaps>[1]) {
  const gaps = makeGaps(15, before);
  for (const [i, character] of [...picture].entries()) if (character === '|') gaps.swept(i * 15 * S);
  return gaps.recent(picture.length * 15 * S).map(({ fromMs, toMs }) => [fromMs / (15 * S), toMs / (15 * S)]);
}

test.each([
  ['|||||||||||||', []],
  ['||| |||| ||||', []],
  [
    '|||  |||||   ||',
    [
      [2, 5],
      [9, 13],
    ],
  ],
  ['      |||', []],
  ['||||      ', []],
])('%s', (picture, gaps) => expect(gapsOf(picture)).toEqual(gaps));

test('the time without an agent is one, from the last sweep that came off', () => {
  const at = (seenAtMs: number, over = {}) => beat('hv-01', seenAtMs, over);
  expect(gapsOf('    |', at(0))).toEqual([[0, 4]]);
  expect(gapsOf(' |', at(0))).toEqual([]);
  expect(gapsOf('      |', at(45 * S, { problem: 'Docker does not answer', lastSweepMs: 15 * S }))).toEqual([[1, 6]]);
  expect(gapsOf('      |', at(75 * S, { gaps: [{ fromMs: 0, toMs: 60 * S }] }))).toEqual([[0, 4]]);
});

test('after an hour it is told no more', () => {
  const gaps = makeGaps(15);
  gaps.swept(0);
  gaps.swept(5 * MIN);
  expect(gaps.recent(HOUR + 5 * MIN - 1)).toHaveLength(1);
  expect(gaps.recent(HOUR + 5 * MIN)).toEqual([]);
});

test('a host that samples every second has none for being a few seconds late', () => {
  const gaps = makeGaps(1);
  for (const at of [0, 9 * S, 19 * S]) gaps.swept(at);
  expect(gaps.recent(20 * S)).toEqual([{ fromMs: 9 * S, toMs: 19 * S }]);
});
