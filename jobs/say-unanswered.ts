import { type Answering, isAway } from '../src/model/answering.js';
import type { Outbox, SlackMessage } from '../src/model/message.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { answersAgainMessage, unansweredMessage } from '../src/render/unanswered.js';
import type { PlaceOf } from './place-of.js';

export type UnansweredPorts = {
  readonly answering: Answering;
  readonly outbox: Pick<Outbox, 'say'>;
  readonly enqueue: Enqueue;
  readonly placeOf: PlaceOf;
};

/** Told of each question to the metrics server how it ended. */
export type Heard = {
  failed(why: string, atMs: number): Promise<void>;
  answered(atMs: number): Promise<void>;
};

/**
 * A metrics server that is away is said to the channel: its own alerts would say it nowhere, since it is what evaluates them. Once, without a
 * mention, after two minutes; when it answers, the same message says that. What comes and goes within the hour stays one message, since
 * edits wake nobody. Run twice it says nothing twice.
 *
 *     answers ── fails ── 2 min ─▶ said ── answers ─▶ edited ── fails ── 2 min ─▶ edited
 */
export function makeSayUnanswered({ answering, outbox, enqueue, placeOf }: UnansweredPorts): Heard {
  async function say(key: string, message: SlackMessage): Promise<void> {
    const place = placeOf([])?.place;
    if (!place) return;
    await outbox.say(key, { kind: 'channel', ...place }, message);
    await deliverSoon(enqueue, place.channel);
  }

  return {
    async failed(why, atMs) {
      const before = await answering.unanswered();
      const now = { ...before, sinceMs: before?.sinceMs ?? atMs, why };
      if (!isAway(now, atMs)) return answering.keep(now);
      const saidUnder = now.saidUnder ?? (await answering.lastSaidUnder()) ?? `unanswered-${now.sinceMs}`;
      // First that, then the words: a worker that dies in between has them said in a minute, under the same key.
      await answering.keep({ ...now, saidUnder });
      await say(saidUnder, unansweredMessage(now, atMs));
    },

    async answered(atMs) {
      const before = await answering.unanswered();
      if (!before) return;
      if (before.saidUnder) await say(before.saidUnder, answersAgainMessage(before, atMs));
      await answering.clear();
    },
  };
}
