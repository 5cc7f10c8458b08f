import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Leakwatch as it is built, but for one piece of one file: another version of it, with other opinions. `cli` is its command. What is replaced
 * must be there, once.
 */
export async function buildOther(file: string, before: string, after: string) {
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-other-'));
  await cp('dist', join(folder, 'dist'), { recursive: true });
  await cp('package.json', join(folder, 'package.json'));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'dist', file);
  const pieces = (await readFile(path, 'utf8')).split(before);
  if (pieces.length !== 2) throw new Error(`${file}: "${before}" is there ${pieces.length - 1} times`);
  await writeFile(path, pieces.join(after));
  return { cli: join(folder, 'dist/src/cli.js'), remove: () => rm(folder, { recursive: true }) };
}
