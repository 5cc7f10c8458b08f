import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { App } from '@slack/bolt';
import { pino } from 'pino';
import { httpInbound } from '../../src/slack/receivers.js';
import { slackLogger } from '../../src/slack/slack-logger.js';

const SECRET = '0123456789abcdef';

/** The bot's side of HTTP mode; gives its address and what it logged. */
async function listening(use: (url: string, logged: string[]) => Promise<void>): Promise<void> {
  const logged: string[] = [];
  const logger = slackLogger(pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }));
  const { receiver, listener } = httpInbound(SECRET, logger, () => {});
  const authorize = async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' });
  await new App({ receiver, logger, authorize, deferInitialization: true }).init();
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  try {
    await use(url, logged);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('what is no POST is turned away, and ends nothing', () =>
  listening(async (url) => {
    const status = async (method: string) => (await fetch(url, { method, signal: AbortSignal.timeout(2_000) })).status;
    for (const method of ['GET', 'HEAD', 'PUT', 'OPTIONS']) expect(await status(method)).toBe(405);
    expect(await status('POST')).toBe(401);
  }));

test.each([
  [120, /dated 1\d\d s ahead of the clock here: refused \(is the clock right\?\)/],
  [86_400, /dated 86\d\d\d s ahead/],
  [-600, /stale/],
  [-86_400, /stale/],
])('rightly signed, with a clock that is %i s off: refused, and the log says that it is the clock', (offSeconds, words) =>
  listening(async (url, logged) => {
    const at = String(Math.round(Date.now() / 1000) + offSeconds);
    const body = 'command=%2Fleak&text=help';
    const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${at}:${body}`).digest('hex')}`;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      ...{ 'x-slack-request-timestamp': at, 'x-slack-signature': signature },
    };
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401);
    expect(logged.join('')).toMatch(words);
  }),
);
