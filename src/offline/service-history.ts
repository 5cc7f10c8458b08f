import type { Series } from '../model/assessment.js';
import type { ServiceRef } from '../model/replica.js';
import { livesOf } from './decode-runs.js';
import type { Member } from './replay-look.js';

/** The replicas of one service, with what is known of them; `warnings`: something of it was not to be had, in the words of who was asked. */
export type ServiceHistory = {
  readonly service: ServiceRef;
  readonly series: readonly Series[];
  readonly warnings?: readonly string[];
};

/** Series as `replayService` takes them: a replica is there from its first sample until it is no more. */
export function membersOf({ series }: ServiceHistory): Member[] {
  return series.map(({ replica, samples, runs }) => {
    const { key, host, service, number, containerName, limitBytes, running, run } = replica;
    const starts = runs.map(({ startedAtMs, image }) => ({ startedAt: startedAtMs, image }));
    return {
      history: { id: key, limitBytes, samples, lives: livesOf(starts, samples.at(0)?.t ?? null), leftOut: null },
      place: { host, service, number, containerName },
      ...(running || run.endedAtMs === undefined ? {} : { goneMs: run.endedAtMs }),
    };
  });
}
