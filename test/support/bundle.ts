import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ESBUILD = fileURLToPath(new URL('../../node_modules/.bin/esbuild', import.meta.url));

/** Packages in CommonJS ask for what Node has by `require`. Under a name that no package in the bundle has. */
const REQUIRE = "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/** An entry and all it imports as one file, for child processes that start in a fifth of a second. */
export async function bundle(entry: URL): Promise<{ readonly file: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-bundle-'));
  const file = join(folder, 'entry.mjs');
  const options = [
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--log-level=error',
    `--banner:js=${REQUIRE}`,
    `--outfile=${file}`,
  ];
  await promisify(execFile)(ESBUILD, [fileURLToPath(entry), ...options]);
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
