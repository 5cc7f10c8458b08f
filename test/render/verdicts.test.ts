import { describe, expect, test } from '@jest/globals';
import type { Assessment, ServiceAssessment } from '../../src/model/assessment.js';
import { card } from '../../src/render/card.js';
import { expectAccepted, textsOf } from './accepted.js';
import { judged, mibPerHour, service } from './judged.js';
import { followsLoad, JUDGED, morningRise, outliersAndMissing } from './judged-calm.js';
import { hiddenByDeploys, oomCycle, tmpfsLeak } from './judged-growing.js';
import { DAY, HOUR, life, MIB, MINUTE, NOW, type Scene } from './scenes.js';

const view = { nowMs: NOW, windowMs: 6 * HOUR, watching: false };
const say = (assessment: ServiceAssessment, more = {}) => card(assessment, { ...view, ...more });
/** As a person reads it, times in UTC. */
const read = (assessment: ServiceAssessment, more = {}) =>
  textsOf(say(assessment, more))
    .slice(1)
    .join('\n')
    .replace(/<!date[^|]*\|([^>]*)>/g, '$1');
/** The scene's one replica, with something else said of it. */
const but = ({ assessment }: Scene, over: Partial<Assessment>): ServiceAssessment => {
  const [one] = assessment.replicas;
  if (!one) throw new Error('a scene has a replica');
  return service([{ ...one, ...over }]);
};

test.each(Object.keys(JUDGED))('%s', (name) => {
  const made = JUDGED[name]?.();
  if (!made) throw new Error(name);
  const message = say(made.assessment, { windowMs: made.windowMs });
  expectAccepted(message);
  const lines = read(made.assessment, { windowMs: made.windowMs }).split('\n');
  expect(lines.length).toBeLessThanOrEqual(12);
  expect(lines[0]).toBe(`*${message.text}*`);
  // One number for what would not be seen, not two.
  const [, around] = /stable: 0 ± (\S+ \S+)/.exec(message.text) ?? [];
  if (around) expect(lines.join('\n')).toContain(`A leak under ${around} would not show`);
  expect(message).toMatchSnapshot();
});

describe('since when', () => {
  const onsetMs = NOW - 260 * MINUTE;
  const of = (onsetNear: Assessment['onsetNear']) => read(but(tmpfsLeak(), { onsetMs, ...(onsetNear ? { onsetNear } : {}) }));
  test('names what came just before, and nothing where nothing did', () => {
    const atMs = onsetMs - 4 * MINUTE;
    const [image, previousImage] = ['shop/api:v1.42.1', 'shop/api:v1.42.0'];
    expect(of({ kind: 'deploy', atMs, image, previousImage })).toContain('\nSince 09:40 UTC, 4 min after v1.42.0 → v1.42.1\n');
    expect(of({ kind: 'deploy', atMs, image })).toContain('\nSince 09:40 UTC, 4 min after the deploy of v1.42.1\n');
    expect(of({ kind: 'restart', atMs, image })).toContain('\nSince 09:40 UTC, 4 min after a restart\n');
    expect(of({ kind: 'restart', atMs: onsetMs + 20_000, image })).toContain('\nSince 09:40 UTC, right at a restart\n');
    expect(of(undefined)).toContain('\nGrowing since 09:40 UTC\n');
  });
  test('the start that growth began with is not said again', () => {
    const startedAtMs = NOW - 6 * HOUR + MINUTE;
    const { replica } = tmpfsLeak().assessment.replicas[0] ?? {};
    if (!replica) throw new Error('no replica');
    const young = { replica: { ...replica, run: { ...replica.run, startedAtMs } } };
    expect(read(but(tmpfsLeak(), young))).toContain('only this run is judged');
    const near = { onsetMs, onsetNear: { kind: 'restart', atMs: startedAtMs, image: 'x:1' } } as const;
    expect(read(but(tmpfsLeak(), { ...young, ...near }))).not.toContain('only this run is judged');
  });
});

test('what it is not: only what was measured, loads together', () => {
  const not = (list: Assessment['not']) => read(but(tmpfsLeak(), list ? { not: list } : { not: [] }));
  expect(not([])).not.toMatch(/^Not /m);
  expect(not([{ cause: 'cache', changeBytes: 9 * MIB }])).toContain('\nNot cache (+9 MiB)\n');
  const load = [
    { cause: 'load', of: 'net', change: 0.001 },
    { cause: 'warm-up', upMs: 9 * HOUR },
    { cause: 'load', of: 'cpu', change: -0.12 },
  ] as const;
  expect(not(load)).toContain('\nNot load (net flat, CPU −12 %), not warm-up (up 9 h)\n');
});

describe('lives that climb alike', () => {
  test('killed or not is said, and that more than this run was judged', () => {
    const killed = read(oomCycle().assessment);
    expect(killed.split('\n')[1]).toBe('4 lives climb alike, 3 killed out of memory, each about 2 h');
    expect(killed).not.toContain('only this run');
  });
  test('what deploys hide has the time from the last start on', () => {
    expect(read(hiddenByDeploys().assessment)).toContain(
      '4 lives climb alike, each about 3 d 12 h, none killed out of memory: runs out 8 d 16 h after the last deploy if nothing stops it',
    );
    const cycle = { lives: 4, oomKilled: 0, endedBy: 'restarts', usualLifeMs: DAY } as const;
    expect(read(but(hiddenByDeploys(), { cycle }))).toContain('after the last restart if nothing stops it');
  });
});

