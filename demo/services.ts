import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { buildGoImage, removeContainers, runContainer } from '../test/support/parts/containers.js';

const SOURCES = fileURLToPath(new URL('services/', import.meta.url));
/** What an earlier demo left behind, should it have been killed, is found by it. */
const RUN_ID = 'demo';
const LIMIT_BYTES = 256 * 2 ** 20;
const PROJECT = 'shop';

/** The services, as `docker compose` would have started them; only `api-svc` leaks. */
const SERVICES = [
  { name: 'api-svc', replicas: 2, labels: { 'leakwatch.pprof': '8081' } },
  { name: 'cache-svc', replicas: 1, labels: {} },
  { name: 'log-svc', replicas: 1, labels: {} },
] as const;

export type Services = {
  readonly containers: readonly { readonly service: string; readonly name: string; readonly id: string }[];
  stop(): Promise<void>;
};

/** Builds each service FROM scratch, out of its folder beside this file, and starts it with a limit of 256 MiB. */
export async function startServices(socketPath: string, log: (line: string) => void): Promise<Services> {
  const docker = new Docker({ socketPath });
  await removeContainers(docker, RUN_ID);
  for (const { name } of SERVICES) await buildGoImage(docker, { tag: imageOf(name), files: sourcesOf(name) }, log);
  const containers: { service: string; name: string; id: string }[] = [];
  for (const { name: service, replicas, labels } of SERVICES) {
    for (let number = 1; number <= replicas; number += 1) {
      const { id, name } = await runContainer(docker, {
        image: imageOf(service),
        name: `${PROJECT}-${service}-${number}`,
        runId: RUN_ID,
        memoryBytes: LIMIT_BYTES,
        network: 'bridge',
        // Out of memory, it comes back and leaks on, as in production.
        restart: 'always',
        labels: {
          ...labels,
          'com.docker.compose.project': PROJECT,
          'com.docker.compose.service': service,
          'com.docker.compose.container-number': String(number),
        },
      });
      log(`started ${name}`);
      containers.push({ service, name, id });
    }
  }
  return { containers, stop: () => removeContainers(docker, RUN_ID) };
}

function imageOf(service: string): string {
  return `leakwatch-demo/${service}:1`;
}

/** Every file of a service's folder, by its path in it. */
function sourcesOf(service: string): Record<string, string> {
  const root = join(SOURCES, service);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(go|mod)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
}
