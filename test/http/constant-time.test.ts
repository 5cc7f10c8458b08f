import * as crypto from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Taken } from '../../src/http/alerts.js';

/** Time tells nothing about a secret where all that is given is compared by `timingSafeEqual`, as digests of one length: that is seen here, not measured. */
const compared: [number, number][] = [];
jest.unstable_mockModule('node:crypto', () => ({
  ...crypto,
  timingSafeEqual: (a: Buffer, b: Buffer) => {
    compared.push([a.length, b.length]);
    return crypto.timingSafeEqual(a, b);
  },
}));
const { makeAlertsRoute } = await import('../../src/http/alerts.js');
const { linkKey, readPath, signedPath } = await import('../../src/http/raw-links.js');

const SECRET = 'a-secret-of-24-characters';
let close = async () => {};
afterEach(() => close());

async function alertmanager() {
  const outcomes: Taken[] = [];
  const route = makeAlertsRoute({
    ...{ secret: SECRET, enqueue: async () => {}, turns: async () => [], hear: async () => {}, nowMs: () => 0 },
    taken: (outcome) => void outcomes.push(outcome),
  });
  const server = createServer(((incoming, outgoing) => void route(incoming, outgoing)) as RequestListener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alertmanager`;
  return { url, outcomes };
}

describe('the secret of the webhook', () => {
  test.each<[string, string | undefined, boolean]>([
    ['right', `Bearer ${SECRET}`, true],
    ['right, as a password', `Basic ${btoa(`x:${SECRET}`)}`, true],
    ['wrong in its first letter', `Bearer b${SECRET.slice(1)}`, false],
    ['wrong in its last letter', `Bearer ${SECRET.slice(0, -1)}x`, false],
    ['its beginning', `Bearer ${SECRET.slice(0, 5)}`, false],
    ['longer', `Bearer ${SECRET}${SECRET}`, false],
    ['under a scheme that is none', `Token ${SECRET}`, false],
    ['not there', undefined, false],
  ])('%s: one comparison, of two digests of SHA-256', async (_what, authorization, isRight) => {
    const { url } = await alertmanager();
    compared.length = 0;
    const headers = authorization === undefined ? {} : { authorization };
    const { status } = await fetch(url, { method: 'POST', headers, body: '{"version":"4","alerts":[]}' });
    expect({ status, compared }).toEqual({ status: isRight ? 200 : 401, compared: [[32, 32]] });
  });

  test('in the query string it is refused, counted, and in no word that is said of it', async () => {
    const { url, outcomes } = await alertmanager();
    const asked = ['secret', 'token', 'access_token', 'authorization'].map((name) => `${url}?${name}=${SECRET}`);
    for (const one of asked) {
      const answer = await fetch(one, { method: 'POST', body: '{"version":"4","alerts":[]}' });
      expect([answer.status, (await answer.text()).includes(SECRET)]).toEqual([401, false]);
    }
    expect(outcomes.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(JSON.stringify(outcomes)).not.toContain(SECRET);
  });
});

test('a link that is signed: one comparison, of two codes of one length; of another length none is asked for', () => {
  const key = linkKey('xoxb-1-2-abcdefghijklmnop');
  const path = signedPath({ name: 'n', user: 'U1', untilMs: 10 }, key);
  compared.length = 0;
  expect(readPath(path, key, 5)).toMatchObject({ name: 'n' });
  expect(readPath(`${path.slice(0, -2)}AA`, key, 5)).toBeNull();
  expect(compared).toEqual([
    [32, 32],
    [32, 32],
  ]);
  expect(readPath(`${path}AAAA`, key, 5)).toBeNull();
  expect(compared).toHaveLength(2);
});
