import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { makeClients } from '../../src/delivery/client.js';
import { attempt } from '../../src/delivery/errors.js';
import { reply } from '../../src/delivery/response-url.js';
import { freePort } from '../support/parts/process.js';

/** A server that keeps what it was sent, byte for byte, and answers as Slack does. */
let received = '';
let connections = 0;
let close: () => Promise<unknown>;
let apiUrl: string;
beforeEach(async () => {
  [received, connections] = ['', 0];
  const answer = '{"ok":true,"ts":"1.1"}';
  const server = createServer((socket) => {
    connections += 1;
    socket.on('data', (bytes) => {
      received += bytes.toString();
      socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`);
    });
    socket.on('error', () => {});
    close = () => {
      socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    };
  });
  close = () => new Promise((resolve) => server.close(resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  apiUrl = `http://127.0.0.1:${(server.address() as { port: number }).port}/api/`;
});
afterEach(() => close());

/** True the first `times` times it is asked. */
const inTimeFor = (times: number) => {
  let asked = 0;
  return () => {
    asked += 1;
    return asked <= times;
  };
};
/** Nothing here waits for it: so long that a busy machine is slow, not red. */
const DEADLINE_MS = 10_000;
const post = (inTime: () => boolean, url = apiUrl) =>
  attempt(() => makeClients('xoxb-test', DEADLINE_MS, url)(inTime).apiCall('chat.postMessage', { channel: 'C1', text: 'ä' }));

test('in time: one request, with its length in bytes', async () => {
  expect(await post(() => true)).toMatchObject({ ok: true, value: { ts: '1.1' } });
  expect(received).toContain('POST /api/chat.postMessage HTTP/1.1');
  expect(received).toContain('authorization: Bearer xoxb-test');
  const [, body = ''] = received.split('\r\n\r\n');
  expect(received).toContain(`content-length: ${Buffer.byteLength(body)}`);
  expect(body).toContain('text=%C3%A4');
});

test('the claim ran out before: not even a connection', async () => {
  expect(await post(inTimeFor(0))).toMatchObject({ ok: false, failure: { kind: 'not-sent' } });
  expect(connections).toBe(0);
});

test('the claim ran out while it was connecting: not a byte, and surely not sent', async () => {
  expect(await post(inTimeFor(1))).toMatchObject({ ok: false, failure: { kind: 'not-sent' } });
  expect(connections).toBe(1);
  expect(received).toBe('');
});

test('nobody there: surely not sent', async () => {
  const url = `http://127.0.0.1:${await freePort()}/api/`;
  expect(await post(() => true, url)).toMatchObject({ ok: false, failure: { kind: 'not-sent', error: 'ECONNREFUSED' } });
});

const say = { message: { text: 'leaking', blocks: [] }, inChannel: false, replace: false };
test.each([
  ['a method', (url: string) => post(() => true, url)],
  ['a response URL', (url: string) => reply(url, say, DEADLINE_MS, () => true)],
])('an answer of 50 MB to %s: nobody knows what became of it, and no more than its beginning is read', async (_, ask) => {
  let sent = 0;
  const server = createHttpServer((_request, response) => {
    const { socket } = response;
    const parts = Array.from({ length: 50 }, () => Buffer.alloc(2 ** 20, ' '));
    response.on('close', () => {
      sent = socket?.bytesWritten ?? 0;
    });
    Readable.from(['{"ok":true,', ...parts, '"ts":"1.1"}'], { objectMode: true })
      .on('error', () => {})
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const closed = new Promise((resolve) => server.once('connection', (socket) => socket.once('close', resolve)));
  expect(await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`)).toMatchObject({
    ok: false,
    failure: { kind: 'unknown', error: expect.stringMatching(/more than \d+ bytes/) },
  });
  await closed;
  // What is in the buffers of both ends is sent, too.
  expect(sent).toBeLessThan(20 * 2 ** 20);
  await new Promise((resolve) => server.close(resolve));
});
