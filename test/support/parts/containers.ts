import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { buildGo } from './go.js';

/** On everything that is made here, with the id of the run that made it, so that it can be found and removed. */
const RUN_LABEL = 'leakwatch.test';

/** On images: what they were built from. */
const SOURCES_LABEL = 'leakwatch.test.sources';

export type GoImage = {
  /** Of the image, with its version: `leakwatch-test/leak:1`. */
  readonly tag: string;
  /** Go sources by path, package main at the top; without a `go.mod` they get one. The program becomes `/app`. */
  readonly files: Readonly<Record<string, string>>;
};

export type ContainerSpec = {
  readonly image: string;
  readonly name: string;
  readonly runId: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Bytes; without it there is no limit. */
  readonly memoryBytes?: number;
  /** As `docker run --cpus`; without it as many as there are. */
  readonly cpus?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly entrypoint?: readonly string[];
  /** As `docker run --init`. */
  readonly init?: boolean;
  readonly restart?: 'no' | 'always';
  /** `none` unless ports are needed: the engine then makes no network for it. */
  readonly network?: 'none' | 'bridge' | 'host';
  /** TCP ports that it says it has. */
  readonly exposed?: readonly number[];
  /** Bytes by path: a tmpfs of that size. */
  readonly tmpfs?: Readonly<Record<string, number>>;
};

export type ContainerPart = { readonly id: string; readonly name: string };

/** Builds an image FROM scratch through the API (no client, nothing is pulled); one of the same sources is there already. */
export async function buildGoImage(
  docker: Docker,
  { tag, files }: GoImage,
  log: (line: string) => void = () => {},
): Promise<void> {
  const sources = createHash('sha256')
    .update(JSON.stringify(Object.entries(files).sort()))
    .digest('hex');
  const there = await docker
    .getImage(tag)
    .inspect()
    .catch(() => undefined);
  if (there?.Config.Labels?.[SOURCES_LABEL] === sources) return;
  log(`building ${tag}`);
  const tar = pack();
  tar.entry({ name: 'app', mode: 0o755 }, await buildGo(files));
  tar.entry({ name: 'Dockerfile' }, `FROM scratch\nCOPY app /app\nLABEL ${SOURCES_LABEL}=${sources}\nENTRYPOINT ["/app"]\n`);
  tar.finalize();
  const progress = await docker.buildImage(tar as unknown as NodeJS.ReadableStream, { t: tag });
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(progress as Readable, (error, steps) => {
      const failed = steps?.find((step: { error?: string }) => step.error);
      if (error || failed) reject(error ?? new Error(`${tag}: ${failed.error}`));
      else resolve();
    });
  });
}

/** Starts a container. Whatever becomes of it, `removeContainers` takes it away. */
export async function runContainer(docker: Docker, spec: ContainerSpec): Promise<ContainerPart> {
  const { memoryBytes, cpus, tmpfs = {} } = spec;
  const container = await docker.createContainer({
    name: spec.name,
    Image: spec.image,
    Cmd: [...(spec.args ?? [])],
    ...(spec.entrypoint ? { Entrypoint: [...spec.entrypoint] } : {}),
    Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
    ExposedPorts: Object.fromEntries((spec.exposed ?? []).map((port) => [`${port}/tcp`, {}])),
    Labels: { ...spec.labels, [RUN_LABEL]: spec.runId },
    HostConfig: {
      NetworkMode: spec.network ?? 'none',
      Init: spec.init ?? false,
      RestartPolicy: { Name: spec.restart ?? 'no' },
      Tmpfs: Object.fromEntries(Object.entries(tmpfs).map(([path, bytes]) => [path, `size=${bytes}`])),
      ...(cpus === undefined ? {} : { NanoCpus: cpus * 1e9 }),
      ...(memoryBytes === undefined ? {} : { Memory: memoryBytes, MemorySwap: memoryBytes }),
    },
  });
  await container.start();
  return { id: container.id, name: spec.name };
}

/** Removes what a run made: by its label, so that it works after a failure and knows nothing of what others made. */
export async function removeContainers(docker: Docker, runId: string): Promise<void> {
  const mine = await docker.listContainers({ all: true, filters: { label: [`${RUN_LABEL}=${runId}`] } });
  await Promise.all(mine.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(ignoreGone)));
}

function ignoreGone(error: { statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}
