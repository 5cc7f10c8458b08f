import { afterEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { BUDGET_LIMITS, makeBudget } from '../../src/store/budget.js';
import { makeOutbox } from '../../src/store/outbox.js';
import { connectRedis } from '../../src/store/redis.js';
import { makeReplies } from '../../src/store/replies.js';
import { freePort } from '../support/parts/process.js';
import { type RedisPart, startRedis, untilReady } from '../support/parts/redis.js';

let redis: Redis | undefined;
let part: RedisPart | undefined;
afterEach(async () => {
  redis?.disconnect();
  await part?.stop();
  [redis, part] = [undefined, undefined];
});

/** A command, a script and a transaction: each store uses one of them. */
const asks = (client: Redis) => [
  makeOutbox(client).get('a'),
  makeBudget(client, BUDGET_LIMITS).mayUpdate(),
  makeReplies(client).put({ url: 'https://hooks.slack.com/x', replaces: false }),
];

test('Redis is not there: the world’s error, at once', async () => {
  redis = connectRedis(`redis://127.0.0.1:${await freePort()}`, 1_000, () => {});
  await new Promise((resolve) => redis?.once('close', resolve));
  for (const ask of asks(redis)) await expect(ask).rejects.toMatchObject({ who: 'world', message: 'Redis does not answer' });
});

test('Redis is frozen: within the command’s time', async () => {
  part = await startRedis();
  redis = connectRedis(part.url, 100, () => {});
  await untilReady(redis);
  part.freeze();
  for (const ask of asks(redis)) await expect(ask).rejects.toMatchObject({ who: 'world', message: 'Redis does not answer' });
  part.thaw();
});

test('Redis is full: its own word', async () => {
  part = await startRedis(['--maxmemory', '1mb']);
  redis = connectRedis(part.url, 1_000, () => {});
  await untilReady(redis);
  await expect(makeReplies(redis).put({ url: 'https://hooks.slack.com/x', replaces: false })).rejects.toMatchObject({
    who: 'world',
    message: expect.stringMatching(/^Redis refuses \((OOM|EXECABORT)/),
  });
});

test.each([
  ['no password', '', 'Redis wants a password: REDIS_URL=redis://:password@host:6379/0'],
  ['a wrong one', ':wrong@', 'Redis does not take the password of REDIS_URL'],
])('Redis is locked, and REDIS_URL has %s: what to write', async (_, login, message) => {
  part = await startRedis();
  const owner = new Redis(part.url);
  await owner.config('SET', 'requirepass', 'right');
  owner.disconnect();
  const said = new Promise((resolve) => {
    redis = connectRedis(part?.url.replace('://', `://${login}`) ?? '', 1_000, resolve);
  });
  expect(await said).toMatchObject({ who: 'world', message });
});
