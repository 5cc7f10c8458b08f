import { parentPort } from 'node:worker_threads';
import type { ServiceSpec } from './fleet.js';
import { type Rhythm, watchService } from './watch-service.js';

/** A thread: is given services one at a time, and gives their weeks. */
export type Task = { readonly spec: ServiceSpec; readonly rhythm: Rhythm };

parentPort?.on('message', async ({ spec, rhythm }: Task) => {
  parentPort?.postMessage(await watchService(spec, rhythm));
});
