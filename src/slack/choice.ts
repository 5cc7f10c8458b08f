import { personError } from '../errors.js';
import type { Replica, ServiceRef } from '../model/replica.js';
import { digest } from './ask.js';
import { servicesOf } from './resolve.js';

/** What a button or menu entry of a question carries back: which service, and the rest of what was asked. */
export type Choice = {
  readonly serviceId: string;
  readonly windowMs?: number;
  readonly private?: boolean;
  readonly threadTs?: string;
};

/** Slack's limit of an option's value (slack-facts §1.2: stay at 75). */
const MAX_VALUE = 75;

/** As a query string; a service id that would not fit is replaced by its hash. The value is visible to clients: no secrets. */
export function encodeChoice(choice: Choice): string {
  const rest = {
    ...(choice.windowMs ? { w: String(choice.windowMs) } : {}),
    ...(choice.private ? { p: '1' } : {}),
    ...(choice.threadTs ? { t: choice.threadTs } : {}),
  };
  const readable = new URLSearchParams({ s: choice.serviceId, ...rest }).toString();
  return readable.length <= MAX_VALUE ? readable : new URLSearchParams({ h: shortHash(choice.serviceId), ...rest }).toString();
}

/** The choice and its service as it is now. Throws a person's error when the service is gone since. */
export function decodeChoice(value: string, replicas: readonly Replica[]): { choice: Choice; service: ServiceRef } {
  const read = new URLSearchParams(value);
  const service = servicesOf(replicas).find(({ id }) => id === read.get('s') || shortHash(id) === read.get('h'));
  if (!service) throw personError('That service is not there any more. Try `/leak check` for the ones that are.');
  const windowMs = Number(read.get('w'));
  const threadTs = read.get('t');
  return {
    service,
    choice: {
      serviceId: service.id,
      ...(windowMs > 0 ? { windowMs } : {}),
      ...(read.get('p') ? { private: true } : {}),
      ...(threadTs ? { threadTs } : {}),
    },
  };
}

function shortHash(id: string): string {
  return digest(id).slice(0, 20);
}
