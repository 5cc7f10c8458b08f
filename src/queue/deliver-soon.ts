import { drainOf, type Target } from '../model/message.js';
import type { Enqueue } from './enqueue.js';

/** Has what the outbox holds for a place (or a channel, by its id) sent: one waiting job for each, however often it is asked for. */
export function deliverSoon(enqueue: Enqueue, to: Target | string): Promise<void> {
  const channel = typeof to === 'string' ? to : drainOf(to);
  return enqueue('deliver', { v: 1, channel }, { collapse: channel });
}
