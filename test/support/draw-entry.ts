import { join } from 'node:path';
import { build } from 'esbuild';

/** The drawing child's entry, built as `npm run build` does, into a folder of its own. Packages stay where they are. */
export async function buildDrawEntry(folder = '.test/sandbox'): Promise<string> {
  const outfile = join(process.cwd(), folder, `draw-entry-${process.pid}.mjs`);
  const common = { bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' } as const;
  await build({ entryPoints: ['src/sandbox/draw-entry.ts'], outfile, ...common });
  return outfile;
}
