import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { LeakwatchError } from '../errors.js';
import { plainMessage } from '../render/plain-message.js';
import type { Reply } from './ask.js';

/** `again`: trying again may help, the world was at fault. */
export type Answered<R> = { readonly reply: R | Reply; readonly again: boolean };

/**
 * The one place where a handler's error becomes an answer. The person's own: as it is. The world's: what does not answer,
 * and that nothing was begun. Ours: a reference id, with the stack in the log under the same id.
 */
export async function answer<R>(work: () => Promise<R>, log: Logger): Promise<Answered<R>> {
  try {
    return { reply: await work(), again: false };
  } catch (error) {
    if (error instanceof LeakwatchError && error.who === 'person') return { reply: alone(error.message), again: false };
    if (error instanceof LeakwatchError) {
      log.warn({ err: error }, 'not answered: the world');
      return { reply: alone(`${error.message}. Nothing was begun; try again in a minute.`), again: true };
    }
    const reference = randomBytes(4).toString('hex');
    log.error({ err: error, reference }, 'not answered: a bug of ours');
    return {
      reply: alone(`That went wrong on our side (reference ${reference}); the log says why. Nothing was begun.`),
      again: false,
    };
  }
}

function alone(text: string): Reply {
  return { to: 'person', message: plainMessage(text) };
}
