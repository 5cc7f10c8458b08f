import { expect, test } from '@jest/globals';
import { inItsTurn } from '../../jobs/turn.js';
import { CATALOGUE, type JobName } from '../../src/queue/catalogue.js';
import { jobOptions } from '../../src/queue/enqueue.js';
import { LEASE_MS, makeRounds } from '../../src/store/rounds.js';
import { ownRedis } from '../support/own-redis.js';

const { redis } = await ownRedis();

test('who has a service to itself does its work; who has not says whose turn it is, and the job comes back', async () => {
  const rounds = makeRounds(redis);
  let done = 0;
  const work = async () => {
    done += 1;
    await expect(inItsTurn(rounds, 'shop/api-svc', async () => true)).rejects.toMatchObject({
      who: 'world',
      message: 'The watch is busy with that service: try again in a minute',
    });
    return true;
  };
  await inItsTurn(rounds, 'shop/api-svc', work);
  await expect(inItsTurn(rounds, 'shop/api-svc', async () => false)).rejects.toMatchObject({ who: 'world' });
  expect(done).toBe(1);
});

/** A worker that died in the midst of a service holds it for so long. */
test.each<JobName>(['act', 'collect', 'say-heap', 'freeze'])('%s outlives the lease of a worker that died', (name) => {
  const { attempts, backoffMs } = CATALOGUE[name];
  const { jitter = 0 } = jobOptions(name, {}).backoff as { readonly jitter?: number };
  const waits = Array.from({ length: attempts - 1 }, (_, i) => (1 - jitter) * backoffMs * 2 ** i);
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(LEASE_MS);
});
