import type { DeliveryFault } from '../faults.js';
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

/** What was sent, in order, with how it was taken. */
export type Delivered = Outgoing & { readonly ack: Ack };
