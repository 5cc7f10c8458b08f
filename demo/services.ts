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
/** The versions: the leak came with the first, and goes with the second. */
const [LEAKING, FIXED] = ['v1.42.1', 'v1.42.2'];

/** The services, as `docker compose` would have started them; only `api-svc` leaks. */
const SERVICES = [
  { name: 'api-svc', replicas: 2, labels: { 'leakwatch.pprof': '8081' } },
  { name: 'cache-svc', replicas: 1, labels: {} },
  { name: 'log-svc', replicas: 1, labels: {} },
] as const;

type Started = { readonly service: string; readonly name: string; readonly id: string };
export type Services = {
  readonly containers: readonly Started[];
  /** Puts a version of api-svc that does not leak in the place of each that does, as `docker compose up` would; gives its image. */
  deployFix(): Promise<string>;
  stop(): Promise<void>;
};

/** Builds each service FROM scratch, out of its folder beside this file, and starts it with a limit of 256 MiB. */
export async function startServices(socketPath: string, log: (line: string) => void): Promise<Services> {
  const docker = new Docker({ socketPath });
  await removeContainers(docker, RUN_ID);
  for (const { name } of SERVICES) await buildGoImage(docker, { tag: imageOf(name), files: sourcesOf(name) }, log);
  const containers: Started[] = [];
  for (const { name, replicas, labels } of SERVICES) {
    for (let number = 1; number <= replicas; number += 1) {
      containers.push(await start(docker, { service: name, number, labels, image: imageOf(name) }));
      log(`started ${containers.at(-1)?.name}`);
    }
  }
  return {
    containers,
    async deployFix() {
      const [service, image] = [SERVICES[0], `leakwatch-demo/api-svc:${FIXED}`];
      const files = { ...sourcesOf(service.name), ...sourcesOf('api-svc-fixed') };
      await buildGoImage(docker, { tag: image, files }, log);
      for (let number = 1; number <= service.replicas; number += 1) {
        await docker.getContainer(nameOf(service.name, number)).remove({ force: true });
        await start(docker, { service: service.name, number, labels: service.labels, image });
      }
      return image;
    },
    stop: () => removeContainers(docker, RUN_ID),
  };
}

type Spec = {
  readonly service: string;
  readonly number: number;
  readonly labels: Record<string, string>;
  readonly image: string;
};

async function start(docker: Docker, { service, number, labels, image }: Spec): Promise<Started> {
  const { id, name } = await runContainer(docker, {
    image,
    name: nameOf(service, number),
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
  return { service, name, id };
}

function nameOf(service: string, number: number): string {
  return `${PROJECT}-${service}-${number}`;
}

function imageOf(service: string): string {
  return `leakwatch-demo/${service}:${LEAKING}`;
}

/** Every file of a service's folder, by its path in it. */
function sourcesOf(service: string): Record<string, string> {
  const root = join(SOURCES, service);
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(go|mod)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
}
