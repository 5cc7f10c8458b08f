import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeAnswering } from '../../src/store/answering.js';
import { until } from '../support/parts/process.js';
import { makeWorld, textOf, type World } from './world.js';

const HISTORY_MS = 2 * 3_600_000;

describe.each(['http', 'socket'] as const)('over %s', (delivery) => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld({ delivery, rateLimits: false });
    await world.fill({ services: 6, replicas: 2, historyMs: HISTORY_MS });
    await Promise.all([world.start('bot'), world.start('worker')]);
  }, 60_000);
  afterAll(() => world.stop());
  afterEach(() => {
    world.workspace.assertFaultsUsed();
    expect(world.workspace.broadcasts).toEqual([]);
  });
  const ana = () => world.workspace.users.ana;
  const ops = () => world.workspace.channels.ops;
  const type = (text: string, channel: string = ops()) => world.workspace.command({ user: ana(), channel, text });

  test('check: acknowledged to the asker, then the card in the channel, then the chart in it', async () => {
    const { body, error } = await type('check service-0');
    expect({ error, body }).toEqual({
      error: null,
      body: expect.objectContaining({ response_type: 'ephemeral', text: 'Checking service-0: 2 replicas on 1 host…' }),
    });
    const card = await world.said(ops(), 'service-0', 'leaking');
    expect(card.text).toMatch(/\+(39|4[01])(\.\d+)? MiB\/h/);
    const shown = await world.said(ops(), 'service-0', 'slack_file');
    expect(shown.ts).toBe(card.ts);
    expect(world.workspace.messages(ops()).filter((one) => one.text.includes('service-0'))).toHaveLength(1);
  });

  test('a service that does not leak', async () => {
    await type('check service-1');
    expect((await world.said(ops(), 'service-1')).text).toContain('stable');
  });

  test('private: to the asker alone, who may share it, once', async () => {
    await type('check service-2 private');
    const { workspace } = world;
    await workspace.waitFor(
      () => workspace.ephemerals(ana()).find((one) => textOf(one).includes('"share"')),
      10_000,
      'the private answer',
    );
    expect(workspace.messages(ops()).some((one) => one.text.includes('service-2'))).toBe(false);
    const alone = (part: string) => workspace.ephemerals(ana()).filter((one) => textOf(one).includes(part));
    await workspace.waitFor(() => alone('slack_file').length > 0, 10_000, 'its picture');
    expect(alone('"share"')).toHaveLength(1);
    await workspace.click({ user: ana(), channel: ops(), ephemeral: true, actionId: 'share' });
    const shared = await world.said(ops(), 'service-2');
    expect(textOf(shared)).not.toContain('"share"');
  });

  test('a mention in a thread is answered in that thread', async () => {
    const root = await world.workspace.say({ user: ana(), channel: ops(), text: 'something is wrong' });
    await world.workspace.mention({ user: ana(), channel: ops(), threadTs: root.ts, text: 'check service-3' });
    const answer = await world.said(ops(), 'service-3', 'leaking');
    expect(answer.threadTs).toBe(root.ts);
  });

  test('Prometheus is away: the worker that asks it finds out, status and metrics of the bot have it', async () => {
    const second = await world.start('worker', { PROMETHEUS_URL: 'http://127.0.0.1:9' });
    const figure = async () =>
      Number(
        /^leakwatch_unanswered_seconds\{server="Prometheus"\} (.*)$/m.exec(
          await (await fetch(`${world.url}/metrics`)).text(),
        )?.[1],
      );
    await until('the worker to have asked', 20_000, async () => (await figure()) > 0);
    await second.stop();
    // As it is seven minutes later.
    await world.withRedis(async (redis) => {
      const kept = await makeAnswering(redis).unanswered();
      await makeAnswering(redis).keep({ why: String(kept?.why), sinceMs: Date.now() - 420_000 });
    });
    const { body } = await type('status');
    expect(JSON.stringify(body)).toContain(
      '🟠 Prometheus has not answered for 7 min: cannot be reached (ECONNREFUSED). Verdicts are of our own samples',
    );
    await world.withRedis((redis) => makeAnswering(redis).clear());
    expect(await figure()).toBe(0);
  }, 60_000);

  test('help and status by mention, too', async () => {
    const root = await world.workspace.say({ user: ana(), channel: ops(), text: 'how does this work' });
    for (const text of ['help', 'status'])
      await world.workspace.mention({ user: ana(), channel: ops(), threadTs: root.ts, text });
    expect((await world.said(ops(), '/leak check')).threadTs).toBe(root.ts);
    expect((await world.said(ops(), 'Leakwatch', 'hv-01')).threadTs).toBe(root.ts);
  });

  test('top', async () => {
    await type('top');
    const table = textOf(await world.said(ops(), 'Soonest out of memory first'));
    for (const service of ['service-0', 'service-3']) expect(table).toContain(service);
  });

  test('trend', async () => {
    await type('trend service-0 30d');
    const card = await world.said(ops(), 'service-0 over 2 h', 'slack_file');
    expect(textOf(card)).toMatch(/30 d asked for; 14 d are kept/);
  });

  test('the home tab, and none for somebody from another workspace', async () => {
    const { workspace } = world;
    const { stranger } = workspace.users;
    expect(await workspace.openHome(stranger)).toMatchObject({ error: null });
    expect(await workspace.openHome(ana())).toMatchObject({ error: null });
    const [home] = await workspace.waitFor(() => workspace.views(ana()).length > 0 && workspace.views(ana()), 10_000, 'the tab');
    expect(JSON.stringify(home?.view)).toContain('6 services, 12 replicas on 1 host');
    expect(workspace.views(stranger)).toEqual([]);
  });

  test('no name: a menu, and what is chosen is checked', async () => {
    const { body } = await type('check', world.workspace.channels.random);
    expect(JSON.stringify(body)).toContain('static_select');
    const picked = await world.workspace.click({
      ...{ user: ana(), channel: world.workspace.channels.random, ephemeral: true },
      ...{ actionId: 'check_service', option: 's=service-4' },
    });
    expect(picked.error).toBeNull();
    await world.said(world.workspace.channels.random, 'service-4');
  });

  test('a misspelt name: what is near, as buttons that check', async () => {
    const { body } = await type('check servce-5');
    expect(JSON.stringify(body)).toContain('No \\"servce-5\\"');
    await world.workspace.click({
      user: ana(),
      channel: ops(),
      ephemeral: true,
      actionId: 'check_service_0',
      value: 's=service-5',
    });
    await world.said(ops(), 'service-5');
  });

  test('not a member: the card through the response URL, with the invitation', async () => {
    const { lobby } = world.workspace.channels;
    await type('check service-0', lobby);
    const card = await world.said(lobby, 'service-0', 'leaking');
    expect(textOf(card)).toContain('/invite @leakwatch');
  });

  test('ten thousand characters, and a command that nobody takes', async () => {
    const { body, ms } = await type(`check ${'x'.repeat(9_994)}`);
    expect(JSON.stringify(body)).toContain('10,000 characters');
    expect(JSON.stringify(body).length).toBeLessThan(1_500);
    expect(ms).toBeLessThan(1_500);
    expect(JSON.stringify((await type('chekc service-0')).body)).toContain('/leak check service-0');
  });

  test('a name full of markup mentions nobody', async () => {
    const { body } = await type('check <!channel>');
    expect(JSON.stringify(body)).not.toMatch(/<!channel>/);
  });

  test('somebody from another workspace is refused: mention and click, with a word to them alone', async () => {
    const { workspace } = world;
    const { stranger } = workspace.users;
    const { shared } = workspace.channels;
    const before = workspace.messages(shared).length;
    await workspace.mention({ user: stranger, channel: shared, text: 'check service-0' });
    await workspace.waitFor(
      () => workspace.ephemerals(stranger).find((one) => one.text.includes('workspace')),
      5_000,
      'the refusal',
    );
    expect(workspace.messages(shared)).toHaveLength(before + 1);
  });

  test('the same request twice is one answer', async () => {
    const { random } = world.workspace.channels;
    const of = (service: string) => world.workspace.messages(random).filter((one) => one.text.includes(service));
    world.workspace.fault({ delivery: 'command', kind: 'duplicate' });
    await type('check service-1', random);
    await world.said(random, 'service-1', 'slack_file');
    world.workspace.fault({ delivery: 'event', kind: 'duplicate' });
    const root = await world.workspace.mention({ user: ana(), channel: random, text: 'check service-2' });
    await world.said(random, 'service-2', 'slack_file');
    expect(of('service-1')).toHaveLength(1);
    expect(of('service-2').filter((one) => one.ts !== root.ts && !one.text.includes('@'))).toHaveLength(1);
  });
});

describe('over HTTP, requests that Slack did not send', () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld({ delivery: 'http' });
    await world.start('bot');
  }, 60_000);
  afterAll(() => world.stop());

  test.each(['forged', 'old', 'future'] as const)('%s: refused, nothing begun', async (kind) => {
    world.workspace.fault({ delivery: 'command', kind });
    const { users, channels } = world.workspace;
    const { status } = await world.workspace.command({ user: users.ana, channel: channels.ops, text: 'top' });
    expect(status).toBe(401);
    expect(await world.withRedis((redis) => redis.keys('*bull:work:*'))).toEqual([]);
  });

  test('a request with a charset in its content type, as some proxies send it', async () => {
    const response = await fetch(`${world.url}/slack/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'command=%2Fleak&text=top',
    });
    expect(response.status).toBe(401);
    expect((await fetch(`${world.url}/healthz`)).status).toBe(200);
  });
});
