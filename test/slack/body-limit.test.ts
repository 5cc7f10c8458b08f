import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { httpInbound } from '../../src/slack/receivers.js';
import { slackLogger } from '../../src/slack/slack-logger.js';

const inbound = httpInbound('8f742231b10e8888abcd99yyyzzz85a5', slackLogger(pino({ level: 'silent' })), () => {});
const server = createServer((request, response) => inbound.listener?.(request, response));
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** What a request without a signature is answered with: 401 when it was read, 413 when it was too long to be. */
async function statusOf(bytes: number): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const init = { method: 'POST', headers, body: 'x'.repeat(bytes) };
  return (await fetch(`http://127.0.0.1:${port}/slack/events`, init)).status;
}

test('a body is read up to a megabyte before anybody knows whose it is', async () => {
  expect(await statusOf(2 ** 20)).toBe(401);
  expect(await statusOf(2 ** 20 + 1)).toBe(413);
});
