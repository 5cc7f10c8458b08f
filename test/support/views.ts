import type { Assessment } from '../../src/model/assessment.js';
import type { View } from '../../src/model/watch.js';
import { replica } from './fleet.js';

const MIB = 2 ** 20;
const HOUR = 3_600_000;

/** A service of one replica as the watch sees it: leaking 40 ± 2 MiB/h since `sinceMs`, unless said otherwise. */
export type Seen = {
  readonly verdict?: View['verdict'];
  readonly reason?: View['reason'];
  readonly rateMib?: number;
  readonly spreadMib?: number;
  readonly leftMs?: number;
  readonly sinceMs?: number;
  readonly anonMib?: number;
  readonly image?: string;
  readonly startedAtMs?: number;
};

export function viewOf(nowMs: number, seen: Seen = {}): View {
  const { verdict = 'leaking', rateMib = verdict === 'stable' ? 0 : 40, spreadMib = 2, image = 'api:1' } = seen;
  const { reason = verdict === 'stable' ? 'flat' : 'steady-growth', sinceMs = nowMs - 5 * HOUR, startedAtMs = sinceMs } = seen;
  const run = { containerId: `${image}@${startedAtMs}`, image, startedAtMs };
  const growthBytesPerHour = { value: rateMib * MIB, low: (rateMib - spreadMib) * MIB, high: (rateMib + spreadMib) * MIB };
  const leftMs = seen.leftMs ?? 3 * HOUR;
  const one: Assessment = {
    ...{ replica: replica('shop/api', 1, { run }), verdict, reason, explanation: '', deltas: {}, growthBytesPerHour },
    window: { fromMs: startedAtMs, toMs: nowMs, samples: 1_000 },
    latest: { t: nowMs, anon: (seen.anonMib ?? 200) * MIB },
    ...(verdict === 'leaking'
      ? { onsetMs: sinceMs, limitAtMs: { value: nowMs + leftMs, low: nowMs, high: nowMs + 2 * leftMs } }
      : {}),
  };
  return {
    verdict,
    reason,
    growthBytesPerHour,
    replicas: [one],
    ...(verdict === 'leaking' ? { soonest: one, fastest: one } : {}),
  };
}
