import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goBinary } from '../../test/support/parts/go.js';

const run = promisify(execFile);
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'leakwatch-parts', 'modules');

export type GoProgram = {
  readonly name: string;
  /** A module and its version, as `go get` takes them. */
  readonly module: string;
  /** The package that is built: one of the module, or `.` for the file `main`. */
  readonly package: string;
  readonly main?: string;
};

/**
 * Builds a program out of a public Go module, through the Go proxy of the environment, and gives its path; what was built once is taken
 * from `~/.cache/leakwatch-parts`. Needs Go 1.24 or newer and, the first time, half a minute and the network.
 */
export async function buildModule({ name, module, package: what, main }: GoProgram): Promise<string> {
  const go = goBinary();
  const hash = createHash('sha256').update(JSON.stringify([module, what, main]));
  const path = join(CACHE, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(path)) return path;
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-module-'));
  const inFolder = (args: readonly string[]) =>
    run(go, args, { cwd: folder, env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOWORK: 'off' } });
  try {
    await writeFile(join(folder, 'go.mod'), `module leakwatch.test/${name}\n\ngo 1.24\n`);
    if (main !== undefined) await writeFile(join(folder, 'main.go'), main);
    await inFolder(['get', module]);
    if (main !== undefined) await inFolder(['mod', 'tidy']);
    await inFolder(['build', '-trimpath', '-o', 'program', what]);
    await mkdir(CACHE, { recursive: true });
    await copyFile(join(folder, 'program'), `${path}.${process.pid}`);
    await rename(`${path}.${process.pid}`, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return path;
}
