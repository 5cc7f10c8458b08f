import { Worker } from 'node:worker_threads';

const LOOK_EVERY_MS = 1_000;
/** A decoder takes 100 MB in this time, or so. */
const WEIGH_EVERY_MS = 50;

/**
 * Ends this child when its parent is gone, however it went. The channel closes at once; but a main thread in an endless loop
 * would never hear of it, so another thread looks whose child this is: an orphan has another parent than it began with.
 *
 * With `mostMb` it also ends this child when it holds more memory than that, buffers outside of JavaScript's heap too.
 */
export function endWithParent(mostMb?: number): void {
  process.on('disconnect', () => process.exit(0));
  const [everyMs, most] = mostMb === undefined ? [LOOK_EVERY_MS, 'Infinity'] : [WEIGH_EVERY_MS, mostMb * 2 ** 20];
  const isWell = `process.ppid === ${process.ppid} && process.memoryUsage.rss() < ${most}`;
  const look = `setInterval(() => (${isWell}) || process.kill(process.pid, 'SIGKILL'), ${everyMs})`;
  new Worker(look, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } }).unref();
}
