import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ServiceSpec } from './fleet.js';
import type { Task } from './part.js';
import type { Rhythm, Week } from './watch-service.js';

const PART = new URL(`part${extname(import.meta.url)}`, import.meta.url);

/** All weeks, a service at a time on each of `threads`; the large ones first, so that none is left alone at the end. */
export async function watchAll(
  specs: readonly ServiceSpec[],
  rhythm: Rhythm,
  threads: number,
  onDone: (week: Week, left: number) => void,
): Promise<Week[]> {
  const queue = specs.toSorted((a, b) => b.hosts.length - a.hosts.length);
  const weeks: Week[] = [];
  const work = async () => {
    const worker = new Worker(PART);
    try {
      for (let spec = queue.shift(); spec; spec = queue.shift()) {
        const week = await ask(worker, { spec, rhythm });
        weeks.push(week);
        onDone(week, specs.length - weeks.length);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return weeks;
}

function ask(worker: Worker, task: Task): Promise<Week> {
  return new Promise((resolve, reject) => {
    worker.once('message', (week: Week) => {
      worker.off('error', reject);
      resolve(week);
    });
    worker.once('error', reject);
    worker.postMessage(task);
  });
}
