import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endProcess, freePort, launch, until } from './process.js';

export type PrometheusPart = {
  readonly url: string;
  /** The data is as old as the tests like it: kept for ten years. */
  stop(): Promise<void>;
  /** Stops answering and keeps its connections, until `thaw`. */
  freeze(): void;
  thaw(): void;
};

/**
 * A real Prometheus of its own: odd port, data in a new folder, filled with what `openMetrics` says (`promtool tsdb create-blocks-from
 * openmetrics`), so that its history is there at once. `web` is its web.yml. It scrapes nothing.
 */
export async function startPrometheus(openMetrics: Iterable<string>, web = ''): Promise<PrometheusPart> {
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-prometheus-'));
  const path = (name: string) => join(folder, name);
  await writeFile(path('metrics.txt'), openMetrics);
  await writeFile(path('prometheus.yml'), 'global: {}\n');
  await writeFile(path('web.yml'), web);
  const fill = ['tsdb', 'create-blocks-from', '--max-block-duration=240h', 'openmetrics', path('metrics.txt'), path('data')];
  await promisify(execFile)('promtool', fill, { maxBuffer: 64 * 2 ** 20 });
  return run(folder);
}

/** A real Prometheus that scrapes: its folder has `files`, prometheus.yml among them. Its history begins now. */
export async function startScraper(files: Readonly<Record<string, string>>): Promise<PrometheusPart> {
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-prometheus-'));
  for (const [name, text] of Object.entries({ 'web.yml': '', ...files })) await writeFile(join(folder, name), text);
  return run(folder);
}

async function run(folder: string): Promise<PrometheusPart> {
  const path = (name: string) => join(folder, name);
  const port = await freePort();
  const { child, output } = launch('prometheus', [
    ...[`--config.file=${path('prometheus.yml')}`, `--web.config.file=${path('web.yml')}`, `--storage.tsdb.path=${path('data')}`],
    ...['--storage.tsdb.retention.time=10y', `--web.listen-address=127.0.0.1:${port}`, '--log.level=warn'],
  ]);
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => {
    const { status } = await fetch(`${url}/-/ready`);
    return status === 200 || status === 401;
  };
  await until(`prometheus on ${port}: ${output()}`, 20_000, isReady);
  return {
    url,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGCONT');
      await endProcess(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
