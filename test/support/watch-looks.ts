import { step } from '../../src/incidents/step.js';
import type { Assessment } from '../../src/model/assessment.js';
import type { View, WatchEvent, WatchState } from '../../src/model/watch.js';
import { replica } from './fleet.js';

/** The watch, fed with looks at a service of one replica. */

const MIB = 2 ** 20;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export type Look = {
  readonly verdict?: View['verdict'];
  readonly reason?: View['reason'];
  readonly rateMib?: number;
  /** The lower end of its range; 2 below it where it is left out. */
  readonly lowMib?: number;
  /** Until it is out of memory; null: no limit. */
  readonly leftMs?: number | null;
  /** When it began to grow, Unix ms. */
  readonly sinceMs?: number;
  readonly anonBytes?: number;
  readonly shmemBytes?: number;
  readonly image?: string;
  /** Of its present life, Unix ms. */
  readonly startedAtMs?: number;
  readonly hostBytes?: number;
  /** What was known before growth began; a week where it is left out, long enough to know a day's tide. */
  readonly knownMs?: number;
  /** ln of how many times better growth that goes on explains it. */
  readonly goesOn?: number;
};
const KNOWN_MS = 7 * DAY;

/** A service of one replica, as analysis would see it at `nowMs`. */
export function view(nowMs: number, look: Look = {}): View {
  const { verdict = 'leaking', rateMib = verdict === 'stable' ? 0 : 40, leftMs = 2 * HOUR, sinceMs = 0 } = look;
  const { anonBytes = 200 * MIB, image = 'api:1', reason = verdict === 'stable' ? 'flat' : 'steady-growth' } = look;
  const one = replica('shop/api', 1, { run: { containerId: 'c', image, startedAtMs: look.startedAtMs ?? -KNOWN_MS } });
  const growthBytesPerHour = { value: rateMib * MIB, low: (look.lowMib ?? rateMib - 2) * MIB, high: (rateMib + 2) * MIB };
  const assessment: Assessment = {
    ...{ replica: one, verdict, reason, explanation: '', deltas: {}, growthBytesPerHour, peakBytes: anonBytes },
    ...{ window: { fromMs: -KNOWN_MS, toMs: nowMs, samples: 1_000 }, historyFromMs: sinceMs - (look.knownMs ?? KNOWN_MS) },
    latest: { t: nowMs, anon: anonBytes, shmem: look.shmemBytes },
    ...(verdict === 'leaking' ? { onsetMs: sinceMs } : {}),
    ...(look.goesOn === undefined ? {} : { goesOn: look.goesOn }),
    ...(leftMs === null || verdict === 'stable'
      ? {}
      : { limitAtMs: { value: nowMs + leftMs, low: nowMs, high: nowMs + 2 * leftMs } }),
  };
  const { hostBytes } = look;
  return {
    ...{ verdict, reason, growthBytesPerHour, replicas: [assessment] },
    ...(assessment.limitAtMs ? { soonest: assessment } : {}),
    ...(hostBytes === undefined ? {} : { hostBytes }),
  };
}

export type At = WatchEvent & { readonly t: number };
export type Watched = { readonly state: WatchState | null; readonly events: readonly At[]; readonly nowMs: number };
export const NOTHING: Watched = { state: null, events: [], nowMs: 0 };

/** Looks each minute for so long; the events of this time alone. */
export function watch({ state, nowMs }: Watched, forMs: number, look: (t: number) => Look, everyMs = MINUTE): Watched {
  const events: At[] = [];
  let t = nowMs;
  for (const endMs = nowMs + forMs; t < endMs; t += everyMs) {
    const told = step(state, view(t, look(t)), t);
    state = told.state;
    events.push(...told.events.map((event) => ({ ...event, t })));
  }
  return { state, events, nowMs: t };
}
export const said = ({ events }: Watched) => events.map(({ event, level }) => `${event} ${level}`);
/** Out of memory at this time, wherever we are. */
export const endingAt =
  (endMs: number, more: Look = {}) =>
  (t: number): Look => ({ leftMs: endMs - t, ...more });
export const calm = (): Look => ({ verdict: 'stable' });
