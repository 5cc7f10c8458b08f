import { describe, expect, test } from '@jest/globals';
import { needsLedger, stepAudit } from '../../src/incidents/audit.js';
import type { Assessment } from '../../src/model/assessment.js';
import type { Audit, DeployAudit } from '../../src/model/audit.js';
import type { LedgerLine } from '../../src/model/ledger.js';
import type { View } from '../../src/model/watch.js';
import { deployed } from '../support/deployed.js';
import { drawn } from '../support/draw-series.js';
import { replica } from '../support/fleet.js';

const MIB = 2 ** 20;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** When the deploy of these tests is. */
const DEPLOY = 10 * DAY;

type Runs = {
  readonly image?: string;
  readonly count?: number;
  readonly startedAtMs?: number;
  readonly verdict?: Assessment['verdict'];
  readonly reason?: Assessment['reason'];
  readonly rateMib?: number;
  readonly widthMib?: number;
};

/** Replicas as analysis would judge them: 200 of 512 MiB in use. */
function view(...groups: readonly Runs[]): View {
  let number = 0;
  const replicas = groups.flatMap(({ count = 1, ...runs }) =>
    Array.from({ length: count }, (): Assessment => {
      number += 1;
      const { image = 'api:1', startedAtMs = 0, rateMib = 0, widthMib = 0.2 } = runs;
      const { verdict = rateMib > 0 ? 'leaking' : 'stable', reason = rateMib > 0 ? 'steady-growth' : 'flat' } = runs;
      const run = { containerId: `${number}`.padStart(64, 'ab12'), image, startedAtMs };
      const range = { value: rateMib * MIB, low: (rateMib - widthMib) * MIB, high: (rateMib + widthMib) * MIB };
      return {
        ...{ replica: replica('shop/api', number, { run, limitBytes: 512 * MIB }), verdict, reason, explanation: '', deltas: {} },
        ...{ window: { fromMs: startedAtMs, toMs: startedAtMs + DAY, samples: 100 }, latest: { t: 0, anon: 200 * MIB } },
        ...(verdict === 'unknown' ? {} : { growthBytesPerHour: range }),
      };
    }),
  );
  return { verdict: 'stable', reason: 'flat', replicas };
}

const OLD = view({ count: 4 });
const fresh = (over: Runs = {}): Runs => ({ image: 'api:2', startedAtMs: DEPLOY, ...over });
const LEAK = view(fresh({ count: 4, rateMib: 40 }));

type Watched = { readonly audit: Audit | undefined; readonly told: readonly DeployAudit[]; readonly nowMs: number };
type Looks = { readonly ledger?: readonly LedgerLine[]; readonly isOpen?: boolean };
const BEGUN: Watched = { audit: stepAudit(undefined, OLD, [], false, DEPLOY - MINUTE).audit, told: [], nowMs: DEPLOY };

/** Looks each five minutes until a time; what was told in it. Its state goes through JSON each time. */
function look(
  { audit, nowMs }: Watched,
  untilMs: number,
  seen: View | ((t: number) => View),
  { ledger = [], isOpen = false }: Looks = {},
): Watched {
  const told: DeployAudit[] = [];
  for (; nowMs < untilMs; nowMs += 5 * MINUTE) {
    const step = stepAudit(audit, typeof seen === 'function' ? seen(nowMs) : seen, ledger, isOpen, nowMs);
    if (step.told) told.push(step.told);
    audit = JSON.parse(JSON.stringify(step.audit)) as Audit;
  }
  return { audit, told, nowMs };
}
const results = ({ told }: Watched) => told.map(({ result }) => result);

