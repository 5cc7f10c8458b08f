import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Engine } from '../src/model/engine.js';
import type { Roster } from './roster.js';

/** An engine that does not answer is tried again after 1 s, 2 s, … 30 s (reliability D01). */
const FIRST_WAIT_MS = 1_000;
const LAST_WAIT_MS = 30_000;
/** A look at everything, whatever the events said: a connection can be dead without a word. */
const LOOK_EVERY_MS = 60_000;
/** Events that come at the same time are acted on together. */
const TOGETHER_MS = 200;
/** The engine's clock may be behind ours; what is told twice is told once (`eventFilter`). */
const CLOCKS_APART_MS = 60_000;

export type FollowPorts = {
  readonly engine: Pick<Engine, 'events'>;
  readonly roster: Pick<Roster, 'look' | 'heard' | 'settle'>;
  readonly log: Logger;
  readonly firstWaitMs?: number;
};

/** Keeps the roster: everything at the start, each minute and after a break, and what the events touch in between. */
export function follow({ engine, roster, log, firstWaitMs = FIRST_WAIT_MS }: FollowPorts): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const { signal } = stopped;
  let last: Promise<unknown> = Promise.resolve();
  let due = false;

  /** Looks never overlap. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  async function settleSoon(): Promise<void> {
    if (due) return;
    due = true;
    await inTurn(async () => {
      due = false;
      await roster.settle();
      await sleep(TOGETHER_MS, undefined, { signal });
    });
  }

  async function connection(since: bigint | null, connected: () => void, heard: (at: bigint) => void): Promise<void> {
    const ours = new AbortController();
    const end = () => ours.abort();
    signal.addEventListener('abort', end);
    try {
      const events = await engine.events(since, ours.signal);
      connected();
      // Only now: what happens during the look is told by the stream.
      await inTurn(() => roster.look());
      for await (const event of events) {
        roster.heard(event);
        heard(event.at);
        settleSoon().catch((error) =>
          unlessStopped(() => log.warn({ err: error }, 'a change of a container is looked at later')),
        );
      }
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  async function connections(): Promise<void> {
    /** Of the last event. Before there was one, the break may still hide some: from the first connection on, by our clock. */
    let since: bigint | null = null;
    let firstConnected: bigint | null = null;
    let waitMs = firstWaitMs;
    while (!signal.aborted) {
      const begunMs = performance.now();
      try {
        const connected = () => {
          firstConnected ??= 1_000_000n * BigInt(Date.now() - CLOCKS_APART_MS);
        };
        await connection(since ?? firstConnected, connected, (at) => {
          since = since === null || at > since ? at : since;
        });
        unlessStopped(() => log.info('the engine’s events ended: connecting again'));
      } catch (error) {
        unlessStopped(() => log.warn({ err: error, waitMs }, 'the engine is not followed'));
        // Says for the sign of life whether the engine as such is gone.
        await inTurn(() => roster.look()).catch(() => {});
      }
      waitMs = performance.now() - begunMs > LAST_WAIT_MS ? firstWaitMs : waitMs;
      await sleep(waitMs, undefined, { signal }).catch(() => {});
      waitMs = Math.min(2 * waitMs, LAST_WAIT_MS);
    }
  }

  function unlessStopped(say: () => void): void {
    if (!signal.aborted) say();
  }

  const looking = setInterval(() => {
    inTurn(() => roster.look())
      .then(settleSoon)
      .catch((error) => unlessStopped(() => log.warn({ err: error }, 'the look at all containers failed')));
  }, LOOK_EVERY_MS);
  const following = connections();

  return {
    async stop() {
      stopped.abort();
      clearInterval(looking);
      await following;
      await last;
    },
  };
}
