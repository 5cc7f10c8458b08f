import { type AddressInfo, connect, createServer } from 'node:net';
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

const putReply = (client: Redis) => makeReplies(client).put({ url: 'https://hooks.slack.com/x', replaces: false });
const takeUpdate = (client: Redis) => makeBudget(client, BUDGET_LIMITS).mayUpdate();

test.each([
  ['full', ['--maxmemory', '1mb'], /^Redis refuses \(OOM command not allowed/],
  ['a replica', ['--replicaof', '127.0.0.1 1'], /^Redis refuses \(READONLY You can't write/],
])('Redis is %s: its own word, from a script and from a transaction', async (_, args, words) => {
  part = await startRedis(args);
  redis = connectRedis(part.url, 1_000, () => {});
  await untilReady(redis);
  for (const ask of [putReply, takeUpdate])
    await expect(ask(redis)).rejects.toMatchObject({ who: 'world', message: expect.stringMatching(words) });
});

/** What Redis 7 says of a command in a script, as Redis before it said it: inside an error of the script. */
async function asBefore7(url: string): Promise<{ port: number; close(): void }> {
  const server = createServer((client) => {
    const real = connect(Number(new URL(url).port), '127.0.0.1');
    real.on('data', (said) => {
      const old = said.toString('latin1').replace(/^-(OOM [^\r]*) script: (\w+), on @user_script:(\d+)\./gm, older);
      client.write(Buffer.from(old, 'latin1'));
    });
    client.pipe(real).on('close', () => client.destroy());
    client.on('close', () => real.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

const older = (_: string, word: string, sha: string, line: string) =>
  `-ERR Error running script (call to f_${sha}): @user_script:${line}: @user_script: ${line}: -${word} `;

test('Redis before 7 is full: the same word, and not an error of ours', async () => {
  part = await startRedis(['--maxmemory', '1mb']);
  const proxy = await asBefore7(part.url);
  redis = connectRedis(`redis://127.0.0.1:${proxy.port}`, 1_000, () => {});
  await untilReady(redis);
  await expect(takeUpdate(redis)).rejects.toMatchObject({
    who: 'world',
    message: expect.stringMatching(/^Redis refuses \(OOM command not allowed/),
  });
  await expect(redis.eval("return redis.call('NEVER')", 0)).rejects.toThrow(/^ERR /);
  proxy.close();
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
