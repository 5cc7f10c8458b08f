/** One Docker Engine, by the name its agent goes by (`LEAKWATCH_HOST`, default the engine's own). */
export type HostName = string;

/** A time without samples from a host that is longer than a late sweep, Unix ms. */
export type Gap = { readonly fromMs: number; readonly toMs: number };

/** What an agent says about itself and its engine after every sweep. */
export type Heartbeat = {
  readonly host: HostName;
  readonly agentVersion: string;
  readonly engineId?: string;
  readonly engineVersion?: string;
  readonly cgroup?: 'v1' | 'v2';
  /** All of the host's memory, bytes; absent where its engine does not tell. */
  readonly memoryBytes?: number;
  readonly sampleSeconds: number;
  readonly containers: number;
  /** Containers left unsampled because the host has more replicas than the cap. */
  readonly overCap: number;
  readonly seenAtMs: number;
  /** The last sweep that brought samples; absent when there has been none. */
  readonly lastSweepMs?: number;
  /** Why the last sweep failed, in words for a person; absent when it did not. */
  readonly problem?: string;
  /** Of the last hour, oldest first; absent: none. */
  readonly gaps?: readonly Gap[];
  /** Containers that gave no numbers in the last sweep of all, and why, in words for a person; absent: all gave some. */
  readonly failed?: { readonly count: number; readonly why?: string };
};

/** Port: the agents' last words. A host is forgotten 7 days after its last beat. Implemented in `store/`. */
export type Hosts = {
  beat(heartbeat: Heartbeat): Promise<void>;
  all(): Promise<Heartbeat[]>;
};

/** An agent that has missed four sweeps (at least 30 s) is silent: every answer that it should have been part of names it. */
export function isSilent(heartbeat: Heartbeat, nowMs: number): boolean {
  return nowMs - heartbeat.seenAtMs > Math.max(30_000, 4 * heartbeat.sampleSeconds * 1000);
}

/** Somebody else's sign of life under this name, from beside another engine: two hosts in one place, of which each undoes what the other says. */
export function isOfAnother(beat: Heartbeat, host: HostName, engineId: string | undefined, nowMs: number): boolean {
  const { engineId: theirs } = beat;
  return beat.host === host && !isSilent(beat, nowMs) && theirs !== undefined && engineId !== undefined && theirs !== engineId;
}

/** The hosts that give no samples now: silent since their last word, or, with a problem of their own, since their last sweep. */
export function withoutSamples(
  beats: readonly Heartbeat[],
  nowMs: number,
): { host: HostName; sinceMs: number; problem?: string }[] {
  return beats.flatMap((beat) => {
    const { host, seenAtMs, lastSweepMs, problem } = beat;
    if (isSilent(beat, nowMs)) return [{ host, sinceMs: seenAtMs }];
    return problem ? [{ host, sinceMs: lastSweepMs ?? seenAtMs, problem }] : [];
  });
}
