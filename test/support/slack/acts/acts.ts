import type { Ack, Delivered, Delivery, Outgoing } from '../delivery/delivery.js';
import type { Files } from '../files.js';
import type { ResponseUrls } from '../response-url.js';
import type { Installed } from '../seed.js';
import type { State } from '../state.js';
import type { Triggers } from '../triggers.js';
import type { Api } from '../web-api/method.js';
import type { Channel, Json, User } from '../words.js';

/** What acts of people need. `retriesMs`: the waits before the tries of an event that was not taken. */
export type ActContext = {
  readonly state: State;
  readonly api: Pick<Api, 'blocks' | 'state'>;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  readonly installed: Installed;
  readonly files: Files;
  /** What the app was given. */
  readonly scopes: readonly string[];
  readonly delivery: Delivery;
  readonly delivered: Delivered[];
  readonly retriesMs: readonly number[];
};

/**
 * How an act went. `body`: what the app said in its acknowledgement. `error`: what Slack's client would show the person, null
 * when it shows nothing. `ms`: from Slack's request to the acknowledgement. `status`: HTTP's, 200 in Socket Mode, 0 for none.
 */
export type Outcome = { readonly body: unknown; readonly error: string | null; readonly ms: number; readonly status: number };

export function refused(error: string): Outcome {
  return { body: null, error, ms: 0, status: 0 };
}

/** Delivers once: Slack repeats events only. */
export async function deliver({ delivery, delivered }: ActContext, outgoing: Outgoing): Promise<Ack> {
  const ack = await delivery.send(outgoing);
  delivered.push({ ...outgoing, ack });
  return ack;
}

/** Someone of the workspace, in a channel where they are. Throws when a test names one who is not. */
export function placeOf({ state }: ActContext, userId: string, channelId: string): { user: User; channel: Channel } {
  const user = state.user(userId);
  const channel = state.channels.get(channelId);
  if (!channel?.members.has(userId)) throw new Error(`${user.name} is not in ${channel?.name ?? channelId}`);
  return { user, channel };
}

export function interactionOutcome(ack: Ack): Outcome {
  return { body: ack.body, error: ack.error, ms: ack.ms, status: ack.status };
}

export function isMessage(body: unknown): body is Json {
  return typeof body === 'object' && body !== null && ('text' in body || 'blocks' in body || 'attachments' in body);
}
