import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { App } from '@slack/bolt';
import { pino } from 'pino';
import { httpInbound } from '../../src/slack/receivers.js';
import { slackLogger } from '../../src/slack/slack-logger.js';

test('what is no POST is turned away, and ends nothing', async () => {
  const logger = slackLogger(pino({ level: 'silent' }));
  const { receiver, listener } = httpInbound('0123456789abcdef', logger, () => {});
  const authorize = async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' });
  await new App({ receiver, logger, authorize, deferInitialization: true }).init();
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  const status = async (method: string) => (await fetch(url, { method, signal: AbortSignal.timeout(2_000) })).status;
  try {
    for (const method of ['GET', 'HEAD', 'PUT', 'OPTIONS']) expect(await status(method)).toBe(405);
    expect(await status('POST')).toBe(401);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
