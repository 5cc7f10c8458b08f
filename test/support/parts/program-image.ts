import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';

const run = promisify(execFile);
const SOURCES_LABEL = 'leakwatch.test.sources';

export type ProgramImage = {
  readonly tag: string;
  /** Programs of this machine, with the libraries that they are linked with. */
  readonly programs?: readonly string[];
  /** Files and folders of this machine, where they are; links as what they lead to. */
  readonly copied?: readonly string[];
  /** Other files by path; those below a `bin` can be run. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Links by path. */
  readonly links?: Readonly<Record<string, string>>;
  /** Lines of the Dockerfile after the files. */
  readonly dockerfile: readonly string[];
};

/** Builds an image FROM scratch of this machine's programs, through the API: nothing is pulled. One of the same files is there already. */
export async function buildProgramImage(docker: Docker, image: ProgramImage): Promise<void> {
  const { tag, programs = [], copied = [], files = {}, links = {}, dockerfile } = image;
  const paths = new Map<string, string>();
  for (const program of programs)
    for (const path of [program, ...(await librariesOf(program))]) paths.set(path, await realpath(path));
  for (const path of copied) for (const one of await filesIn(path)) paths.set(one, one);
  const described = await Promise.all([...paths].sort().map(async ([path, from]) => [path, (await stat(from)).size]));
  const sources = createHash('sha256')
    .update(
      JSON.stringify([
        described,
        Object.entries(files).map(([path, text]) => [path, text.toString('base64' as never)]),
        links,
        dockerfile,
      ]),
    )
    .digest('hex');
  const there = await docker
    .getImage(tag)
    .inspect()
    .catch(() => undefined);
  if (there?.Config.Labels?.[SOURCES_LABEL] === sources) return;
  const tar = pack();
  for (const [path, from] of paths)
    tar.entry({ name: `root${path}`, mode: (await stat(from)).mode & 0o777 }, await readFile(from));
  for (const [path, content] of Object.entries(files)) tar.entry({ name: `root${path}`, mode: 0o755 }, content);
  for (const [path, linkname] of Object.entries(links)) tar.entry({ name: `root${path}`, type: 'symlink', linkname });
  tar.entry({ name: 'root/tmp', type: 'directory', mode: 0o1777 });
  tar.entry(
    { name: 'Dockerfile' },
    ['FROM scratch', 'COPY root /', `LABEL ${SOURCES_LABEL}=${sources}`, ...dockerfile, ''].join('\n'),
  );
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

/** A program of C, with the lines of its source in it. */
export async function buildC(source: string, name: string, flags: readonly string[] = []): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-c-'));
  try {
    await writeFile(join(folder, `${name}.c`), source);
    await run('gcc', ['-g', '-O1', ...flags, '-o', name, `${name}.c`], { cwd: folder });
    return await readFile(join(folder, name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the loader finds for it, itself among it. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run('ldd', [program]).catch(() => ({ stdout: '' }));
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}

async function filesIn(path: string): Promise<string[]> {
  const found = await stat(path);
  if (!found.isDirectory()) return [path];
  const names = await readdir(path);
  return (await Promise.all(names.map((name) => filesIn(join(path, name))))).flat();
}
