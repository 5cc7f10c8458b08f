import { expect, test } from '@jest/globals';
import type { WebClient } from '@slack/web-api';
import { pino } from 'pino';
import { makeIsOperator } from '../../src/slack/operators.js';

const log = pino({ level: 'silent' });
function slack(members: readonly string[] | Error) {
  let asked = 0;
  const list = async () => {
    asked += 1;
    if (members instanceof Error) throw members;
    return { ok: true, users: members };
  };
  return { client: { usergroups: { users: { list } } } as unknown as WebClient, asked: () => asked };
}

test('by their own id, or by a group, which is asked every five minutes at most', async () => {
  let nowMs = 0;
  const { client, asked } = slack(['U2']);
  const isOperator = makeIsOperator(['U1', 'S1'], client, log, () => nowMs);
  expect([await isOperator('U1'), asked()]).toEqual([true, 0]);
  expect([await isOperator('U2'), await isOperator('U3'), asked()]).toEqual([true, false, 1]);
  nowMs = 6 * 60_000;
  expect([await isOperator('U2'), asked()]).toEqual([true, 2]);
});

test('without any there are none; what cannot be asked makes nobody one', async () => {
  expect(await makeIsOperator([], slack([]).client, log, Date.now)('U1')).toBe(false);
  expect(await makeIsOperator(['S1'], slack(new Error('missing_scope')).client, log, Date.now)('U1')).toBe(false);
});
