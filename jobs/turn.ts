import { type LeakwatchError, worldError } from '../src/errors.js';
import type { Rounds } from '../src/model/incident.js';

/**
 * Work on a service with it to oneself. The watch is at it for milliseconds, and whoever died there holds it until its lease ends: rejects
 * then, and when somebody else was faster (`work` gives false), so that the job comes back.
 */
export async function inItsTurn(rounds: Pick<Rounds, 'alone'>, serviceId: string, work: () => Promise<boolean>): Promise<void> {
  if (!(await rounds.alone(serviceId, work))) throw busy();
}

/** Said only when all tries were used up. */
export function busy(): LeakwatchError {
  return worldError('The watch is busy with that service: try again in a minute');
}
