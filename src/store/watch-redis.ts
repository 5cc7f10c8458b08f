import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { FatalError } from '../errors.js';
import { checkRedis } from './health.js';

export type RedisWatch = {
  /** Resolves after the first look at a Redis that may be used; rejects with `FatalError` when it may not. */
  readonly safe: Promise<void>;
  /** What is wrong now, in sentences for `status`. */
  warnings(): readonly string[];
  /** Of these, why it may lose what is written or takes nothing: it was switched so while we run (reliability R07). */
  refusals(): readonly string[];
  stop(): void;
};

const LOOK_EVERY_MS = 60_000;
/** Until the first answer, since everything waits for it. */
const KNOCK_EVERY_MS = 1_000;

/**
 * Looks at Redis at the start and every minute (reliability DR6). One that may throw keys away is refused at the start; when
 * that is switched on later it is said everywhere, because ending then would lose what is in hand too.
 */
export function watchRedis(redis: Redis, log: Logger): RedisWatch {
  let warnings: readonly string[] = [];
  let refusals: readonly string[] = [];
  let looked = false;
  let looking = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let settle: { resolve: () => void; reject: (error: Error) => void };
  const safe = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  safe.catch(() => {});

  async function look(): Promise<void> {
    if (looking || stopped) return;
    looking = true;
    try {
      const { refuse, warn } = await checkRedis(redis);
      if (!looked && refuse.length > 0) return settle.reject(new FatalError(refuse.join('\n')));
      looked = true;
      settle.resolve();
      const now = [...refuse, ...warn];
      for (const sentence of now) if (!warnings.includes(sentence)) log.warn(sentence);
      warnings = now;
      refusals = refuse;
    } catch (error) {
      if (looked || warnings.length === 0) log.warn({ err: error }, 'Redis does not answer');
      refusals = [];
      warnings = [`Redis does not answer (${error instanceof Error ? error.message : String(error)})`];
    } finally {
      looking = false;
    }
    if (!stopped) timer = setTimeout(look, looked ? LOOK_EVERY_MS : KNOCK_EVERY_MS);
  }
  // A connection that is just being made is no news yet.
  if (redis.status === 'ready') void look();
  else timer = setTimeout(look, KNOCK_EVERY_MS);
  redis.once('ready', () => {
    if (looked) return;
    clearTimeout(timer);
    void look();
  });

  return {
    safe,
    warnings: () => warnings,
    refusals: () => refusals,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
