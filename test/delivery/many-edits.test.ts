import { expect, test } from '@jest/globals';
import { PENDING_AT_ONCE } from '../../src/model/delivery.js';
import { said } from './harness.js';
import { useStage } from './stage.js';

const { slack, start } = await useStage();
const toOps = { kind: 'channel', channel: 'C1' } as const;

test('however many edits wait for their turn, a new message does not wait behind them', async () => {
  const { outbox, budget, settle, drain } = await start({ budget: { postSpacingMs: 1 } });
  const keys = Array.from({ length: PENDING_AT_ONCE + 5 }, (_, n) => `old-${n}`);
  for (const key of keys) await outbox.say(key, toOps, said(key));
  await settle('C1', 20_000);
  await budget.pause('updates', 60_000);
  for (const key of keys) await outbox.say(key, toOps, said(`${key}, changed`));
  await outbox.say('page', toOps, said('a page'));
  await drain('C1');
  expect(slack.messages.at(-1)?.text).toBe('a page');
});
