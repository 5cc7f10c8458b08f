import type { Series } from '../model/assessment.js';
import { HEADROOM, type LimitAdvice, NEAR_LIMIT, type SuggestedLimit, type UsedHistory } from '../model/limits.js';
import type { Replica } from '../model/replica.js';
import { limitOf, usedOf } from '../model/sample.js';

const MIB = 2 ** 20;
/** With less than a whole day the busy hours may not have been seen. */
const ENOUGH_MS = 24 * 3_600_000;
/** Samples further apart leave a hole between them: three roll-ups. */
const HOLE_MS = 15 * 60_000;
/** From this share on it was pressed against its limit: it would have used more. */
const PRESSED = 0.97;
const LEAST_LIMIT = 16 * MIB;
/** Sizes between one power of two and the next: 512, 640, 768, 896, 1024 MiB. */
const SIZES_PER_DOUBLING = 4;

/** What a series says of its use. */
export function usedHistory({ samples, replica }: Pick<Series, 'samples' | 'replica'>): UsedHistory {
  let [mostBytes, nowBytes, coveredMs] = [-1, -1, 0];
  let before: number | undefined;
  for (const sample of samples) {
    const used = usedOf(sample);
    if (used === undefined) continue;
    mostBytes = Math.max(mostBytes, used);
    nowBytes = used;
    const stepMs = sample.t - (before ?? sample.t);
    if (stepMs <= HOLE_MS) coveredMs += stepMs;
    before = sample.t;
  }
  const limitBytes = limitOf(samples.at(-1), replica.limitBytes);
  return { limitBytes, coveredMs, ...(mostBytes < 0 ? {} : { mostBytes, nowBytes }) };
}

/**
 * The limit that a container should have, from what it has used.
 *
 *     limit   - - - - - - - - - - -   the most, a quarter more, rounded up to a size that people write
 *     most    . . . ./\. . . . . .
 *     used    __/\__/  \___/\_____    14 days
 *
 * What leaks has no such line: any limit is reached. `leaks`: it, or its service, was judged to.
 */
export function adviseLimit(replica: Replica, history: UsedHistory, leaks: boolean): LimitAdvice {
  return { ...history, replica, standing: standingOf(history), suggested: suggestedFor(replica, history, leaks) };
}

function standingOf({ limitBytes, mostBytes }: UsedHistory): LimitAdvice['standing'] {
  if (limitBytes === null) return 'no-limit';
  if (mostBytes === undefined) return 'untold';
  return mostBytes >= NEAR_LIMIT * limitBytes ? 'near' : 'fine';
}

function suggestedFor(replica: Replica, { limitBytes, mostBytes, coveredMs }: UsedHistory, leaks: boolean): SuggestedLimit {
  if (leaks) return { kind: 'leaking' };
  if (mostBytes === undefined) return { kind: 'no-data' };
  if (coveredMs < ENOUGH_MS) return { kind: 'too-short' };
  const pressed = limitBytes !== null && mostBytes >= PRESSED * limitBytes;
  return { kind: 'size', bytes: roundedUp((1 + HEADROOM) * mostBytes), atLeast: pressed || (replica.run.oomKills ?? 0) > 0 };
}

/** Up to the next size that people write, bytes: four of them to a doubling. */
export function roundedUp(bytes: number): number {
  const size = Math.max(LEAST_LIMIT, bytes);
  const step = 2 ** Math.floor(Math.log2(size)) / SIZES_PER_DOUBLING;
  return Math.ceil(size / step) * step;
}