describe('____|/// a deploy that leaks', () => {
  test('is told once, with both images and both slopes, when it was so for a while', () => {
    const after = look(BEGUN, DEPLOY + DAY, LEAK);
    expect(after.told).toEqual([
      expect.objectContaining({
        ...{ result: 'worse', image: 'api:2', previousImage: 'api:1', deployedMs: DEPLOY },
        before: { value: 0, low: -209_715, high: 209_715 },
        after: { value: 40 * MIB, low: 41_733_325, high: 42_152_755 },
      }),
    ]);
    const [told] = after.told;
    expect((told?.toldMs ?? 0) - DEPLOY).toBe(90 * MINUTE);
  });
  test('never before its runs are 30 minutes old, and settled as its image usually is', () => {
    expect(results(look(BEGUN, DEPLOY + 30 * MINUTE, LEAK, { isOpen: true }))).toEqual([]);
    expect(results(look(BEGUN, DEPLOY + 35 * MINUTE, LEAK, { isOpen: true }))).toEqual(['worse']);
    const slow = { ledger: [line({ settledMs: 20 * MINUTE })], isOpen: true };
    expect(results(look(BEGUN, DEPLOY + 50 * MINUTE, LEAK, slow))).toEqual([]);
    expect(results(look(BEGUN, DEPLOY + 55 * MINUTE, LEAK, slow))).toEqual(['worse']);
  });
  test('found late, it must last as long as that took, unless an incident is open', () => {
    const late = (t: number) => (t < DEPLOY + 4 * HOUR ? view(fresh({ verdict: 'unknown' })) : LEAK);
    expect(results(look(BEGUN, DEPLOY + 8 * HOUR, late))).toEqual([]);
    expect(results(look(BEGUN, DEPLOY + 8 * HOUR + 5 * MINUTE, late))).toEqual(['worse']);
    expect(results(look(BEGUN, DEPLOY + 4 * HOUR + 5 * MINUTE, late, { isOpen: true }))).toEqual(['worse']);
  });
  test('that bends meanwhile was a warm-up', () => {
    const warm = (t: number) => (t < DEPLOY + 80 * MINUTE ? LEAK : view(fresh({ count: 4 })));
    expect(results(look(BEGUN, DEPLOY + 2 * DAY, warm))).toEqual(['same']);
  });
  test('rolling: young replicas are left out while most are old enough; a canary is enough', () => {
    const rolling = view(
      { count: 2 },
      fresh({ rateMib: 40, count: 3 }),
      fresh({ rateMib: 40, startedAtMs: DEPLOY + 40 * MINUTE }),
    );
    expect(results(look(BEGUN, DEPLOY + 45 * MINUTE, rolling, { isOpen: true }))).toEqual(['worse']);
    const beginning = view({ count: 3 }, fresh({ rateMib: 40 }), fresh({ rateMib: 40, startedAtMs: DEPLOY + 40 * MINUTE }));
    expect(results(look(BEGUN, DEPLOY + 45 * MINUTE, beginning, { isOpen: true }))).toEqual([]);
    expect(results(look(BEGUN, DEPLOY + 3 * HOUR, view({ count: 11 }, fresh({ rateMib: 40 }))))).toEqual(['worse']);
  });
  test('in one replica of many is no matter of the image; nor is what grows in the old ones alike', () => {
    expect(results(look(BEGUN, DEPLOY + 3 * HOUR, view(fresh({ rateMib: 40 }), fresh({ count: 3 }))))).toEqual([]);
    expect(results(look(BEGUN, DEPLOY + 3 * HOUR, view({ rateMib: 39 }, fresh({ rateMib: 40, widthMib: 2 }))))).toEqual([]);
  });
  test('only suspected: a day has to be seen', () => {
    const seen = () => {
      const { replicas, ...rest } = view(fresh({ rateMib: 40, verdict: 'suspicious' }));
      return { ...rest, replicas: replicas.map((one) => ({ ...one, window: { ...one.window, fromMs: DEPLOY } })) };
    };
    const early = look(BEGUN, DEPLOY + DAY, seen);
    expect(results(early)).toEqual([]);
    expect(results(look(early, DEPLOY + 3 * DAY, seen))).toEqual(['worse']);
  });
  test('so slowly that the limit is months away does not matter', () => {
    const slow = view(fresh({ rateMib: 0.5, widthMib: 0.1 }));
    expect(
      results(
        look({ ...BEGUN, audit: { ...BEGUN.audit, slope: { value: 0, low: 0, high: 0 } } as Audit }, DEPLOY + 3 * DAY, slow),
      ),
    ).toEqual([]);
  });
});

