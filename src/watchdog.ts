import { Worker } from 'node:worker_threads';

export type WatchdogTimes = { readonly beatMs: number; readonly silentMs: number };
/** Locks of jobs are 15 s: who stands still for longer has lost what it had in hand (reliability K14). */
export const WATCHDOG_TIMES: WatchdogTimes = { beatMs: 1_000, silentMs: 20_000 };

/**
 * The thread counts its own ticks in which nothing was heard, not the time: a process that was stopped, or a machine that slept, is as alive
 * as before when it goes on.
 *
 *     event loop   ·  ·  ·  ·  ████████████████████████
 *     thread       ·  ·  ·  ·  1  2  3  …        20 ✗ SIGKILL
 */
const THREAD = `
const { workerData: { beats, beatMs, silentMs, role } } = require('node:worker_threads');
let [heard, silent] = [-1, 0];
setInterval(() => {
  const now = Atomics.load(beats, 0);
  silent = now === heard ? silent + beatMs : 0;
  heard = now;
  if (silent < silentMs) return;
  const msg = 'the event loop stood still for ' + silentMs / 1000 + ' s: ending, to be started again';
  const line = { level: 'fatal', time: new Date().toISOString(), role, pid: process.pid, msg };
  require('node:fs').writeSync(2, JSON.stringify(line) + '\\n');
  process.kill(process.pid, 'SIGKILL');
}, beatMs);
`;

/**
 * Ends this process when its event loop stands still: it would hold its place, answer nobody, and look alive. A thread sees that (about 9 MiB),
 * and nothing but SIGKILL reaches the process then; as process 1 of a container it needs an init, as all that is in `docker-compose.yml` has.
 */
export function startWatchdog(role: string, { beatMs, silentMs }: WatchdogTimes): void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => Atomics.add(beats, 0, 1), beatMs).unref();
  const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, codeRangeSizeMb: 1, stackSizeMb: 1 };
  new Worker(THREAD, { eval: true, workerData: { beats, beatMs, silentMs, role }, env: {}, resourceLimits }).unref();
}
