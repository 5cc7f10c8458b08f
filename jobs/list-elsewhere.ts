import { LeakwatchError } from '../src/errors.js';
import type { KnownElsewhere, LongHistory } from '../src/model/history.js';
import type { Heard } from './say-unanswered.js';

/** Shorter than the time between two, so that no minute is left out. */
const TURN_MS = 50_000;
/** Who was not seen for longer is gone; a metrics server that is away for longer is no help in finding a service. */
const LIFE_MS = 15 * 60_000;

export type ListPorts = {
  readonly known: Pick<KnownElsewhere, 'turn' | 'seen' | 'replace'>;
  readonly history: Pick<LongHistory, 'replicas'>;
  readonly heard: Heard;
  readonly nowMs: () => number;
};

/**
 * One worker a minute: who is known to a metrics server, so that the bot can find services that no agent has. Of an answer in part those that
 * it leaves out are not gone at once: they stay as they were known for a while, since there are servers that always answer in part. Whether it
 * answers at all is heard elsewhere. Rejects when it does not.
 */
export function makeListElsewhere({ known, history, heard, nowMs }: ListPorts) {
  return async (): Promise<void> => {
    if (!(await known.turn(TURN_MS))) return;
    const atMs = nowMs();
    const { replicas, partial } = await history.replicas(atMs).catch(async (error: unknown) => {
      if (error instanceof LeakwatchError) await heard.failed(error.message, atMs);
      throw error;
    });
    const before = partial === undefined ? [] : (await known.seen()).filter((one) => atMs - one.atMs < LIFE_MS);
    const seen = [...before, ...replicas.map((replica) => ({ replica, atMs }))];
    await known.replace([...new Map(seen.map((one) => [one.replica.key, one])).values()], LIFE_MS);
    await heard.answered(atMs);
  };
}
