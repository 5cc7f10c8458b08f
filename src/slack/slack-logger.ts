import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import type { Logger } from 'pino';

export type SlackLogger = BoltLogger;

/** Bolt's log lines in ours, warnings and worse: below that it speaks of every request, bodies included. */
export function slackLogger(log: Logger): SlackLogger {
  const scoped = log.child({ part: 'bolt' });
  const text = (words: unknown[]) => words.map((word) => (word instanceof Error ? word.message : String(word))).join(' ');
  return {
    debug() {},
    info() {},
    warn: (...words: unknown[]) => scoped.warn(text(words)),
    error: (...words: unknown[]) => scoped.error(text(words)),
    setLevel() {},
    getLevel: () => LogLevel.WARN,
    setName() {},
  };
}