test('the kernel or tmpfs instead of the heap is said in the second line', () => {
  const second = (part: 'shmem' | 'kernel' | 'anon') => read(but(tmpfsLeak(), { part })).split('\n')[1];
  expect(second('shmem')).toContain('shared memory (tmpfs, ˋ/dev/shmˋ)'.replaceAll('ˋ', '`'));
  expect(second('kernel')).toContain('kernel memory');
  expect(second('anon')).toMatch(/^Out of memory in/);
});

describe('many replicas', () => {
  test('one that runs away and those that say nothing are named, once', () => {
    const words = read(outliersAndMissing().assessment);
    expect(words).toContain('Not like the others: #7 on hv-04 +180 MiB/h (167–193)');
    expect(words).toContain('2 of 12 replicas gave no samples: #3 on hv-04, #9 on hv-02');
    expect(words).not.toMatch(/can't be told yet|Fastest/);
  });
  test('however much there is to say, what is missing is among it', () => {
    const { assessment } = outliersAndMissing();
    const [first, ...rest] = assessment.replicas;
    if (!first) throw new Error('no replica');
    const down = { ...first, replica: { ...first.replica, running: false } };
    const { soonest } = assessment;
    if (!soonest) throw new Error('nothing is soonest');
    const cycle = { lives: 3, oomKilled: 1, endedBy: 'out-of-memory', usualLifeMs: HOUR } as const;
    const not = [{ cause: 'cache', changeBytes: 0 }] as const;
    const full = { ...assessment, replicas: [down, ...rest], onsetMs: NOW - HOUR };
    const silentHosts = [{ host: 'hv-09', sinceMs: NOW - HOUR }];
    const words = read({ ...full, silentHosts, soonest: { ...soonest, cycle, not, part: 'shmem' } });
    expect(words.split('\n')).toHaveLength(12);
    for (const part of ['gave no samples', 'not running: #1', 'Silent: hv-09', 'Not cache (flat)', 'Data:'])
      expect(words).toContain(part);
  });
});

describe('what would tell more', () => {
  const told = (over: Partial<Assessment>) => read(but(morningRise(), over));
  test('each in a sentence, with the time by which it could', () => {
    expect(told({})).toContain('A whole day of samples would tell, by about 03:01 UTC: a daily load rises like this, too');
    expect(told({ wouldHelp: 'time', presentSinceMs: NOW - 2 * HOUR })).toContain(
      'Twice as much time to look at would tell, by about 16:00 UTC',
    );
    expect(told({ wouldHelp: 'cpu-and-net' })).toContain('CPU and network figures would tell load from a leak');
    expect(told({ wouldHelp: 'a-limit' })).toContain('A memory limit would tell');
  });
  test('a time that is past is none', () => {
    const one = morningRise().assessment.replicas[0];
    if (!one) throw new Error('no replica');
    const window = { ...one.window, fromMs: NOW - 3 * DAY };
    expect(told({ window })).toContain('A whole day of samples would tell: a daily load');
  });
  test('of what has an answer coming, the time is said once', () => {
    const unknown = { verdict: 'unknown', reason: 'too-short', explanation: 'Too short.', answerByMs: NOW + HOUR } as const;
    const words = told({ ...unknown, wouldHelp: 'a-whole-day' });
    expect(words).toContain('A whole day of samples would tell: a daily load');
    expect(words.match(/at about 15:00 UTC/g)).toHaveLength(1);
    expect(told({ ...unknown, wouldHelp: 'time' })).not.toContain('would tell');
  });
  test('is nothing that a clear verdict needs', () => expect(read(tmpfsLeak().assessment)).not.toContain('would tell'));
});

describe('stable, by its reason', () => {
  const reason = (word: Assessment['reason'], over: Partial<Assessment> = {}) =>
    read(but(followsLoad(), { reason: word, ...over }));
  test.each([
    ['load', 'Memory follows load (traffic, CPU or time of day) and comes back down with it'],
    ['sawtooth', 'Memory rises and comes back down to the same floor: a collector or a batch'],
    ['cache', 'Only page cache grows: reclaimable, not counted'],
    ['flat', 'Memory stays where it is'],
    ['plateau', 'Memory filled, or moved to another level, and stays there'],
  ] as const)('%s', (word, sentence) => {
    expect(reason(word)).toContain(`\n${sentence}\n`);
    expect(reason(word)).toMatch(/A leak under 0.4 MiB\/h would not show: at least \d+ d to the limit/);
  });
  test('a level that was filled from the start, or reached in the midst of a life', () => {
    const seen = { limit: 512 * MIB, upMs: 3 * HOUR, everyMs: MINUTE };
    const series = life('cache-svc', seen, () => ({ anon: 200 * MIB }));
    const said = { verdict: 'stable', reason: 'plateau', explanation: '', presentSinceMs: NOW - 2 * HOUR } as const;
    const one = judged(series, { ...said, growthBytesPerHour: mibPerHour(0, -1, 1) });
    expect(read(service([one]))).toContain('Filled within 60 min of its start, flat since 12:00 UTC');
    const old = { ...one, replica: { ...one.replica, run: { ...one.replica.run, startedAtMs: 0 } } };
    expect(read(service([old]))).toContain('Moved to another level, flat since 12:00 UTC');
  });
});
