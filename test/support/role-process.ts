import { makeLogger } from '../../src/log.js';
import { runUntilSignal } from '../../src/run-until-signal.js';

/** A role that does one thing only, by its first argument. */
const DOES: Record<string, () => void> = {
  blocks: () => {
    for (;;);
  },
  throws: () => {
    throw new Error('no connection to redis://:correct-horse@redis:6379');
  },
  rejects: () => void Promise.reject(new Error('refused: xoxb-1-secret')),
  lives: () => void setInterval(() => {}, 1_000),
  'stops never': () => void setInterval(() => {}, 1_000),
};
const does = process.argv[2] ?? '';
const log = makeLogger('worker', 'info', ['correct-horse']);
const stop = () => new Promise<void>((resolve) => void (does === 'stops never' || resolve()));
const started = async () => {
  setTimeout(DOES[does] ?? (() => {}), 50);
  return { stop };
};
void runUntilSignal(log, started, { stopMs: 300, beatMs: 20, silentMs: 400 });