describe('before', () => {
  test('is what grew more: whole lives in the ledger, or how it was judged last', () => {
    const leaked = look({ ...BEGUN, audit: undefined }, DEPLOY + 5 * MINUTE, view({ rateMib: 40 }));
    expect(results(look(leaked, DEPLOY + DAY, LEAK, { ledger: [line()] }))).toEqual([]);
    const steep = { ledger: [line({ slopeBytesPerHour: { value: 41 * MIB, low: 39 * MIB, high: 43 * MIB } })] };
    expect(results(look(BEGUN, DEPLOY + DAY, LEAK, steep))).toEqual([]);
    expect(results(look(BEGUN, DEPLOY + DAY, LEAK, { ledger: [line()] }))).toEqual(['worse']);
  });
  test('is of the image before alone, and of lives that say something', () => {
    const other = { slopeBytesPerHour: { value: 90 * MIB, low: 80 * MIB, high: 99 * MIB } };
    const ledger = [line({ ...other, image: 'api:0' }), line({ ...other, endedAtMs: DEPLOY, startedAtMs: DEPLOY - 20 * MINUTE })];
    expect(results(look(BEGUN, DEPLOY + DAY, LEAK, { ledger }))).toEqual(['worse']);
  });
  test('not known: nothing is compared, and after a week it is given up', () => {
    const unknown: Watched = {
      ...BEGUN,
      audit: stepAudit(undefined, view({ verdict: 'unknown' }), [], false, DEPLOY - MINUTE).audit,
    };
    const after = look(unknown, DEPLOY + 8 * DAY, LEAK);
    expect(after.told).toEqual([expect.objectContaining({ result: 'unclear', before: null })]);
    expect(after.told[0]?.toldMs).toBeGreaterThan(DEPLOY + 7 * DAY);
    expect(after.audit?.trial).toBeUndefined();
  });
  test('the first look has none', () => {
    expect(results(look({ ...BEGUN, audit: undefined }, DEPLOY + 8 * DAY, LEAK))).toEqual([]);
  });
});

