import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'leakwatch-parts');
const GO_MOD = 'module leakwatch.test/app\n\ngo 1.19\n';

/** Where Go is: the newest that the machine has. Throws when there is none. */
export function goBinary(): string {
  const places = ['/usr/local/go/bin/go', '/usr/bin/go', '/usr/lib/go/bin/go'];
  const found = places.find((path) => existsSync(path));
  if (!found) throw new Error('Go is not installed (package golang-go)');
  return found;
}

/**
 * A static program for an image FROM scratch, of sources that need the standard library of Go 1.19 only. What was built once
 * from the same sources by the same Go is taken from `~/.cache/leakwatch-parts`.
 */
export async function buildGo(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const go = goBinary();
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GO111MODULE: 'on', GOTOOLCHAIN: 'local', GOWORK: 'off' };
  const { stdout: version } = await run(go, ['version'], { env });
  const hash = createHash('sha256').update(JSON.stringify([version, GO_MOD, Object.entries(files).sort()]));
  const cached = join(CACHE, 'go', hash.digest('hex').slice(0, 32));
  if (existsSync(cached)) return readFile(cached);

  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-go-'));
  try {
    for (const [name, source] of Object.entries({ 'go.mod': GO_MOD, ...files })) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), source);
    }
    await run(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', 'app', '.'], { cwd: folder, env });
    await mkdir(join(CACHE, 'go'), { recursive: true });
    await copyFile(join(folder, 'app'), `${cached}.${process.pid}`);
    await rename(`${cached}.${process.pid}`, cached);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return readFile(cached);
}
