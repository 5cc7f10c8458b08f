import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { COMPOSERS, forbidden, listFiles, readImports, rings } from './support/imports.js';

const FOLDERS = ['src', 'jobs'];
const text = (path: string) => readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

describe('the tree', () => {
  const { files, imports } = readImports('.', FOLDERS);
  test('was seen as a whole', () => expect(files).toEqual(listFiles('.', FOLDERS)));
  test('looks inward only', () => expect(forbidden(imports)).toEqual([]));
  test('has no rings', () => expect(rings(imports)).toEqual([]));
});

describe('what only some may do', () => {
  const files = listFiles('.', FOLDERS);
  test('the environment is read by the configuration, and handed on by composers', () => {
    const readers = files.filter((path) => /process\.env\b/.test(text(path)) && path !== 'src/config.ts');
    expect(readers.filter((path) => !COMPOSERS.some((composer) => path.startsWith(composer)))).toEqual([]);
  });
  test.each(['src/analysis/', 'src/render/', 'src/incidents/'])('%s is pure: no clock, no chance, no I/O', (folder) => {
    const impure = /Date\.now|new Date\(\)|Math\.random|performance\.now|from 'node:(?!util)|process\.|fetch\(|setTimeout/;
    expect(files.filter((path) => path.startsWith(folder) && impure.test(text(path)))).toEqual([]);
  });
  test('what ends after a while does so by its own timer: an AbortSignal.timeout within an AbortSignal.any may never come', () => {
    const both = /AbortSignal\.any\([^;]*AbortSignal\.timeout\(/;
    expect(files.filter((path) => both.test(text(path)))).toEqual([]);
    expect(both.test('AbortSignal.any([signal, AbortSignal.timeout(1)])')).toBe(true);
  });
  test('what runs needs no package that is there to develop with', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
    const isThere = (name: string) => name.startsWith('node:') || Object.hasOwn(dependencies, name);
    const missing = files.flatMap((path) => packagesIn(text(path)).filter((name) => !isThere(name)));
    expect(missing).toEqual([]);
    expect(packagesIn("import { a } from 'x/y';\nimport type { B } from 'z';\nawait import('@s/p/q.js');")).toEqual([
      'x',
      '@s/p',
    ]);
  });
  test('no file is one that everything passes through', () => {
    const long = files.filter((path) => readFileSync(path, 'utf8').split('\n').length > 210);
    expect(long).toEqual([]);
  });
});

/** Packages whose code a module loads: types are gone when it runs. */
function packagesIn(module: string): string[] {
  const loads = /^(?:import|export) (?!type\b)[^;]*?from '([^'.][^']*)'|^import '([^'.][^']*)'|\bimport\('([^'.][^']*)'\)/gm;
  const names = [...module.matchAll(loads)].map(([, from, bare, later]) => from ?? bare ?? later ?? '');
  return names.map((name) => (name.startsWith('@') ? name.split('/').slice(0, 2) : name.split('/', 1)).join('/'));
}

/** The guard itself: a tree with each kind of mistake in it, and one with nothing in it. */
describe('the guard sees', () => {
  const root = mkdtempSync(join(tmpdir(), 'leakwatch-tree-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  write('src/config.ts', 'export const config = 1;\n');
  write('src/model/noun.ts', "import { render } from '../render/card.js';\nexport type Noun = typeof render;\n");
  write('src/render/card.ts', "import type { Noun } from '../model/noun.js';\nexport const render = (noun: Noun) => noun;\n");
  write('src/store/samples.ts', "import { config } from '../config.js';\nexport const samples = config;\n");
  write('src/stray/thing.ts', "import { samples } from '../store/samples.js';\nexport const thing = samples;\n");
  mkdirSync(join(root, 'jobs'));

  test('an outward import, a type-only one too, a stray folder, a reader of the configuration, a ring', () => {
    const { imports } = readImports(root, ['src']);
    expect(forbidden(imports).sort()).toEqual([
      'src/model/noun.ts must not import src/render/card.ts',
      'src/store/samples.ts must not import src/config.ts',
      'src/stray/thing.ts must not import src/store/samples.ts',
    ]);
    expect(rings(imports)).toHaveLength(1);
  });
  test('a tree in which it saw nothing', () => {
    expect(readImports(root, ['jobs']).files).not.toEqual(listFiles(root, ['src', 'jobs']));
  });
});
