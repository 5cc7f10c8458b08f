import type { Replica } from './replica.js';

/** What a container has used, all of its lives that samples are kept of. Bytes as `usedOf` counts them: no page cache. */
export type UsedHistory = {
  readonly nowBytes?: number;
  readonly mostBytes?: number;
  /** The limit at the newest sample, else the configured one; null: none. */
  readonly limitBytes: number | null;
  /** Time that samples speak of, holes left out, ms. */
  readonly coveredMs: number;
};

/** A limit made of what was used; or why there is none. `atLeast`: it was at its limit, so that what it wants was never seen. */
export type SuggestedLimit =
  | { readonly kind: 'size'; readonly bytes: number; readonly atLeast: boolean }
  | { readonly kind: 'leaking' }
  | { readonly kind: 'too-short' }
  | { readonly kind: 'no-data' };

/** How one running container stands to its memory limit. */
export type LimitAdvice = UsedHistory & {
  readonly replica: Replica;
  /** `untold`: it has one, and nothing was measured to hold against it. */
  readonly standing: 'no-limit' | 'near' | 'fine' | 'untold';
  readonly suggested: SuggestedLimit;
};

/** From this share of its limit on a container is near it. */
export const NEAR_LIMIT = 0.85;
/** What a suggested limit leaves above the most that was used. */
export const HEADROOM = 0.25;
