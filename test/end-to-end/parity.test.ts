import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { families, makeSeries } from '../../bench/generate/families.js';
import type { HistoryLine } from '../support/fake-engine/play.js';
import { ownDatabase } from '../support/parts/redis.js';
import { compareApart } from '../support/whole-bot/compare-apart.js';
import { onGrid } from '../support/whole-bot/grid.js';
import { cut, followedBy, withKills } from '../support/whole-bot/parts-of-weeks.js';

/** A Monday. */
const FROM_MS = Date.UTC(2026, 0, 5);
const EVERY_MS = 10 * 60_000;

/** A generated week as an agent measures it each ten minutes. */
function week(name: string, seed: number): HistoryLine {
  const family = families.find((one) => one.name === `week-${name}`);
  if (!family) throw new Error(`no family week-${name}`);
  return onGrid(withKills(makeSeries(family, seed, 0, { hard: false })), FROM_MS, EVERY_MS);
}

let database: Awaited<ReturnType<typeof ownDatabase>>;
beforeEach(async () => {
  database = await ownDatabase();
});
afterEach(() => database.close());

/**
 * Days of a leak that pages and is killed, of one that is said and then fixed by a deploy, and of a service that does neither. Slack
 * must show what `leakwatch replay` says of the same lines: the same services at the same ticks, as loud and as fast, and no root more.
 */
test('the whole bot posts what replay says, message for message', async () => {
  const fixed = week('leak-killed-again', 6);
  const lines = [
    cut(week('leak-killed-again', 10), 26, 68, FROM_MS),
    followedBy(cut(fixed, 42, 80, FROM_MS), cut(fixed, 10, 19, FROM_MS)),
    cut(week('healthy-ordinary', 3), 20, 32, FROM_MS),
  ];
  const { live, replayed, roots } = await compareApart({ redisUrl: database.url, lines, everyMs: EVERY_MS });
  expect(live).toEqual(replayed);
  // Something must have been said, or it is no test.
  const said = (words: string) => replayed.filter((line) => line.includes(words)).length;
  expect(roots).toBe(said(' alert page ') + said(' alert message '));
  for (const words of [' alert digest ', ' alert message ', ' update message ', ' update page ', ' resolve'])
    expect(said(words)).toBeGreaterThan(0);
}, 900_000);
