import type { Assessment, Exclusion, Part } from '../model/assessment.js';
import type { Replica } from '../model/replica.js';
import type { Sample } from '../model/sample.js';
import type { Climb } from './cycle.js';
import type { Track } from './floor.js';
import type { Growth } from './growth.js';
import type { WarmUp } from './warm-up.js';

const HOUR_MS = 3_600_000;

/** What a replica is judged by. */
export type Evidence = {
  readonly replica: Replica;
  readonly limitBytes: number | null;
  readonly window: Assessment['window'];
  readonly latest: (Sample & { readonly anon: number }) | undefined;
  readonly stale: boolean;
  readonly deltas: Assessment['deltas'];
  readonly growth: Growth | null;
  readonly part: Part;
  /** Every sample of the part, in the time that was judged. */
  readonly track: Track;
  /** What load was measured by, throughout; undefined: by nothing. */
  readonly loadOf: 'net' | 'cpu' | undefined;
  readonly not: readonly Exclusion[];
  readonly climb: Climb | null;
  readonly warmUp: WarmUp | null;
  readonly nowMs: number;
};

/** What is said of it. */
export type Judged = Pick<Assessment, 'verdict' | 'reason' | 'explanation' | 'wouldHelp' | 'answerByMs'>;

/** Milliseconds until so many bytes are used up at that rate; infinite when they are not. */
export function timeTo(bytes: number, perHour: number): number {
  return perHour > 0 ? (Math.max(0, bytes) / perHour) * HOUR_MS : Number.POSITIVE_INFINITY;
}
