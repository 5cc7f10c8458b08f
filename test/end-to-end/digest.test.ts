import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { incident, openIn } from '../support/incidents.js';
import { makeWorld, textOf, type World } from './world.js';

/** The morning, with two workers as they are built. */
let world: World;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leakwatch-rules-'));
  world = await makeWorld({ delivery: 'http', rateLimits: false });
}, 60_000);
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

/** A zone in which it is about noon now, whenever this runs: the day does not end under the test. */
function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours();
  return ahead === 0 ? 'UTC' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

test('two workers start at noon: the channel gets one digest, which links to the thread of what is open', async () => {
  const { workspace } = world;
  const { ops } = workspace.channels;
  const rules = join(folder, 'leakwatch.yml');
  await writeFile(rules, `watch: { digestAt: "9:00", timezone: ${noonZone()} }\n`);
  const hour = 3_600_000;
  const place = { channel: ops };
  await world.withRedis(async (redis) => {
    // its root is in Slack already, as a night's is
    const root = await fetchTs(workspace.botToken, workspace.apiUrl, ops);
    await openIn(redis, incident('i-1', 'api', { openedMs: Date.now() - hour, place: { ...place, threadTs: root } }));
  });
  const env = { LEAKWATCH_RULES: rules, LEAKWATCH_CHANNEL: ops };
  await Promise.all([world.start('worker', env), world.start('worker', env)]);
  const digest = await world.said(ops, 'Daily digest');
  expect(digest.text).toBe('🔴 Daily digest: 1 leak open (1 new)');
  expect(textOf(digest)).toMatch(/nobody has it · <https?:\/\/[^|]+\|thread>/);
  await world.said(ops, 'api leaking');
  // Rounds go on: what they have said since is no digest.
  await world.withRedis(async (redis) => {
    await openIn(redis, incident('i-2', 'cart', { openedMs: Date.now(), place }));
  });
  await world.said(ops, 'cart leaking');
  expect(workspace.messages(ops).filter(({ text }) => text.includes('Daily digest'))).toHaveLength(1);
}, 90_000);

async function fetchTs(token: string, apiUrl: string, channel: string): Promise<string> {
  const body = new URLSearchParams({ channel, text: 'a root' });
  const answer = await fetch(new URL('chat.postMessage', apiUrl), {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${token}` },
  });
  return ((await answer.json()) as { ts: string }).ts;
}
