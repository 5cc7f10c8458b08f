import { expect, test } from '@jest/globals';
import { makeRateLimits } from '../support/slack/rate-limits.js';
import { startWorkspace } from '../support/slack/workspace.js';

test('posts: a small burst, then one a second, each channel for itself', () => {
  let nowMs = 0;
  const limits = makeRateLimits(true, () => nowMs);
  const post = (channel = 'C1') => limits.take('chat.postMessage', null, { channel });
  expect([post(), post(), post(), post()]).toEqual([0, 0, 0, 1]);
  expect(post('C2')).toBe(0);
  nowMs = 999;
  expect(post()).toBe(1);
  nowMs = 1_000;
  expect([post(), post()]).toEqual([0, 1]);
});

test('everything else: so many in any minute', () => {
  let nowMs = 0;
  const limits = makeRateLimits(true, () => nowMs);
  const update = () => limits.take('chat.update', 50, {});
  for (let call = 0; call < 50; call += 1) {
    nowMs = call * 100;
    expect(update()).toBe(0);
  }
  nowMs = 10_000;
  expect(update()).toBe(50);
  expect(limits.take('files.info', 100, {})).toBe(0);
  nowMs = 60_000;
  expect([update(), update()]).toEqual([0, 1]);
});

test('off: never', () => {
  const limits = makeRateLimits(false, () => 0);
  expect(Array.from({ length: 99 }, () => limits.take('chat.update', 50, {})).every((seconds) => seconds === 0)).toBe(true);
});

test('over HTTP: 429, Retry-After, and nothing stored', async () => {
  const workspace = await startWorkspace({ delivery: 'http' });
  try {
    const { ops } = workspace.channels;
    const post = () =>
      fetch(`${workspace.apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { authorization: `Bearer ${workspace.botToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ channel: ops, text: 'a' }),
      });
    const answers = [await post(), await post(), await post(), await post()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect([answers[3]?.headers.get('retry-after'), await answers[3]?.json()]).toEqual([
      '1',
      { ok: false, error: 'ratelimited' },
    ]);
    expect(workspace.messages(ops)).toHaveLength(3);
  } finally {
    await workspace.stop();
  }
});
