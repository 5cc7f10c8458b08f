import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { App } from '@slack/bolt';
import { pino } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Inbound, socketInbound } from '../../src/slack/receivers.js';
import { slackLogger } from '../../src/slack/slack-logger.js';
import { until } from '../support/parts/process.js';

/** As much of Slack as Socket Mode needs: addresses, and connections that can be made to misbehave. */
let http: Server;
let sockets: WebSocketServer;
let inbound: Inbound;
let logged: string[];
let acknowledged: string[];
let answersPings: boolean;
const open = () => [...sockets.clients].filter(({ readyState }) => readyState === 1);

beforeEach(async () => {
  [logged, acknowledged, answersPings] = [[], [], true];
  http = createServer((request, response) => {
    const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/link`;
    request.resume().on('end', () => response.end(JSON.stringify({ ok: true, url })));
  });
  sockets = new WebSocketServer({ server: http, autoPong: false });
  sockets.on('connection', (socket) => {
    // What is tried anew while it is away gets no further than that.
    if (!answersPings) return socket.terminate();
    socket.on('ping', (data) => answersPings && socket.pong(data));
    socket.on('message', (said) => void acknowledged.push(JSON.parse(String(said)).envelope_id));
    socket.send('{"type":"hello","num_connections":2}');
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const logger = slackLogger(pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }));
  const apiUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/`;
  inbound = socketInbound('xapp-1-A', apiUrl, logger, () => {});
  const authorize = async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' });
  const app = new App({ receiver: inbound.receiver, logger, authorize, deferInitialization: true });
  app.command('/leak', ({ ack }) => ack('yes'));
  await app.init();
  expect(inbound.problem()).toMatch(/no Socket Mode connection/);
  await inbound.receiver.start();
  await until('both connections', 5_000, async () => open().length === 2);
});
afterEach(async () => {
  await inbound.receiver.stop();
  for (const socket of sockets.clients) socket.terminate();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

function sendCommand(socket: WebSocket, envelope_id: string): void {
  const payload = { command: '/leak', text: 'help', team_id: 'T1', user_id: 'U2', channel_id: 'C1' };
  socket.send(JSON.stringify({ type: 'slash_commands', envelope_id, payload, accepts_response_payload: true }));
}

test('frames that are none: binary, no JSON, of an unknown type, of 10 MB: nothing ends, and the next command is answered', async () => {
  for (const socket of open()) {
    for (const frame of [
      Buffer.from([0, 255, 1]),
      'no JSON',
      '[]',
      'null',
      '{"type":"from_tomorrow"}',
      '{"type":"events_api"}',
      `{"type":"${'x'.repeat(10 * 2 ** 20)}"}`,
    ])
      socket.send(frame);
  }
  const [first, second] = await until('both connections to stand', 15_000, async () => (open().length === 2 ? open() : null));
  sendCommand(first as WebSocket, 'E1');
  sendCommand(second as WebSocket, 'E2');
  await until('answers', 5_000, async () => ['E1', 'E2'].every((id) => acknowledged.includes(id)));
  expect(inbound.problem()).toBeNull();
  expect(logged.filter((line) => line.includes('left out'))).toHaveLength(2);
  expect(logged.length).toBeLessThan(10);
  expect(Math.max(0, ...logged.map((line) => line.length))).toBeLessThan(20_000);
});

test('a server that vanishes without a word: unready within ten seconds, and back within thirty', async () => {
  answersPings = false;
  const away = performance.now();
  await until('it to be noticed', 12_000, async () => inbound.problem() !== null);
  expect(performance.now() - away).toBeLessThan(12_000);
  answersPings = true;
  const back = performance.now();
  await until('a connection', 30_000, async () => inbound.problem() === null);
  const [socket] = await until('it to stand', 5_000, async () => (open().length > 0 ? open().slice(-1) : null));
  sendCommand(socket as WebSocket, 'E3');
  await until('an answer', 5_000, async () => acknowledged.includes('E3'));
  expect(performance.now() - back).toBeLessThan(30_000);
}, 60_000);
