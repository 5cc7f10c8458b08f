import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCE = fileURLToPath(new URL('.', import.meta.url));

/**
 * Bundles the page of the local workspace into `outDir`: `index.html`, `page.js`, `page.css`, to be served below `/_page/`.
 * Under a second, so that it is never skipped and never stale. Rejects with esbuild's message when a source is wrong.
 */
export async function buildPage(outDir = '.test/slack-page'): Promise<void> {
  await mkdir(outDir, { recursive: true });
  await build({
    entryPoints: [join(SOURCE, 'page.tsx')],
    outdir: outDir,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  });
  await copyFile(join(SOURCE, 'index.html'), join(outDir, 'index.html'));
}
