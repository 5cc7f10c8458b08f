import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { patient } from '../support/patience.js';
import { startWorkspace, type Workspace } from '../support/slack/workspace.js';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await startWorkspace({ delivery: 'http', rateLimits: false });
});
afterEach(() => workspace.stop());

async function post(text: string, ms = 10_000): Promise<{ status: number; body: string; retryAfter: string | null } | string> {
  try {
    const response = await fetch(`${workspace.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.botToken}`, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ channel: workspace.channels.ops, text }),
      signal: AbortSignal.timeout(ms),
    });
    return { status: response.status, body: await response.text(), retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    return (error as Error).name;
  }
}
const stored = () => workspace.messages(workspace.channels.ops).map(({ text }) => text);
const method = 'chat.postMessage';

describe.each([false, true])('after it was stored: %s', (after) => {
  test.each([
    ['http500', { status: 500, body: expect.stringContaining('<html>') }],
    ['html', { status: 200, body: expect.stringContaining('<html>') }],
    ['empty', { status: 200, body: '' }],
    ['cut', { status: 200, body: '{"ok":tru' }],
    ['timeout', 'TimeoutError'],
    ['reset', 'TypeError'],
    ['word', { status: 200, body: '{"ok":false,"error":"fatal_error"}' }],
    ['limited', { status: 429, retryAfter: '7', body: '{"ok":false,"error":"ratelimited"}' }],
  ] as const)('%s', async (kind, seen) => {
    workspace.fault({ method, kind, after, word: 'fatal_error', retryAfter: '7' });
    const answer = await post('a', kind === 'timeout' ? patient(100) : 10_000);
    if (typeof seen === 'string') expect(answer).toBe(seen);
    else expect(answer).toMatchObject(seen);
    await workspace.waitFor(() => !after || stored().length > 0, 5_000, 'what was stored');
    expect(stored()).toEqual(after ? ['a'] : []);
    await workspace.waitFor(() => workspace.calls[0] && workspace.calls[0].outcome !== 'pending', 5_000, 'the call');
    expect(workspace.calls[0]?.outcome).toBe(kind === 'word' ? 'fatal_error' : `fault: ${kind}${after ? ' after' : ''}`);
    expect(await post('b')).toMatchObject({ status: 200 });
    expect(stored()).toEqual(after ? ['a', 'b'] : ['b']);
    workspace.assertFaultsUsed();
  });
});

test('429 without Retry-After, and with nonsense in it', async () => {
  workspace.fault({ method, kind: 'limited', retryAfter: null });
  workspace.fault({ method, kind: 'limited', retryAfter: 'abc' });
  expect(await post('a')).toMatchObject({ status: 429, retryAfter: null });
  expect(await post('a')).toMatchObject({ status: 429, retryAfter: 'abc' });
});

test('slow: late, and as it would have been', async () => {
  workspace.fault({ method, kind: 'slow', slowMs: 60 });
  const from = performance.now();
  expect(await post('a')).toMatchObject({ status: 200 });
  expect(performance.now() - from).toBeGreaterThan(50);
});

test('so many times, and only where the arguments are so', async () => {
  workspace.fault({ method, kind: 'http500', times: 2, when: ({ text }) => text === 'bad' });
  expect(await post('good')).toMatchObject({ status: 200 });
  for (const status of [500, 500, 200]) expect(await post('bad')).toMatchObject({ status });
});

test('a fault that never came to be is told of', async () => {
  workspace.fault({ method: 'views.open', kind: 'http500' });
  workspace.fault({ delivery: 'event', kind: 'forged' });
  workspace.fault({ method, kind: 'http500' });
  await post('a');
  expect(() => workspace.assertFaultsUsed()).toThrow('views.open: http500; event: forged');
});
