import { expect, test } from '@jest/globals';
import { makeProgress } from '../../src/offline/progress.js';

/** A terminal, a clock that is set by hand, and what is on the last line. */
function stage(isTTY: boolean, columns = 120) {
  let [text, now] = ['', 0];
  const progress = makeProgress({ isTTY, columns, write: (more) => (text += more) }, () => now);
  const at = (ms: number, lines: number, share: number | null) => {
    now = ms;
    progress.at(lines, share);
    return text.split('\r\u001b[K').at(-1);
  };
  return { at, progress, text: () => text };
}

test('how many, how fast, how much of the file, and when it will be done', () => {
  const { at } = stage(true);
  expect(at(300, 1, 0.001)).toBe('1 done · 3.3 series/s · 0 % of the file');
  expect(at(60_000, 12, 0.25)).toBe('12 done · 0.2 series/s · 25 % of the file · about 3 min left');
  expect(at(70_000, 1_400, 0.995)).toBe('1400 done · 20 series/s · 99 % of the file · about 1 s left');
});

test('without a size there is no share', () => {
  const { at } = stage(true);
  expect(at(10_000, 5, null)).toBe('5 done · 0.5 series/s');
});

test('a few times a second, never wider than the terminal, and gone when asked', () => {
  const { at, progress, text } = stage(true, 20);
  expect(at(100, 1, 0.5)).toBe('');
  expect(at(300, 1, 0.5)?.length).toBeLessThan(20);
  const before = text();
  at(310, 2, 0.6);
  expect(text()).toBe(before);
  progress.clear();
  progress.clear();
  expect(text()).toBe(`${before}\r\u001b[K`);
});

test('nothing when it is no terminal', () => {
  const { at, progress, text } = stage(false);
  at(10_000, 5, 0.5);
  progress.clear();
  expect(text()).toBe('');
});
