import type { WebClient } from '@slack/web-api';
import type { Checkpoint, Claim, Step } from '../model/delivery.js';
import type { Result } from './errors.js';
import type { DeliveryPorts } from './step.js';

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

export function wait(ms: number, holds: 'entry' | 'posts' | 'channel', why: string): Step {
  return { kind: 'wait', ms, holds, why };
}
