import type { Range } from '../model/assessment.js';
import type { LedgerLine } from '../model/ledger.js';
import type { Run } from '../model/replica.js';
import { isBytes, limitOf, type Sample, type Samples } from '../model/sample.js';
import { FROM_START_MS } from './lives.js';
import { type Point, settledIn } from './settling.js';
import type { Fit } from './theil-sen.js';

/** A roll-up stands for five minutes, counted from the epoch. */
const ROLL_UP_MS = 5 * 60_000;

type Measured = Sample & { readonly anon: number };

/**
 * One ended life in one line (pure). `samples` may hold more than this life's; `limitBytes` is what is taken where they do not
 * say the limit; `replica` is the key. Null when the life is not over or nothing was seen of it. The peak is the highest sample:
 * of time that only roll-ups are left of, the highest mean.
 */
export function ledgerLine(run: Run, samples: Samples, limitBytes: number | null, replica: string): LedgerLine | null {
  const { startedAtMs, endedAtMs } = run;
  if (endedAtMs === undefined) return null;
  const life = samplesOf(startedAtMs, endedAtMs, samples);
  const [first, last] = [life[0], life.at(-1)];
  if (!first || !last) return null;
  const peakBytes = life.reduce((most, { anon }) => Math.max(most, anon), 0);
  const points = lowsOf(life);
  const settled = settledIn(points);
  const seenFromMs = isRollUp(first) ? Math.max(startedAtMs, slotOf(first.t) * ROLL_UP_MS) : first.t;
  const fromStart = seenFromMs - startedAtMs <= FROM_START_MS;
  return {
    replica,
    containerId: run.containerId,
    image: run.image,
    ...(run.imageId === undefined ? {} : { imageId: run.imageId }),
    startedAtMs,
    endedAtMs,
    oomKilled: run.oomKilled ?? false,
    limitBytes: limitOf(last, limitBytes),
    baseBytes: settled ? Math.round(Math.min(peakBytes, Math.max(0, settled.fit.at(settled.atMs)))) : null,
    peakBytes: Math.round(peakBytes),
    slopeBytesPerHour: settled ? rangeOf(settled.fit) : null,
    settledMs: settled && fromStart ? Math.round(Math.max(0, settled.atMs - startedAtMs)) : null,
  };
}

/** In order, within the life. A roll-up of the minutes in which it began or ended is half another life's. */
function samplesOf(fromMs: number, toMs: number, samples: Samples): Measured[] {
  const shared = new Set([slotOf(fromMs), slotOf(toMs)]);
  const own = [...samples].flatMap((sample) => {
    const { t, anon } = sample;
    const inside = t >= fromMs && t <= toMs && !(isRollUp(sample) && shared.has(slotOf(t)));
    return inside && isBytes(anon) ? [{ ...sample, anon }] : [];
  });
  return own.sort((a, b) => a.t - b.t);
}

/** Where a part of it is rolled up, the rest is too, so that floor is compared with floor: the least of each five minutes. */
function lowsOf(life: readonly Measured[]): Point[] {
  if (!life.some(isRollUp)) return life.map(({ t, anon }) => ({ t, bytes: anon }));
  const slots = new Map<number, Point>();
  for (const { t, anon, leastAnon } of life) {
    const bytes = isBytes(leastAnon) ? leastAnon : anon;
    const before = slots.get(slotOf(t));
    slots.set(slotOf(t), before ? { t: before.t, bytes: Math.min(before.bytes, bytes) } : { t, bytes });
  }
  return [...slots.values()];
}

function rangeOf({ bytesPerHour: { value, low, high } }: Fit): Range | null {
  const rounded = { value: Math.round(value), low: Math.round(low), high: Math.round(high) };
  return Object.values(rounded).every(Number.isFinite) ? rounded : null;
}

function isRollUp({ leastAnon }: Sample): boolean {
  return leastAnon !== undefined;
}

function slotOf(t: number): number {
  return Math.floor(t / ROLL_UP_MS);
}
