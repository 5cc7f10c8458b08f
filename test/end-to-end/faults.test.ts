import { afterEach, expect, test } from '@jest/globals';
import { makeHosts } from '../../src/store/hosts.js';
import { makeInventory } from '../../src/store/inventory.js';
import { FLEET_HOST } from '../support/filled-fleet.js';
import { beat } from '../support/fleet.js';
import { freePort, until } from '../support/parts/process.js';
import { type RedisPart, startRedis } from '../support/parts/redis.js';
import { makeWorld, textOf, type World } from './world.js';

let world: World | undefined;
let redis: RedisPart | undefined;
afterEach(async () => {
  await world?.stop();
  await redis?.stop();
  [world, redis] = [undefined, undefined];
}, 30_000);

async function begin(redisUrl?: string): Promise<World> {
  world = await makeWorld({ delivery: 'http', rateLimits: false }, redisUrl);
  return world;
}
const HISTORY_MS = 3_600_000;
const type = ({ workspace }: World, text: string) =>
  workspace.command({ user: workspace.users.ana, channel: workspace.channels.ops, text });

test('a wrong token: it ends, and says which and where to get the right one', async () => {
  const { startAndEnd } = await begin();
  const { code, output } = await startAndEnd('start', { SLACK_BOT_TOKEN: 'xoxb-wrong-token' });
  expect(code).toBe(78);
  expect(output).toMatch(/SLACK_BOT_TOKEN was refused by Slack \(invalid_auth\).*OAuth & Permissions/);
  expect(output).not.toContain('xoxb-wrong-token');
});

test('settings that are wrong: one line each, before anything starts', async () => {
  const { startAndEnd } = await begin();
  const { code, output } = await startAndEnd('start', { SLACK_BOT_TOKEN: 'oops', REDIS_URL: 'localhost', PORT: '99999' });
  expect(code).toBe(78);
  expect(output.split('\n').filter((line) => /^(SLACK_BOT_TOKEN|REDIS_URL|PORT) .*Example:/.test(line))).toHaveLength(3);
});

test('a Redis that may throw keys away: refused, with the setting’s name', async () => {
  redis = await startRedis(['--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru']);
  const { startAndEnd } = await begin(redis.url);
  for (const role of ['bot', 'worker'] as const) {
    const { code, output } = await startAndEnd(role);
    expect(code).toBe(78);
    expect(output).toContain('maxmemory-policy');
  }
});

test('Redis down at the start: the bot answers that nothing was begun, and works once Redis is there', async () => {
  const port = await freePort();
  const here = await begin(`redis://127.0.0.1:${port}`);
  await here.start('bot');
  const { body, ms } = await type(here, 'check service-0');
  expect(JSON.stringify(body)).toMatch(/Redis.*Nothing was begun/);
  expect(ms).toBeLessThan(2_500);
  expect((await fetch(`${here.url}/healthz`)).status).toBe(200);
  const readiness = await fetch(`${here.url}/readyz`);
  expect([readiness.status, await readiness.text()]).toEqual([503, expect.stringContaining('Redis')]);

  redis = await startRedis([], port);
  await here.fill({ services: 1, replicas: 1, historyMs: HISTORY_MS });
  await here.start('worker');
  await until('a good status', 15_000, async () => JSON.stringify((await type(here, 'status')).body).includes('🟢'));
  await type(here, 'check service-0');
  await here.said(here.workspace.channels.ops, 'service-0', 'leaking');
}, 60_000);

test('no worker: the command is taken, status says so, and it is answered when one comes', async () => {
  const here = await begin();
  await here.fill({ services: 1, replicas: 1, historyMs: HISTORY_MS });
  await here.start('bot');
  expect(JSON.stringify((await type(here, 'check service-0')).body)).toContain('Checking');
  expect(JSON.stringify((await type(here, 'status')).body)).toContain('No worker is running');
  expect(await (await fetch(`${here.url}/readyz`)).text()).toContain('workers: none is running');
  await here.start('worker');
  await here.said(here.workspace.channels.ops, 'service-0', 'leaking');
}, 30_000);

test('a service whose last container goes while it is looked at', async () => {
  const here = await begin();
  await here.fill({ services: 1, replicas: 1, historyMs: HISTORY_MS });
  await here.start('bot');
  await type(here, 'check service-0');
  await here.withRedis((client) => makeInventory(client).replace(FLEET_HOST, [], Date.now()));
  await here.start('worker');
  await here.said(here.workspace.channels.ops, 'service-0', 'gone');
}, 30_000);

test('a silent agent is named in every answer that it should have been part of', async () => {
  const here = await begin();
  await here.fill({ services: 1, replicas: 1, historyMs: HISTORY_MS });
  await here.withRedis((client) => makeHosts(client).beat(beat(FLEET_HOST, Date.now() - 10 * 60_000)));
  await Promise.all([here.start('bot'), here.start('worker')]);
  for (const text of ['status', 'check sevrice-0']) {
    expect(JSON.stringify((await type(here, text)).body)).toMatch(new RegExp(`${FLEET_HOST}.*silent since`));
  }
  for (const text of ['check service-0', 'top']) {
    await type(here, text);
    await here.said(here.workspace.channels.ops, 'Silent: hv-01 since');
  }
}, 30_000);

test('Docker down: the agent stays, says so, and the answer says why it cannot tell', async () => {
  const here = await begin();
  await here.fill({ services: 1, replicas: 1, historyMs: 0 });
  await here.start('agent', {
    DOCKER_HOST: 'unix:///nowhere/docker.sock',
    LEAKWATCH_HOST: FLEET_HOST,
    LEAKWATCH_SAMPLE_SECONDS: '1',
  });
  await Promise.all([here.start('bot'), here.start('worker')]);
  const status = async () => JSON.stringify((await type(here, 'status')).body);
  await until('the problem in status', 10_000, async () => /Docker does not answer/.test(await status()));
  await type(here, 'check service-0');
  const card = textOf(await here.said(here.workspace.channels.ops, 'service-0', 'Docker does not answer'));
  expect(card).toContain("can't tell");
}, 30_000);
