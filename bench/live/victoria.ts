import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, freePort, launch, until } from '../../test/support/parts/process.js';
import { buildModule } from './go-module.js';

const MODULE = 'github.com/VictoriaMetrics/VictoriaMetrics';

/** A real VictoriaMetrics that scrapes what `prometheusYml` says, as a Prometheus does. It keeps what it is given for ten years. */
export async function startVictoria(prometheusYml: string) {
  const [module, what] = [`${MODULE}/app/victoria-metrics@v1.122.0`, `${MODULE}/app/victoria-metrics`];
  const program = await buildModule({ name: 'victoria-metrics', module, package: what });
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-victoria-'));
  await writeFile(join(folder, 'prometheus.yml'), prometheusYml);
  const address = `127.0.0.1:${await freePort()}`;
  const { child, output } = launch(program, [
    ...[`-httpListenAddr=${address}`, `-storageDataPath=${join(folder, 'data')}`, '-retentionPeriod=10y'],
    ...[`-promscrape.config=${join(folder, 'prometheus.yml')}`, '-memory.allowedBytes=256MB', '-loggerLevel=WARN'],
  ]);
  const url = `http://${address}`;
  const stop = async () => {
    await endProcess(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(`VictoriaMetrics: ${output()}`, 30_000, async () => (await fetch(`${url}/health`)).ok);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    stop,
    /** Takes in an exposition with times, all of it at once, and has it found. */
    async take(exposition: Iterable<string>) {
      const body = [...exposition].join('');
      const response = await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body });
      if (!response.ok) throw new Error(`VictoriaMetrics did not take it: ${response.status}`);
      await fetch(`${url}/internal/force_flush`);
    },
  };
}
