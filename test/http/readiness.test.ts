import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { notReady } from '../../src/http/readiness.js';
import { startHttp } from '../../src/http/server.js';
import { beat } from '../support/fleet.js';

const nowMs = 1_000_000;
const well = {
  ping: async () => 'PONG',
  hosts: { all: async () => [beat('hv-01', nowMs)] },
  slackProblem: () => null,
  redisProblems: () => [],
  undelivered: async () => ({ waiting: 0, sinceMs: null, refused: false }),
  workers: async () => 1,
  nowMs: () => nowMs,
};

test('everything there: no reason', async () => expect(await notReady(well)).toEqual([]));

test('each missing part has its sentence', async () => {
  const down = { ...well, ping: () => Promise.reject(new Error('connect ECONNREFUSED')) };
  expect(await notReady(down)).toEqual(['Redis: connect ECONNREFUSED']);
  expect(await notReady({ ...well, slackProblem: () => 'Slack: no Socket Mode connection' })).toEqual([
    'Slack: no Socket Mode connection',
  ]);
  expect(await notReady({ ...well, hosts: { all: async () => [] } })).toEqual(['agents: none has reported yet']);
});

test('a Redis that was switched to throw keys away, no worker, a token that is refused, messages that nobody delivers', async () => {
  const late = (waiting: number, ageMs: number) => async () => ({ waiting, sinceMs: nowMs - ageMs, refused: false });
  const refused = async () => ({ waiting: 3, sinceMs: nowMs, refused: true });
  const parts = { redisProblems: () => ['Redis may throw keys away (…)'], workers: async () => 0, undelivered: refused };
  expect(await notReady({ ...well, ...parts })).toEqual([
    'Redis may throw keys away (…)',
    expect.stringMatching(/^Slack refuses SLACK_BOT_TOKEN/),
    expect.stringMatching(/^workers: none/),
  ]);
  expect(await notReady({ ...well, undelivered: late(1, 89_000) })).toEqual([]);
  expect(await notReady({ ...well, undelivered: late(1, 4 * 60_000) })).toEqual([
    'A message waits to be delivered to Slack, the first of them for 4 min: the workers’ log says why.',
  ]);
  expect(await notReady({ ...well, undelivered: late(12, 91_000) })).toEqual([
    expect.stringMatching(/^12 messages wait .* for 2 min/),
  ]);
});

test('one silent host of two is no reason, all silent are', async () => {
  const silent = beat('hv-01', nowMs - 61_000);
  expect(await notReady({ ...well, hosts: { all: async () => [silent, beat('hv-02', nowMs)] } })).toEqual([]);
  expect(await notReady({ ...well, hosts: { all: async () => [silent] } })).toEqual(['agents: all silent (hv-01)']);
});

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(null)));
});

test('health, readiness with reasons, metrics, and what is not there', async () => {
  server = await startHttp(
    { notReady: async () => ['Redis: away', 'agents: none'], metrics: async () => 'up 1\n' },
    0,
    '127.0.0.1',
  );
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = async (path: string) => {
    const response = await fetch(base + path);
    return [response.status, await response.text()];
  };
  expect(await get('/healthz')).toEqual([200, 'ok\n']);
  expect(await get('/readyz')).toEqual([503, 'Redis: away\nagents: none\n']);
  expect(await get('/metrics')).toEqual([200, 'up 1\n']);
  expect((await get('/nothing'))[0]).toBe(404);
  expect((await get('/slack/events'))[0]).toBe(404);
});

test('a port that is taken or an address that is not ours: one sentence that names the variable', async () => {
  const routes = { notReady: async () => [], metrics: async () => '' };
  server = await startHttp(routes, 0, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  await expect(startHttp(routes, port, '127.0.0.1')).rejects.toThrow(new RegExp(`^PORT ${port} is taken.*Example: PORT=`));
  await expect(startHttp(routes, port, '203.0.113.9')).rejects.toThrow(/^LEAKWATCH_BIND 203.0.113.9 is no address.*Example: /);
});
