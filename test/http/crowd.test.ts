import { get, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startHttp } from '../../src/http/server.js';
import { until } from '../support/parts/process.js';

/** Slack waits no longer. */
const SLACK_MS = 3_000;

/** The bot's server, and people who connect and do not ask, or do so for ever. */
let server: Server;
let port: number;
let sockets: Socket[];
let slackAsked: number;
beforeEach(async () => {
  [sockets, slackAsked] = [[], 0];
  const slack = (_: unknown, response: { end(text: string): void }) => {
    slackAsked += 1;
    response.end('ok');
  };
  const alerts = async (request: AsyncIterable<unknown>, response: { end(text: string): void }) => {
    try {
      for await (const _ of request);
      response.end('stored');
    } catch {
      // The sender was sent away.
    }
  };
  server = await startHttp({ notReady: async () => [], metrics: async () => '', slack, alerts }, 0, '127.0.0.1');
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function come(first = ''): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      if (first) socket.write(first);
      resolve(socket);
    });
    socket.on('error', () => {});
    socket.resume();
    sockets.push(socket);
  });
}
const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
/** As Slack comes: on a connection of its own. Gives the status and how long it took, ms. */
function ask(path: string): Promise<{ status: number | undefined; ms: number }> {
  const fromMs = performance.now();
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume().on('end', () => resolve({ status: response.statusCode, ms: performance.now() - fromMs }));
    }).on('error', reject);
  });
}

test('a thousand who connect and say nothing: two hundred are kept, and Slack is answered as ever', async () => {
  for (let i = 0; i < 1_000; i += 50) await Promise.all(Array.from({ length: 50 }, () => come()));
  await until('the crowd to be sent away', 10_000, async () => (await open()) <= 200);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('/slack/events')));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(SLACK_MS);
  expect(slackAsked).toBe(20);
}, 30_000);

test('who drips its headers is sent away after five seconds, who drips its body after ten, and Slack does not notice', async () => {
  const head = 'POST /alertmanager HTTP/1.1\r\nhost: x\r\n';
  const dripping = await Promise.all(
    Array.from({ length: 150 }, (_, i) => come(i < 100 ? head : `${head}content-length: 9000\r\n\r\n`)),
  );
  const dripped = setInterval(() => {
    for (const [i, socket] of dripping.entries()) if (!socket.destroyed) socket.write(i < 100 ? 'x-a: b\r\n' : 'x');
  }, 500);
  const begunMs = performance.now();
  const goneMs = dripping.map(
    (socket) => new Promise<number>((gone) => socket.once('close', () => gone(performance.now() - begunMs))),
  );
  try {
    expect((await ask('/slack/events')).ms).toBeLessThan(SLACK_MS);
    const times = await Promise.all(goneMs);
    expect(Math.min(...times.slice(0, 100))).toBeGreaterThan(4_000);
    expect(Math.max(...times.slice(0, 100))).toBeLessThan(8_000);
    expect(Math.max(...times.slice(100))).toBeLessThan(13_000);
  } finally {
    clearInterval(dripped);
  }
}, 30_000);

test('two hundred dripping bodies make room too', async () => {
  const head = 'POST /alertmanager HTTP/1.1\r\nhost: x\r\ncontent-length: 9000\r\n\r\n';
  await Promise.all(Array.from({ length: 200 }, () => come(`${head}x`)));
  const { status, ms } = await ask('/slack/events');
  expect([status, ms < SLACK_MS]).toEqual([200, true]);
}, 30_000);
