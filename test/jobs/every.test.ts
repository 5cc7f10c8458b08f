import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { every } from '../../jobs/every.js';
import { until } from '../support/parts/process.js';

const silent = pino({ level: 'silent' });

test('begins at once, never runs twice at a time, and goes on after an error until it is stopped', async () => {
  let [running, most, runs] = [0, 0, 0];
  const ticker = every(2, silent, 'work', async () => {
    running += 1;
    runs += 1;
    most = Math.max(most, running);
    await sleep(15);
    running -= 1;
    if (runs % 2 === 0) throw new Error('every second time');
  });
  expect(runs).toBe(1);
  await until('five runs', 3_000, async () => runs >= 5);
  ticker.stop();
  const stoppedAt = runs;
  await sleep(40);
  expect(runs).toBe(stoppedAt);
  expect(most).toBe(1);
});
