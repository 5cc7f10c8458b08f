import { expect, test } from '@jest/globals';
import { makeLost } from '../../jobs/lost.js';
import type { Payload } from '../../src/queue/catalogue.js';
import { plainMessage } from '../../src/render/plain-message.js';
import { useStage } from '../delivery/stage.js';

/** What a person waits for and will not come, as they read it. */
const { slack, start } = await useStage();
const target = { kind: 'channel', channel: 'C1' } as const;
const check = (round: number, over: Partial<Payload<'check'>> = {}): Payload<'check'> => ({
  ...{ v: 1, outboxKey: 'answer', target, serviceId: 'api-svc', askedBy: 'U1', askedAtMs: 0, round },
  ...over,
});
const shown = () => slack.messages.map(({ text, blocks }) => [text, JSON.stringify(blocks)]);

test('an answer that was good stays when a later look breaks off, with one line that says so', async () => {
  const { outbox, enqueue, settle } = await start();
  const lost = makeLost({ outbox, enqueue });
  await outbox.say('answer', target, plainMessage('⚪ api-svc: can’t tell yet'));
  await settle('C1');
  for (const reference of ['aaaa1111', 'bbbb2222'])
    await lost('check', check(3), `Redis does not answer (reference ${reference}).`);
  await settle('C1');
  const [[text, blocks] = [], ...others] = shown();
  expect([text, others]).toEqual(['⚪ api-svc: can’t tell yet', []]);
  expect(blocks?.match(/could not be looked at again/g)).toHaveLength(1);
  expect(blocks).toContain('Redis does not answer (reference bbbb2222). `/leak check` looks anew.');
});

test('the same of an answer to alerts, whose next alert could not be looked at', async () => {
  const { outbox, enqueue, settle } = await start();
  const { askedBy: _, ...byAlert } = check(0);
  await outbox.say('answer', target, plainMessage('🟢 api-svc stable'));
  await makeLost({ outbox, enqueue })('check', byAlert, 'Redis does not answer.');
  await settle('C1');
  expect(shown()).toEqual([['🟢 api-svc stable', expect.stringContaining('could not be looked at again')]]);
});

test('with no answer yet it is said in its place', async () => {
  const { outbox, enqueue, settle } = await start();
  await makeLost({ outbox, enqueue })('check', check(0), 'Redis does not answer.');
  await settle('C1');
  expect(shown().map(([text]) => text)).toEqual(['Redis does not answer.']);
});
