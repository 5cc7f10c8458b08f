import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Incident } from '../../src/model/incident.js';
import { makeIncidents } from '../../src/store/incidents.js';
import { key } from '../../src/store/keys.js';
import { incident, openIn } from '../support/incidents.js';
import { until } from '../support/parts/process.js';
import { makeWorld, textOf, type World } from './world.js';

/** Two people, one incident: bot and worker as they are built, over HTTP, on a real Redis. */
let world: World;
const folder = mkdtempSync(join(tmpdir(), 'leakwatch-archive-'));
let count = 0;
beforeAll(async () => {
  world = await makeWorld({ delivery: 'http', rateLimits: false });
  await world.fill({ services: 3, replicas: 1, historyMs: 2 * 3_600_000 });
  await Promise.all([world.start('bot'), world.start('worker', { LEAKWATCH_DATA_DIR: folder })]);
}, 60_000);
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

/** An incident of service-0 whose root is there. */
async function opened(over: Partial<Incident> = {}) {
  count += 1;
  const id = `i-${count}`;
  const place = { channel: world.workspace.channels.ops };
  const one = incident(id, 'service-0', { place, openedMs: Date.now() - 60_000, ...over });
  await world.withRedis((redis) => openIn(redis, one));
  const { workspace } = world;
  const withIt = () => workspace.messages(one.place.channel).find((message) => textOf(message).includes(`"${one.storm ?? id}"`));
  const { ts } = await workspace.waitFor(withIt, 15_000, `the root of ${id}`);
  const root = () =>
    textOf(workspace.messages(one.place.channel).find((message) => message.ts === ts) ?? { text: '', blocks: [] });
  const thread = () => workspace.messages(one.place.channel).filter(({ threadTs }) => threadTs === ts);
  const becomes = (words: string) =>
    workspace.waitFor(() => root().includes(words), 15_000, `the root with ${words}:\n${root()}`);
  const kept = async () => (await world.withRedis((redis) => makeIncidents(redis).incident(id)))?.value;
  return { id, ts, root, thread, becomes, kept, channel: one.place.channel };
}

const press = (user: string, at: { channel: string; ts: string }, actionId: string, option?: string) =>
  world.workspace.click({ user, channel: at.channel, messageTs: at.ts, actionId, ...(option ? { option } : {}) });

test('two people acknowledge at once: one has it, once, and the other is told who', async () => {
  const { ana, bo } = world.workspace.users;
  const at = await opened();
  const clicked = await Promise.all([press(ana, at, 'incident_acknowledge'), press(bo, at, 'incident_acknowledge')]);
  expect(clicked.map(({ error }) => error)).toEqual([null, null]);
  await at.becomes('In hand');
  const refusals = () =>
    [ana, bo].flatMap((user) => world.workspace.ephemerals(user).filter(({ text }) => text.includes('has it already')));
  await world.workspace.waitFor(() => refusals().length === 1, 15_000, 'the word to who was second');
  await world.workspace.waitFor(() => at.thread().length === 1, 15_000, 'the line in the thread');
  expect(at.thread()[0]?.text).toContain('has it');
  expect((await at.kept())?.moments.filter(({ kind }) => kind === 'acknowledge')).toHaveLength(1);
  expect(at.root()).not.toContain('"incident_acknowledge"');
}, 60_000);

test('snooze, resolve, reopen: each changes the root, and nobody’s click takes its place', async () => {
  const { ana } = world.workspace.users;
  const at = await opened();
  await press(ana, at, 'incident_snooze', `${at.id} 4h`);
  await at.becomes('snoozed until');
  await press(ana, at, 'incident_resolve');
  await at.becomes('service-0 resolved');
  await press(ana, at, 'incident_reopen');
  await at.becomes('"incident_resolve"');
  expect((await at.kept())?.moments.map(({ kind, by }) => [kind, by])).toEqual([
    ['snooze', ana],
    ['resolve-by', ana],
    ['reopen', ana],
  ]);
}, 60_000);

test('not a leak: a form, what is wrong beside its field, and then quiet', async () => {
  const { ana } = world.workspace.users;
  const at = await opened();
  await press(ana, at, 'incident_not_a_leak');
  const view = await world.workspace.waitFor(() => world.workspace.views(ana)[0], 5_000, 'the form');
  const values = (ceiling: string) => ({
    why: { why: { type: 'static_select', selected_option: { value: 'fills' } } },
    words: { words: { type: 'plain_text_input', value: null } },
    ceiling: { ceiling: { type: 'plain_text_input', value: ceiling } },
    rate: { rate: { type: 'plain_text_input', value: null } },
  });
  const submit = (ceiling: string) => world.workspace.submitView({ user: ana, viewId: view.id, values: values(ceiling) });
  expect((await submit('plenty')).body).toEqual({
    response_action: 'errors',
    errors: { ceiling: expect.stringContaining('Not a size') },
  });
  expect(world.workspace.views(ana)).toHaveLength(1);
  expect(JSON.stringify((await submit('10 MiB')).body)).toContain('already');
  expect((await submit('400 MiB')).error).toBeNull();
  expect(world.workspace.views(ana)).toEqual([]);
  await at.becomes('service-0 is not a leak');
  const watched = await world.withRedis((redis) => makeIncidents(redis).watched('service-0'));
  expect(watched.value.state?.quiet).toMatchObject({ ceilingBytes: 400 * 2 ** 20 });
  await until('a labelled case in the archive', 20_000, async () => readdirSync(join(folder, 'cases')).length === 2);
}, 60_000);

test('somebody from another workspace is refused, alone, and nothing is begun', async () => {
  const { stranger } = world.workspace.users;
  const at = await opened({ place: { channel: world.workspace.channels.shared } });
  for (const action of ['incident_acknowledge', 'incident_not_a_leak']) await press(stranger, at, action);
  const refusals = () => world.workspace.ephemerals(stranger).filter(({ text }) => text.includes('workspace'));
  await world.workspace.waitFor(() => refusals().length === 2, 5_000, 'both refusals');
  expect(world.workspace.views(stranger)).toEqual([]);
  expect((await at.kept())?.moments).toEqual([]);
}, 60_000);

test('a storm: all are acknowledged by one click, and one is split out', async () => {
  const { bo } = world.workspace.users;
  const storm = { storm: 's-1' };
  await world.withRedis((redis) => redis.zadd(key('storm-members', 's-1'), 1, `i-${count + 1}`));
  const at = await opened(storm);
  await press(bo, at, 'storm_acknowledge');
  await until('the incident in hand', 15_000, async () => (await at.kept())?.acknowledged?.by === bo);
  await at.becomes('In hand: 1 of 1');
  await press(bo, at, 'storm_split', at.id);
  const own = () => world.workspace.messages(at.channel).find((one) => one.ts !== at.ts && textOf(one).includes(`"${at.id}"`));
  await world.workspace.waitFor(own, 15_000, 'a root of its own');
}, 60_000);
