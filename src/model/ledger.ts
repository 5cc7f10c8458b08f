import type { Range } from './range.js';

/**
 * One life of one container in one line: what stays of it when its samples are gone (kept for a year). It is how a leak that
 * weekly deploys hide is found, and how the warm-up of an image is known.
 *
 *        peak ......./|
 *                 __/ |      settledMs: from the start until it grows no faster than it does in the end
 *         base __/    |      slope: after that
 *             /       |
 *          start     end
 */
export type LedgerLine = {
  readonly replica: string;
  readonly containerId: string;
  readonly image: string;
  readonly imageId?: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly oomKilled: boolean;
  readonly limitBytes: number | null;
  /** Anon, bytes: once settled, and the most. Null when there were too few samples; the base also when it never settled. */
  readonly baseBytes: number | null;
  readonly peakBytes: number | null;
  /** Of anon after it settled; null when the life was too short to tell. */
  readonly slopeBytesPerHour: Range | null;
  /** From its start, ms; null when it never settled or was not seen from its start. */
  readonly settledMs: number | null;
};

/** Of a service; the oldest leave. */
export const MAX_LEDGER_LINES = 400;

/** Port: the ended lives of a service's replicas. Implemented in `store/`. */
export type Ledger = {
  /** Adds the line, or replaces the one of the same replica, container and start. */
  record(serviceId: string, line: LedgerLine): Promise<void>;
  /** Oldest first, over all replicas of the service; at most the last `MAX_LEDGER_LINES`. */
  read(serviceId: string): Promise<LedgerLine[]>;
};
