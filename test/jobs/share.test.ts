import { expect, test } from '@jest/globals';
import { makeLost } from '../../jobs/lost.js';
import { makeShare } from '../../jobs/share.js';
import type { Chart } from '../../src/model/chart.js';
import { BLOCK, contextOf, said } from '../delivery/harness.js';
import { useStage } from '../delivery/stage.js';

const { slack, start } = await useStage();

const alone = { kind: 'person', channel: 'C1', user: 'U2' } as const;
const toOps = { kind: 'channel', channel: 'C1', user: 'U2' } as const;
const payload = { v: 1, fromKey: 'private', outboxKey: 'shared', target: toOps } as const;
const chart: Chart = {
  ...{ title: 'api-svc', altText: 'memory rises' },
  config: { type: 'line', data: { labels: [], datasets: [] }, options: {} },
};
const button = (action_id: string) => ({ type: 'button', action_id });

test('run twice: one message in the channel, without the button, with the picture that was drawn already', async () => {
  const harness = await start();
  const { outbox, settle, asked } = harness;
  const buttons = { type: 'actions', elements: [button('share'), button('ack')] };
  await outbox.say('private', alone, { text: 'leaking', blocks: [BLOCK('leaking'), buttons] }, chart);
  await outbox.attachChart('private', 1, 'F1');
  const share = makeShare(harness);
  await share(payload, contextOf());
  await settle('C1');
  await share(payload, contextOf());
  await settle('C1');
  const visible = slack.messages.filter((one) => !one.ephemeral);
  expect(visible).toHaveLength(1);
  expect(visible[0]?.blocks).toEqual([
    BLOCK('leaking'),
    { type: 'image', slack_file: { id: 'F1' }, alt_text: 'memory rises' },
    { type: 'actions', elements: [button('ack')] },
  ]);
  expect(asked.filter(({ name, payload: job }) => name === 'chart' && (job as typeof payload).outboxKey === 'shared')).toEqual(
    [],
  );
});

test('an answer that is gone: the one who pressed the button is told alone, the channel sees nothing', async () => {
  const harness = await start();
  const { outbox, settle, enqueue } = harness;
  await expect(makeShare(harness)(payload, contextOf())).rejects.toMatchObject({ who: 'person' });
  await makeLost({ outbox, enqueue })('share', payload, 'That answer is too old to be shared. Ask again.');
  await settle('C1');
  expect(slack.messages).toEqual([
    expect.objectContaining({ ephemeral: true, user: 'U2', text: expect.stringContaining('too old') }),
  ]);
});

test('an answer that will not come is said in its place', async () => {
  const harness = await start();
  const { outbox, settle, enqueue } = harness;
  await outbox.say('answer', toOps, said('sampling…'));
  await settle('C1');
  await makeLost({ outbox, enqueue })(
    'top',
    { v: 1, outboxKey: 'answer', target: toOps, askedAtMs: 0 },
    'That went wrong on our side (reference 0).',
  );
  await settle('C1');
  expect(slack.messages.map(({ text }) => text)).toEqual(['That went wrong on our side (reference 0).']);
});
