/** What delivery waits for, and how long. Sources beside the numbers; where none is named it is a choice. */
export type DeliveryLimits = {
  /** A post whose outcome is unknown and that the history does not show: Slack may be storing it still. */
  readonly settleMs: number;
  /** With an unreadable history, the time after which silence is worse than a repeat (design §9). */
  readonly repeatAfterMs: number;
  /** A history that Slack puts off each time (429), while it takes posts, is asked for as long as this (reliability S12). */
  readonly lookUpMs: number;
  /** Between versions of an answer through a response URL, so that two that come together are one. */
  readonly replyEditMs: number;
  /** Waits after a failure double from the first to the last. */
  readonly backoffMs: { readonly first: number; readonly last: number };
  /** Nothing is sent while Slack refuses the token; a renewed one needs a restart anyway. */
  readonly tokenPauseMs: number;
  /** Errors that are on no list are tried again this often. */
  readonly refusals: number;
};

export const DELIVERY_LIMITS: DeliveryLimits = {
  settleMs: 15_000,
  repeatAfterMs: 60_000,
  lookUpMs: 10 * 60_000,
  replyEditMs: 2_000,
  backoffMs: { first: 1_000, last: 60_000 },
  tokenPauseMs: 60_000,
  refusals: 8,
};

/** Every request to Slack ends by then (reliability DR3); the claim on a channel outlives it. */
export const REQUEST_MS = 5_000;

/** Full wait at the n-th try, less up to a third, so that workers do not come back together. `random` in 0…1. */
export function backoff(limits: DeliveryLimits, tries: number, random: number): number {
  const full = Math.min(limits.backoffMs.last, limits.backoffMs.first * 2 ** Math.max(tries - 1, 0));
  return Math.ceil(full * (1 - random / 3));
}
