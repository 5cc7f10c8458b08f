import { expect, test } from '@jest/globals';
import { history } from '../../src/slack/commands/history.js';
import { ack, reopen, resolve, snooze } from '../../src/slack/commands/incident.js';
import { replica } from '../support/fleet.js';
import { incident } from '../support/incidents.js';
import { ask, NOW, slackContext } from '../support/slack-context.js';

/** A service whose last container was removed while its leak was open: people name it all the same. */
const closed = { atMs: NOW - 60_000, how: 'gone' } as const;
function world() {
  const made = slackContext([replica('shop/cart', 1)]);
  const keep = (one: ReturnType<typeof incident>) => made.incidents.set(one.id, one);
  keep(incident('i-1', 'shop/api-svc'));
  keep(incident('i-2', 'shop/search', { closed }));
  return { ...made, keep };
}

test.each([
  [ack, ['api-svc'], 'acknowledge', 'i-1'],
  [resolve, ['shop/api-svc'], 'resolve', 'i-1'],
  [snooze, ['API-SVC', '4h'], 'snooze', 'i-1'],
  [reopen, ['search'], 'reopen', 'i-2'],
] as const)('%# is done to the incident of what is gone', async (command, args, kind, incidentId) => {
  const { context, enqueued } = world();
  await command.run([...args], ask(), context);
  expect(enqueued).toEqual([expect.objectContaining({ name: 'act', payload: expect.objectContaining({ incidentId }) })]);
  expect(enqueued[0]?.payload.act).toMatchObject({ kind });
});

test('history knows it, closed or not', async () => {
  const { context } = world();
  for (const word of ['api-svc', 'search'])
    expect((await history.run([word], ask(), context)).message.text).toContain(`${word}: 1 incident`);
});

test('history counts what it has no line for', async () => {
  const { context, keep } = world();
  for (let i = 0; i < 60; i += 1) keep(incident(`i-s${i}`, 'shop/search', { closed }));
  const { message } = await history.run(['search'], ask(), context);
  expect(message.text).toBe('search: over 50 incidents');
  expect(JSON.stringify(message.blocks)).toContain('… more than 40 before: `/leak report search 11` is the next');
});

test('of two of that name it asks which; what never was is not known', async () => {
  const { context, keep } = world();
  keep(incident('i-3', 'other/api-svc'));
  await expect(ack.run(['api-svc'], ask(), context)).rejects.toThrow('"api-svc" is 2 services: `/leak ack shop/api-svc`');
  await expect(ack.run(['nobody'], ask(), context)).rejects.toThrow('No "nobody".');
});