describe('what else becomes of a deploy', () => {
  test('better, and the same: kept, once a day was seen', () => {
    const leaked = look({ ...BEGUN, audit: undefined }, DEPLOY + 5 * MINUTE, view({ rateMib: 40 }));
    expect(results(look(leaked, DEPLOY + DAY, view(fresh({ count: 4 }))))).toEqual([]);
    const fixed = look(leaked, DEPLOY + 2 * DAY, view(fresh({ count: 4 })));
    expect(results(fixed)).toEqual(['better']);
    expect(fixed.audit?.past).toEqual(fixed.told);
    expect(results(look(BEGUN, DEPLOY + DAY, view(fresh({ count: 4 }))))).toEqual([]);
    expect(results(look(BEGUN, DEPLOY + 2 * DAY, view(fresh({ count: 4 }))))).toEqual(['same']);
  });
  test('nothing while what could be hidden would matter', () => {
    expect(results(look(BEGUN, DEPLOY + 2 * DAY, view(fresh({ count: 4, widthMib: 30 }))))).toEqual([]);
  });
  test('the next deploy comes first: both are compared with what was before', () => {
    const second = view({ image: 'api:3', startedAtMs: DEPLOY + 20 * MINUTE, rateMib: 40 });
    const after = look(look(BEGUN, DEPLOY + 20 * MINUTE, LEAK), DEPLOY + DAY, second);
    expect(after.told).toEqual([expect.objectContaining({ result: 'worse', image: 'api:3', previousImage: 'api:1' })]);
    expect(after.audit?.past.map(({ image, result }) => [image, result])).toEqual([
      ['api:2', 'unclear'],
      ['api:3', 'worse'],
    ]);
  });
  test('taken back before it could be told: nothing is compared', () => {
    const back = look(look(BEGUN, DEPLOY + 20 * MINUTE, LEAK), DEPLOY + DAY, view({ startedAtMs: DEPLOY + 20 * MINUTE }));
    expect(results(back)).toEqual([]);
    expect(back.audit?.trial).toBeUndefined();
  });
  test('nobody runs for a while: compared with what ran last', () => {
    const { replicas, ...rest } = OLD;
    const down = { ...rest, replicas: replicas.map((one) => ({ ...one, replica: { ...one.replica, running: false } })) };
    expect(results(look(look(BEGUN, DEPLOY + HOUR, down), DEPLOY + DAY, LEAK))).toEqual(['worse']);
  });
  test('two images that stay beside each other are one deploy', () => {
    const both = view({ count: 2 }, fresh({ count: 2 }));
    expect(results(look(BEGUN, DEPLOY + 20 * DAY, both))).toEqual(['same']);
  });
  test('the state stays small: five deploys are kept, four images', () => {
    let watched = BEGUN;
    for (let i = 2; i < 30; i += 1) {
      const images = Array.from({ length: 6 }, (_, n) => ({ image: `api:${i}-${n}`, startedAtMs: watched.nowMs }));
      watched = look(watched, watched.nowMs + HOUR, view(...images));
    }
    expect(watched.audit?.past).toHaveLength(5);
    expect(watched.audit?.running).toHaveLength(4);
    expect(JSON.stringify(watched.audit).length).toBeLessThan(4_000);
  });
  test('the ledger is asked for while a deploy is looked at, and not else', () => {
    expect(needsLedger(undefined, OLD)).toBe(false);
    expect(needsLedger(BEGUN.audit, OLD)).toBe(false);
    expect(needsLedger(BEGUN.audit, LEAK)).toBe(true);
    expect(needsLedger(look(BEGUN, DEPLOY + 10 * MINUTE, LEAK).audit, LEAK)).toBe(true);
  });
});

describe('with the real analysis', () => {
  const version = (picture: string, seed: number, more: Parameters<typeof drawn>[1] = {}) =>
    drawn(picture, { charMs: 30 * MINUTE, intervalMs: MINUTE, noiseBytes: 6 * MIB, seed, ...more }).samples;
  const flat = '_'.repeat(24);

  test('noise alone is never worse', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      const noiseBytes = (seed % 5) * 4 * MIB;
      const baseBytes = (60 + (seed % 3) * 20) * MIB;
      const after = version(flat, seed + 100, { noiseBytes, baseBytes });
      const { told } = deployed({ before: version(flat, seed), after, limitBytes: 256 * MIB, everyMs: HOUR });
      expect([seed, told?.result === 'worse']).toEqual([seed, false]);
    }
  });
  test.each([2, 8, 30])('a leak of %i MiB in half an hour is found, with a range that holds it', (step) => {
    const after = version('/'.repeat(24), 7, { stepBytes: step * MIB, limitBytes: 1024 * MIB });
    const { told, ageMs } = deployed({ before: version(flat, 1), after, limitBytes: 1024 * MIB });
    expect(told?.result).toBe('worse');
    expect(ageMs).toBeLessThanOrEqual(8 * HOUR);
    expect(told?.after?.low).toBeLessThanOrEqual(2 * step * MIB);
    expect(told?.after?.high).toBeGreaterThanOrEqual(2 * step * MIB);
  });
});

function line(over: Partial<LedgerLine> = {}): LedgerLine {
  return {
    ...{ replica: 'hv-01/shop/api/1', containerId: 'c', image: 'api:1', startedAtMs: 0, endedAtMs: DEPLOY, oomKilled: false },
    ...{ limitBytes: 512 * MIB, baseBytes: 190 * MIB, peakBytes: 220 * MIB, settledMs: 0 },
    slopeBytesPerHour: { value: 0, low: -0.1 * MIB, high: 0.1 * MIB },
    ...over,
  };
}
