import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { Budget, Checkpoint, Claim, OutboxDrain, Step } from '../model/delivery.js';
import type { Replies } from '../model/message.js';
import type { MakeClient } from './client.js';
import type { Result } from './errors.js';
import type { DeliveryLimits } from './limits.js';

export type DeliveryPorts = {
  readonly drain: OutboxDrain;
  readonly budget: Budget;
  readonly replies: Replies;
  readonly makeClient: MakeClient;
  /** The time limit of a request: that of the clients, and what the claims are made for. */
  readonly requestMs: number;
  readonly limits: DeliveryLimits;
  /** Where a message goes that its own channel does not take; absent: nowhere. */
  readonly fallbackChannel?: string | undefined;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** 0…1, for waits. */
  readonly random: () => number;
};

/** What a step of one entry is given beside the ports. */
export type StepContext = DeliveryPorts & {
  readonly claim: Claim;
  readonly checkpoint: Checkpoint;
  /** Sends nothing once the claim has run out. */
  readonly client: WebClient;
  /** For what needs no claim: looking things up, telling a person. */
  readonly reader: WebClient;
  /** Our own bot's id, by which its messages are known. */
  readonly botId: () => Promise<Result<string>>;
};

export const DONE: Step = { kind: 'done' };

/** Not now, but in so many ms; `holds` as in `Step`. */
export function wait(ms: number, holds: 'entry' | 'posts' | 'channel', why: string): Step {
  return { kind: 'wait', ms, holds, why };
}
