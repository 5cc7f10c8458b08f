import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const COMMON = { bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' } as const;
/** Inside the project, so that packages are found from there. */
const FOLDER = '.test/sandbox';

/** The drawing child's entry, built as one file; each test process has its own. */
export async function buildDrawEntry(): Promise<string> {
  const outfile = join(resolve(FOLDER), `draw-entry-${process.pid}.mjs`);
  await build({ entryPoints: ['src/sandbox/draw-entry.ts'], outfile, ...COMMON });
  return outfile;
}

/** A script of a test's own, whose imports are relative to the project's root, built likewise. */
export async function buildScript(name: string, contents: string): Promise<string> {
  const outfile = join(resolve(FOLDER), `${name}-${process.pid}.mjs`);
  await build({ stdin: { contents, resolveDir: resolve('.'), loader: 'ts' }, outfile, ...COMMON });
  return outfile;
}
