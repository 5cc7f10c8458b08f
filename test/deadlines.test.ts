import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { within } from '../src/errors.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heard = (signal: AbortSignal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }));

test('a deadline comes although the collector was there, and nobody but its listener holds it', async () => {
  const { signal } = new AbortController();
  const all = Array.from({ length: 20 }, () => heard(within(100, signal)));
  await new Promise((resolve) => setTimeout(resolve, 10));
  collect();
  for (const reason of await Promise.all(all)) expect(reason).toMatchObject({ name: 'TimeoutError' });
});

test('it ends with what it is within, for the same reason', () => {
  const outer = new AbortController();
  const inner = within(10_000, outer.signal);
  outer.abort('over');
  expect([inner.aborted, inner.reason]).toEqual([true, 'over']);
  expect(within(10_000, outer.signal).aborted).toBe(true);
});
