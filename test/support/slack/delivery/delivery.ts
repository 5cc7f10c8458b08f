import type { DeliveryFault } from '../faults.js';
import { OTHER_TEAM } from '../seed.js';
import type { Json } from '../words.js';

/** What Slack sends an app. `team`: a forged one in place of ours, when a fault asks for it. */
export type Outgoing = {
  readonly kind: DeliveryFault['delivery'];
  readonly payload: Json;
  readonly retry?: { readonly num: number; readonly reason: string };
};

/** How it was taken. `error` null: acknowledged in time; else Slack's word for what the person sees. */
export type Ack = {
  readonly status: number;
  readonly body: unknown;
  readonly error: 'operation_timeout' | 'dispatch_failed' | null;
  readonly ms: number;
  /** The app asked for no further try (`x-slack-no-retry: 1`). */
  readonly noRetry?: boolean;
};

/** One way to the app: signed HTTP or Socket Mode. */
export type Delivery = { send(outgoing: Outgoing): Promise<Ack>; stop(): Promise<void> };

/** The same from another workspace: what an app must refuse although it is signed well. */
export function fromOtherTeam({ payload, ...rest }: Outgoing): Outgoing {
  const { user, team } = payload as { user?: Json; team?: Json };
  const click =
    rest.kind === 'interactivity' ? { team: { ...team, id: OTHER_TEAM.id }, user: { ...user, team_id: OTHER_TEAM.id } } : {};
  return { ...rest, payload: rest.kind === 'interactivity' ? { ...payload, ...click } : { ...payload, team_id: OTHER_TEAM.id } };
}

/** What was sent, in order, with how it was taken. */
export type Delivered = Outgoing & { readonly ack: Ack };
