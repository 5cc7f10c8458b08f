import type { Level, View } from '../model/watch.js';
import type { Policy } from './policy.js';

/** What the loudness of a leaking service is decided by. Times in ms. */
export type Urgency = {
  /** Until it is out of memory; Infinity when that is not known. */
  readonly leftMs: number;
  /** How long it has been growing. */
  readonly lastedMs: number;
  /** How much of the time before that is known. */
  readonly historyMs: number;
  /** It lives at its limit: how near it is says nothing. */
  readonly atLimitBefore: boolean;
  /** ln of how many times better growth that goes on explains it than a rise that has ended; undefined where that cannot be told. */
  readonly goesOn: number | undefined;
};

export function urgencyOf(view: View, nowMs: number): Urgency {
  const lead = view.soonest ?? view.fastest ?? view.replicas.find(({ verdict }) => verdict === 'leaking');
  const sinceMs = lead?.onsetMs ?? lead?.presentSinceMs ?? lead?.window.fromMs ?? nowMs;
  return {
    leftMs: lead?.limitAtMs ? Math.max(0, lead.limitAtMs.value - nowMs) : Number.POSITIVE_INFINITY,
    lastedMs: Math.max(0, nowMs - sinceMs),
    atLimitBefore: lead?.atLimitBefore === true,
    goesOn: lead?.goesOn,
    historyMs: Math.max(0, sinceMs - (lead?.historyFromMs ?? sinceMs)),
  };
}

/**
 * How loudly a leaking service would be said, if it is believed: by the time that is left.
 *
 *     now ──── 4 h ──────────── 14 d ──────▶
 *       page   │    message     │  digest          (what lives at its limit: always digest)
 */
export function levelOf(view: View, { leftMs, atLimitBefore }: Urgency, policy: Policy): Level {
  if (atLimitBefore) return 'digest';
  if (leftMs <= policy.pageMs) return 'page';
  if (leftMs <= policy.horizonMs) return 'message';
  return Number.isFinite(leftMs) || !hasLargeShare(view, policy) ? 'digest' : 'message';
}

/** Without a limit the host is what runs out. */
function hasLargeShare({ replicas, hostBytes }: View, { hostShare }: Policy): boolean {
  const peak = replicas.reduce((most, { peakBytes = 0 }) => Math.max(most, peakBytes), 0);
  return hostBytes !== undefined && peak >= hostShare * hostBytes;
}

/**
 * Whether growth has gone on for long enough to be believed: the less time is left, the larger the share of it.
 *
 *     share needed
 *     0.5 ───╲
 *             ╲____ 0.3
 *         4 h   24 h       time left
 */
export function hasLasted(urgency: Urgency, policy: Policy): boolean {
  const { leftMs, lastedMs, historyMs } = urgency;
  const { lasted, young, imminent } = policy;
  if (historyMs < young.historyMs) {
    const now = leftMs <= imminent.leftMs && lastedMs >= imminent.share * leftMs;
    const soon = leftMs <= young.leftMs && lastedMs >= Math.max(young.share * leftMs, young.leastMs);
    return now || soon || !isYoung(urgency, policy);
  }
  const way = Math.min(1, Math.max(0, (leftMs - lasted.nearMs) / (lasted.farMs - lasted.nearMs)));
  const share = lasted.near + way * (lasted.far - lasted.near);
  return lastedMs >= Math.min(share * leftMs, lasted.mostMs);
}

/** Too little is known of the time before, and it has not lasted for long enough to make up for that. */
export function isYoung({ historyMs, lastedMs, leftMs }: Urgency, { young }: Policy): boolean {
  const neededMs = Math.min(young.mostMs, Math.max(young.lastedMs, young.ofLeft * leftMs));
  return historyMs < young.historyMs && lastedMs < neededMs;
}

/** A rise that has ended is no leak, however steep it was. Where it is nearly over nobody waits to be sure, but nobody is woken for what has more likely ended. */
export function isGoingOn({ goesOn, leftMs }: Urgency, { pageMs, goesOn: least }: Policy): boolean {
  return goesOn === undefined || goesOn >= (leftMs <= pageMs ? least.soon : least.later);
}
