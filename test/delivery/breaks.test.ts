import { expect, test } from '@jest/globals';
import { makeDeliver } from '../../jobs/deliver.js';
import { PENDING_AT_ONCE } from '../../src/model/delivery.js';
import { until } from '../support/parts/process.js';
import { contextOf, said } from './harness.js';
import { useStage } from './stage.js';

/** What breaks on our side of a delivery: Redis between two steps, a claim, a bug. */
const { slack, start } = await useStage();
const toOps = { kind: 'channel', channel: 'C1' } as const;
const texts = () => slack.messages.map((one) => one.text);
/** A call that throws the first `times` times it is made for a key. */
function breaking<A extends unknown[], R>(
  call: (key: string, ...rest: A) => Promise<R>,
  key: string,
  times: number,
): typeof call {
  let left = times;
  return (given, ...rest) => {
    if (given !== key || left === 0) return call(given, ...rest);
    left -= 1;
    return Promise.reject(new Error('Command timed out'));
  };
}

test('Redis breaks off before the first of two messages took its turn: the second waits for it', async () => {
  const { outbox, settle } = await start({ wrapBudget: (port) => ({ ...port, mayPost: breaking(port.mayPost, 'C1', 1) }) });
  await outbox.say('a', toOps, said('first'));
  await outbox.say('b', toOps, said('second'));
  await settle('C1');
  expect(texts()).toEqual(['first', 'second']);
});

test('Redis breaks off at the receipt: it is found in the history, and the second waits for it', async () => {
  const { outbox, settle } = await start({ wrapDrain: (drain) => ({ ...drain, receipt: breaking(drain.receipt, 'a', 1) }) });
  await outbox.say('a', toOps, said('first'));
  await outbox.say('b', toOps, said('second'));
  await settle('C1');
  expect(texts()).toEqual(['first', 'second']);
});

test('a message that always breaks holds up the others three times, not for ever', async () => {
  let breaks = 0;
  const { outbox, drain } = await start({
    wrapDrain: (port) => ({
      ...port,
      intend: (key, claim) => (key === 'a' ? Promise.reject(new Error(`break ${++breaks}`)) : port.intend(key, claim)),
    }),
  });
  await outbox.say('a', toOps, said('poison'));
  await outbox.say('b', toOps, said('second'));
  await until('the second message', 3_000, async () => {
    await drain('C1');
    return texts().length > 0;
  });
  expect(texts()).toEqual(['second']);
  // the fourth try may come behind the second message, in the same drain
  expect([3, 4]).toContain(breaks);
});

test('the claim ends just before the intent, and nobody else has it: the channel is looked at again', async () => {
  const { outbox, drain, asked } = await start({
    wrapDrain: (port) => ({ ...port, intend: (key, held) => port.intend(key, { ...held, token: 'another' }) }),
  });
  await outbox.say('a', toOps, said('first'));
  await drain('C1');
  expect(texts()).toEqual([]);
  expect(asked).toEqual([expect.objectContaining({ name: 'deliver', options: expect.objectContaining({ collapse: 'C1' }) })]);
});

test('a worker that dies between telling a person and ending the message has told them', async () => {
  const dies = Number.POSITIVE_INFINITY;
  const { outbox, drain } = await start({ wrapDrain: (port) => ({ ...port, fail: breaking(port.fail, 'a', dies) }) });
  slack.fault({ method: 'chat.postMessage', kind: 'word', word: 'is_archived', times: 9 });
  await outbox.say('a', { ...toOps, user: 'U2' }, said('leaking'));
  await drain('C1');
  expect(slack.messages).toEqual([expect.objectContaining({ ephemeral: true, user: 'U2' })]);
  expect(await outbox.get('a')).toMatchObject({ told: true });
});

test('frozen between the last look at the clock and the write: the copy is deleted, and the one that stands has the last text', async () => {
  const { outbox, settle } = await start({
    // what the one that was frozen did not see: somebody took over, posted an older text, and stored it
    wrapDrain: (port) => ({
      ...port,
      async intend(key, claim) {
        const entry = await port.intend(key, claim);
        const ts = '1700000000.000001';
        slack.messages.push({ channel: 'C1', ts, text: 'older', blocks: [], bot_id: 'B1' });
        await port.receipt(key, { version: 1, via: 'web', ts, channel: 'C1' });
        return entry;
      },
    }),
  });
  await outbox.say('a', toOps, said('older'));
  await outbox.say('a', toOps, said('newer'));
  await settle('C1');
  expect(slack.callsOf('chat.postMessage')).toHaveLength(1);
  expect(slack.messages).toEqual([expect.objectContaining({ ts: '1700000000.000001', text: 'newer' })]);
  expect(await outbox.get('a')).toMatchObject({ state: 'sent', sentVersion: 2, ts: '1700000000.000001' });
});

test('what somebody else has delivered meanwhile does not end as failed', async () => {
  const { outbox } = await start();
  await outbox.say('a', toOps, said('leaking'));
  await outbox.receipt('a', { version: 1, via: 'web', ts: '1.1', channel: 'C1' });
  await outbox.fail('a', 1, 'is_archived');
  expect(await outbox.get('a')).toMatchObject({ state: 'sent' });
});

test('more messages than one drain looks at: it comes back for the rest by itself', async () => {
  const { outbox, claims, enqueue, asked } = await start();
  const done: string[] = [];
  const delivery: Parameters<typeof makeDeliver>[0]['delivery'] = {
    async step(entry) {
      done.push(entry.key);
      await outbox.receipt(entry.key, { version: entry.version, via: 'reply' });
      return { kind: 'done' };
    },
  };
  const deliver = makeDeliver({ outbox, claims, delivery, enqueue });
  const keys = Array.from({ length: PENDING_AT_ONCE + 1 }, (_, n) => `k${n}`);
  for (const key of keys) await outbox.say(key, toOps, said(key));
  await deliver({ v: 1, channel: 'C1' }, contextOf());
  expect(asked).toHaveLength(1);
  await deliver({ v: 1, channel: 'C1' }, contextOf());
  expect(asked).toHaveLength(1);
  expect(done).toEqual(keys);
});

test('two channels of the same worker do not wait for each other', async () => {
  const { outbox, drain } = await start();
  slack.fault({ method: 'chat.postMessage', kind: 'timeout', when: ({ channel }) => channel === 'C1' });
  await outbox.say('a', toOps, said('hangs'));
  await outbox.say('b', { ...toOps, channel: 'C2' }, said('goes'));
  const slow = drain('C1');
  await drain('C2');
  expect(texts()).toEqual(['goes']);
  await slow;
});
