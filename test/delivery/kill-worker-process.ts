import { type ChildProcess, spawn } from 'node:child_process';
import { bundle } from '../support/bundle.js';
import type { Orders, Report } from './kill-worker.js';

/** Nothing on a busy machine takes as long: whoever waits longer waits for what will not come. */
const REPORT_DEADLINE_MS = 30_000;

export const bundleWorker = () => bundle(new URL('./kill-worker.ts', import.meta.url));

export type WorkerProcess = {
  /** To be called once; resolves when it takes jobs. */
  begin(orders: Orders): Promise<void>;
  /** Rejects when it has not come by there within 30 s. */
  reaches(what: Report): Promise<void>;
  /** Stops it in the middle of whatever it does, or lets it go on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** It has not ended by itself. */
  alive(): boolean;
  /** SIGKILL; resolves when it is gone. Does nothing the second time. */
  kill(): Promise<void>;
};

export function spawnWorker(file: string): WorkerProcess {
  const child: ChildProcess = spawn(process.execPath, [file], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const reports = new Set<Report>();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('message', (report) => reports.add(report as Report));

  async function reaches(what: Report): Promise<void> {
    const deadline = AbortSignal.timeout(REPORT_DEADLINE_MS);
    while (!reports.has(what)) {
      await new Promise<void>((resolve, reject) => {
        const late = () => reject(new Error(`a worker did not report "${what}"`));
        const end = () => reject(new Error(`a worker ended by itself before "${what}"`));
        deadline.addEventListener('abort', late, { once: true });
        child.once('exit', end);
        child.once('message', () => {
          deadline.removeEventListener('abort', late);
          child.off('exit', end);
          resolve();
        });
      });
    }
  }

  return {
    async begin(orders) {
      await reaches('loaded');
      child.send(orders);
      await reaches('ready');
    },
    reaches,
    signal: (name) => void child.kill(name),
    alive: () => child.exitCode === null && child.signalCode === null,
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
