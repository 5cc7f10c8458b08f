import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeIncidents } from '../../src/store/incidents.js';
import { key } from '../../src/store/keys.js';
import { makeRuns } from '../../src/store/runs.js';
import { incident, openIn } from '../support/incidents.js';
import { until } from '../support/parts/process.js';
import { makeWorld, textOf, type World } from './world.js';

/** A thread of people, and what is found out comes to it: bot and worker as they are built, over HTTP, on a real Redis. No channel is set. */
let world: World;
beforeAll(async () => {
  world = await makeWorld({ delivery: 'http', rateLimits: false });
  await world.fill({ services: 4, replicas: 1, historyMs: 2 * 3_600_000 });
  await Promise.all([world.start('bot'), world.start('worker')]);
}, 120_000);
afterAll(() => world.stop());

const WAIT_MS = 20_000;
const thread = (channel: string, ts: string) => world.workspace.messages(channel).filter(({ threadTs }) => threadTs === ts);
const inThread = (channel: string, ts: string, words: string) =>
  world.workspace.waitFor(
    () => thread(channel, ts).find((one) => textOf(one).includes(words)),
    WAIT_MS,
    `"${words}" in\n${world.workspace.transcript(channel)}`,
  );
const open = async (serviceId: string) =>
  (await world.withRedis((redis) => makeIncidents(redis).open())).filter(({ service }) => service.id === serviceId);

/** A container is killed for memory, as its agent tells; the watch looks at once. */
async function killed(serviceId: string): Promise<void> {
  const endedAtMs = Date.now();
  await world.withRedis(async (redis) => {
    const life = {
      containerId: `dead${endedAtMs}`,
      image: `${serviceId}:1`,
      startedAtMs: endedAtMs - 5_000,
      endedAtMs,
      oomKilled: true,
    };
    await makeRuns(redis).record(`hv-01/${serviceId}/1`, life);
    await redis.zadd(key('watch-due'), 0, serviceId);
  });
}

test('people talk in a thread; what was said elsewhere is collected there, and its root says so', async () => {
  const { workspace } = world;
  const { users, channels } = workspace;
  const place = { channel: channels.random };
  await world.withRedis((redis) => openIn(redis, incident('i-1', 'service-0', { place, openedMs: Date.now() - 60_000 })));
  const root = () => workspace.messages(channels.random).find((one) => textOf(one).includes('incident_snooze'));
  await workspace.waitFor(root, WAIT_MS, 'the root');

  const { ts } = await workspace.say({ user: users.ana, channel: channels.ops, text: 'orders are slow again' });
  await workspace.say({ user: users.bo, channel: channels.ops, threadTs: ts, text: 'memory?' });
  await workspace.mention({ user: users.bo, channel: channels.ops, threadTs: ts, text: 'check service-0' });
  const answer = await inThread(channels.ops, ts, 'collect_here');
  expect(textOf(answer)).toMatch(/Already said .* nobody has it yet → <[^|]*archives\/C0RANDOM001[^|]*\|thread>/);

  const click = (user: string) =>
    workspace.click({ user, channel: channels.ops, messageTs: answer.ts, actionId: 'collect_here' });
  const clicked = await Promise.all([click(users.bo), click(users.ana)]);
  expect(clicked.map(({ error }) => error)).toEqual([null, null]);
  await inThread(channels.ops, ts, 'Evidence about service-0 is collected here from now on');
  const refusals = () =>
    [users.ana, users.bo].flatMap((user) => workspace.ephemerals(user).filter(({ text }) => text.includes('already')));
  await workspace.waitFor(() => refusals().length === 1, WAIT_MS, 'the word to who was second');
  await workspace.waitFor(() => textOf(root() ?? answer).includes('Evidence goes to'), WAIT_MS, 'the root that says where');
  expect(textOf(root() ?? answer)).toContain(`/archives/${channels.ops}/p${ts.replace('.', '')}|a thread> in <#${channels.ops}>`);

  await killed('service-0');
  await inThread(channels.ops, ts, 'was killed out of memory');
  const words = thread(channels.ops, ts).map(({ text }) => text);
  expect(words.filter((text) => text.includes('collected here'))).toHaveLength(1);
  expect(words.filter((text) => text.includes('killed out of memory'))).toHaveLength(1);
  expect(thread(channels.random, root()?.ts ?? '')).toEqual([]);
}, 120_000);

