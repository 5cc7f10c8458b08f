import { expect, test } from '@jest/globals';
import { fileShared, filesOf, filesOfMention } from '../../src/slack/dropped-files.js';
import { parse } from '../../src/slack/parse.js';
import { NOW, slackContext } from '../support/slack-context.js';

const identity = { teamId: 'T1', botUserId: 'U0BOT', botId: 'B0BOT' };
const shared = {
  type: 'file_shared',
  file_id: 'F1',
  channel_id: 'C1',
  user_id: 'U1',
  file: { id: 'F1' },
  event_ts: '1.1',
} as const;
const ask = { via: 'mention', user: 'U1', channel: 'C1', threadTs: '1.0', once: 'Ev1', atMs: NOW } as const;

test('a file was shown: ids alone are enqueued, once an event; where people of other workspaces are, that too', async () => {
  const world = slackContext([]);
  await fileShared(shared, 'Ev1', false, identity, world.context);
  await fileShared(shared, 'Ev2', true, identity, world.context);
  expect(world.enqueued).toEqual([
    { name: 'dropped', payload: { v: 1, channel: 'C1', fileIds: ['F1'], homeTeam: 'T1' }, options: { once: 'Ev1' } },
    {
      name: 'dropped',
      payload: { v: 1, channel: 'C1', fileIds: ['F1'], homeTeam: 'T1', isShared: true },
      options: { once: 'Ev2' },
    },
  ]);
});

test('our own files (charts, flame graphs, reports) are no news', async () => {
  const world = slackContext([]);
  await fileShared({ ...shared, user_id: 'U0BOT' }, 'Ev1', false, identity, world.context);
  expect(world.enqueued).toEqual([]);
});

test.each([
  ['', true],
  ['heap', true],
  ['massif', true],
  ['what is this?', true],
  ['heap api-svc', false],
  ['check api-svc', false],
])('files beside "%s": it is about them: %s', async (words, isOfFile) => {
  const world = slackContext([]);
  const reply = await filesOfMention(['F1', 'F2'], parse(words), ask, '1.5', identity, world.context);
  expect(reply?.to).toBe(isOfFile ? 'ack' : undefined);
  const mention = { ts: '1.5', threadTs: '1.0', user: 'U1', ...(isOfFile ? { asked: true } : {}) };
  expect(world.enqueued.map(({ payload }) => payload)).toEqual([
    { v: 1, channel: 'C1', fileIds: ['F1', 'F2'], homeTeam: 'T1', mention },
  ]);
});

test('of many files the first ten; of none, none', () => {
  const many = Array.from({ length: 12 }, (_, i) => ({ id: `F${i}` }));
  expect(filesOf({ files: many as never })).toHaveLength(10);
  expect(filesOf({})).toEqual([]);
});
