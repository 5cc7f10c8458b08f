import type { Assessment } from './assessment.js';
import type { DeployAudit } from './audit.js';
import type { ServiceRef } from './replica.js';

/** A service that grows slowly, or not surely, as it was seen at `atMs`. Rates in bytes per hour per replica, times in Unix ms. */
export type SlowGrower = {
  readonly service: ServiceRef;
  readonly atMs: number;
  readonly verdict: 'leaking' | 'suspicious';
  readonly growthBytesPerHour: number | null;
  /** When it is out of memory; null: without a limit, or not known. */
  readonly limitAtMs: number | null;
  readonly noLimit?: true;
  /** It was at its limit before and lived: when it is there again says nothing. */
  readonly atLimitBefore?: true;
  /** The deploy that made it so, where one was found to. */
  readonly audit?: DeployAudit;
  readonly wouldHelp?: NonNullable<Assessment['wouldHelp']>;
};

/** One morning's digest, said or not worth saying: `date` (2026-11-24) is local, and all until `atMs` is handed over. */
export type DigestDay = { readonly date: string; readonly atMs: number };

/** Port: what the morning's digest is made of. Implemented in `store/`. */
export type Digests = {
  /** One a service: the newest stays. A thousand at most, for 36 hours each: as long as the watch needs to say it again, and a night. */
  keep(grower: SlowGrower): Promise<void>;
  /** Those that are no older than that. */
  kept(nowMs: number): Promise<readonly SlowGrower[]>;
  last(): Promise<DigestDay | null>;
  settle(day: DigestDay): Promise<void>;
};
