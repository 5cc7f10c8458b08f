import { describe, expect, test } from '@jest/globals';
import { normalBefore } from '../../src/analysis/history.js';
import { type Drawing, drawn, MIB, MINUTE } from '../support/draw-series.js';
import { livesIn } from '../support/lives-in.js';

const HOUR = 60 * MINUTE;
const HOURS: Drawing = { charMs: HOUR, intervalMs: 5 * MINUTE, baseBytes: 100 * MIB, stepBytes: 10 * MIB };
const lives = (picture: string) => livesIn(drawn(picture, HOURS));
const NONE = new Set<never>();
const mib = (bytes: number | undefined) => (bytes ?? Number.NaN) / MIB;

describe('what was normal before', () => {
  test('.-.-.- how high the floor was', () => {
    const normal = normalBefore(100 * HOUR, 5 * MINUTE, lives('////\\\\\\\\'.repeat(10)), NONE);
    expect(mib(normal?.highBytes)).toBeCloseTo(140, -1);
  });
  test('____//// what comes after is none of it', () => {
    const normal = normalBefore(24 * HOUR, 5 * MINUTE, lives(`${'_'.repeat(24)}${'/'.repeat(24)}`), NONE);
    expect(mib(normal?.highBytes)).toBeCloseTo(100, 0);
  });
  test('of less than half a day nothing is said', () => {
    expect(normalBefore(11 * HOUR, 5 * MINUTE, lives('_'.repeat(48)), NONE)).toBeNull();
    expect(normalBefore(14 * HOUR, 5 * MINUTE, lives('_'.repeat(48)), NONE)).not.toBeNull();
    expect(normalBefore(0, 5 * MINUTE, [], NONE)).toBeNull();
  });
  test('lives before count, unless they climbed themselves', () => {
    const all = lives(`${'_'.repeat(20)}!${'/'.repeat(20)}!${'_'.repeat(20)}`);
    const climbed = new Set(all.slice(1, 2));
    expect(mib(normalBefore(60 * HOUR, 5 * MINUTE, all, NONE)?.highBytes)).toBeGreaterThan(250);
    const normal = normalBefore(60 * HOUR, 5 * MINUTE, all, climbed);
    expect(mib(normal?.highBytes)).toBeCloseTo(100, 0);
  });
  test('__|_____ what came once is not normal; __|__|__ a batch each night is', () => {
    const NIGHT = `${'_'.repeat(22)}/\\`;
    const once = normalBefore(400 * HOUR, HOUR, lives(`${NIGHT}${'_'.repeat(300)}`), NONE);
    expect(mib(once?.highBytes)).toBeCloseTo(100, 0);
    const nightly = normalBefore(400 * HOUR, HOUR, lives(NIGHT.repeat(13)), NONE);
    expect(mib(nightly?.highBytes)).toBeGreaterThan(101);
  });
});
