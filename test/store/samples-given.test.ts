import { expect, test } from '@jest/globals';
import type { Sample } from '../../src/model/sample.js';
import { holding } from '../../src/offline/held.js';
import { makeSamples } from '../../src/store/samples.js';
import { seeded } from '../support/draw-series.js';
import { ownRedis } from '../support/own-redis.js';

const [SECOND, HOUR] = [1_000, 3_600_000];
const T0 = Date.UTC(2026, 0, 5);
const PAGE = 4096;

const { redis } = await ownRedis();

function life(everyMs: number, hours: number): Sample[] {
  const random = seeded(everyMs);
  return Array.from({ length: (hours * HOUR) / everyMs }, (_, i) => {
    const [anon, file] = [PAGE * (20_000 + i + Math.round(900 * random())), PAGE * 3_000];
    const t = T0 + i * everyMs + Math.round(900 * random());
    return {
      t,
      usage: anon + file,
      anon,
      file,
      inactiveFile: PAGE * 2_000,
      kernel: PAGE * Math.round(90 * random()),
      limit: 2 ** 30,
    };
  });
}

test.each([
  ['15 s', 15 * SECOND, 5],
  ['a minute', 60 * SECOND, 9],
  ['five minutes', 300 * SECOND, 30],
])('sampled each %s, what is read at any time is what replay holds then', async (name, everyMs, hours) => {
  const samples = life(everyMs, hours);
  const [store, replay] = [makeSamples(redis, () => T0 + hours * HOUR), holding(samples)];
  for (const [i, sample] of samples.entries()) {
    await store.append([{ replica: name, sample }]);
    if (i % 53 === 0 || i === samples.length - 1)
      expect([...(await store.read(name, T0, sample.t))]).toEqual(replay.at(sample.t));
  }
});
