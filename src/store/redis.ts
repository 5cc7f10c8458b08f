import { Redis } from 'ioredis';
import { LeakwatchError, worldError } from '../errors.js';

/**
 * A connection for the stores. Commands fail within `commandTimeoutMs`, and at once while Redis is away, so that whoever
 * waits for one can say so: jobs are retried by their queue, people are told. It reconnects by itself for ever. What fails is
 * a world's error: "Redis does not answer", or Redis' own word ("OOM command not allowed…").
 */
export function connectRedis(url: string, commandTimeoutMs: number, onError: (error: Error) => void): Redis {
  const redis = new WorldRedis(url, { commandTimeout: commandTimeoutMs, enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  redis.on('error', onError);
  return redis;
}

/** Every command passes here, those of scripts and transactions too, so that no store has to say what an error of Redis' is. */
class WorldRedis extends Redis {
  /** A transaction's EXEC is refused without a reason: that was said of a command in it, just before. */
  #refused = '';

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const [command] = args;
    const { reject } = command;
    command.reject = (error) => {
      if (error.name === 'ReplyError' && !error.message.startsWith('EXECABORT')) this.#refused = reasonOf(error);
      reject(ofTheWorld(error, this.#refused));
    };
    return super.sendCommand(...args);
  }
}

function ofTheWorld(error: Error, refused: string): Error {
  if (error instanceof LeakwatchError) return error;
  if (error.name !== 'ReplyError') return worldError('Redis does not answer', error);
  const reason = error.message.startsWith('EXECABORT') ? refused : reasonOf(error);
  // Our own mistakes: a wrong type, a script with a bug.
  if (/^(WRONGTYPE|ERR)\b/.test(reason)) return error;
  // What it says itself is of a command that nobody typed (`HELLO must be called with the client already authenticated…`).
  if (reason.startsWith('NOAUTH')) return worldError('Redis wants a password: REDIS_URL=redis://:password@host:6379/0', error);
  if (reason.startsWith('WRONGPASS')) return worldError('Redis does not take the password of REDIS_URL', error);
  return worldError(`Redis refuses (${reason.slice(0, 120)})`, error);
}

/** Redis before 7 puts what a command in a script was refused with into an error of the script: `ERR Error running script (call to f_…): …: -OOM command …`. */
function reasonOf({ message }: Error): string {
  return /^ERR Error running script .*?: -([A-Z]+ .*)$/s.exec(message)?.[1] ?? message;
}