test('Attach leak evidence: a leak that nobody has said yet becomes an incident of the message’s thread', async () => {
  const { workspace } = world;
  const { users, channels } = workspace;
  const { ts } = await workspace.say({ user: users.ana, channel: channels.ops, text: 'service-3 was restarted, why?' });
  const used = await workspace.shortcut({ user: users.bo, callbackId: 'attach_evidence', channel: channels.ops, messageTs: ts });
  expect(used.error).toBeNull();
  const view = await workspace.waitFor(() => workspace.views(users.bo)[0], WAIT_MS, 'the form');
  expect(JSON.stringify(view.view)).toMatch(/"initial_option":\{[^}]*\{[^}]*service-3/);
  expect((await submit(users.bo, view.id, 's=service-3')).error).toBeNull();
  expect(workspace.views(users.bo)).toEqual([]);
  expect(workspace.ephemerals(users.bo).at(-1)).toMatchObject({
    text: expect.stringContaining('Checking service-3'),
    threadTs: ts,
  });

  await inThread(channels.ops, ts, 'Data: ');
  await inThread(channels.ops, ts, 'incident_snooze');
  await inThread(channels.ops, ts, 'Evidence about service-3 is collected here from now on');
  expect(thread(channels.ops, ts).filter((one) => textOf(one).includes('collect_here'))).toEqual([]);
  await killed('service-3');
  await inThread(channels.ops, ts, 'was killed out of memory');
  expect(await open('service-3')).toHaveLength(1);
}, 120_000);

test.each(['lobby', 'hidden'] as const)(
  'in a channel without the bot (%s) the form says how, and nothing is begun',
  async (name) => {
    const { workspace } = world;
    const { users, channels } = workspace;
    const channel = channels[name];
    const { ts } = await workspace.say({ user: users.ana, channel, text: 'service-1?' });
    await workspace.shortcut({ user: users.ana, callbackId: 'attach_evidence', channel, messageTs: ts });
    const view = await workspace.waitFor(() => workspace.views(users.ana)[0], WAIT_MS, 'the form');
    expect((await submit(users.ana, view.id, 's=service-1')).body).toEqual({
      response_action: 'errors',
      errors: { service: expect.stringContaining('/invite @leakwatch') },
    });
    expect(workspace.views(users.ana)).toHaveLength(1);
    await workspace.closeView(users.ana, view.id);
    expect(await open('service-1')).toEqual([]);
    expect(thread(channel, ts)).toEqual([]);
  },
  60_000,
);

test('somebody from another workspace is refused, alone', async () => {
  const { workspace } = world;
  const { users, channels } = workspace;
  const { ts } = await workspace.say({ user: users.ana, channel: channels.shared, text: 'hm' });
  await workspace.mention({ user: users.ana, channel: channels.shared, threadTs: ts, text: 'check service-0' });
  const answer = await inThread(channels.shared, ts, 'collect_here');
  await workspace.click({ user: users.stranger, channel: channels.shared, messageTs: answer.ts, actionId: 'collect_here' });
  await until('the refusal', WAIT_MS, async () =>
    workspace.ephemerals(users.stranger).some(({ text }) => text.includes('workspace')),
  );
  expect((await open('service-0'))[0]?.place.channel).toBe(channels.ops);
}, 60_000);

function submit(user: string, viewId: string, option: string) {
  const service = { service: { type: 'static_select', selected_option: { value: option } } };
  return world.workspace.submitView({ user, viewId, values: { service } });
}
