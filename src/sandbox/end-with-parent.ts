import { Worker } from 'node:worker_threads';

const LOOK_EVERY_MS = 1_000;

/**
 * Ends this child when its parent is gone, however it went. The channel closes at once; but a main thread in an endless loop
 * would never hear of it, so another thread looks whose child this is: an orphan has another parent than it began with.
 */
export function endWithParent(): void {
  process.on('disconnect', () => process.exit(0));
  const look = `setInterval(() => process.ppid === ${process.ppid} || process.kill(process.pid, 'SIGKILL'), ${LOOK_EVERY_MS})`;
  new Worker(look, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } }).unref();
}
