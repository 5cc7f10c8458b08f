import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Which way the tree may look (docs: the table of parts in README). Key: a folder; value: the folders it may import beside itself. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/model': [],
  'src/analysis': ['src/model', 'src/errors.ts'],
  'src/incidents': ['src/model', 'src/errors.ts'],
  'src/offline': ['src/model', 'src/errors.ts', 'src/analysis', 'src/incidents'],
  'src/render': ['src/model', 'src/errors.ts'],
  'src/queue': ['src/model', 'src/errors.ts'],
  'src/sources': ['src/model', 'src/errors.ts'],
  'src/delivery': ['src/model', 'src/errors.ts'],
  'src/store': ['src/model', 'src/errors.ts'],
  'src/slack': ['src/model', 'src/errors.ts', 'src/queue', 'src/render'],
  'src/http': ['src/model', 'src/errors.ts', 'src/queue', 'src/render'],
  jobs: ['src/model', 'src/errors.ts', 'src/queue', 'src/analysis', 'src/incidents', 'src/render'],
};

/** They put the parts together, and they alone read the configuration. */
export const COMPOSERS: readonly string[] = [
  'src/cli.ts',
  'src/main.ts',
  'src/export-history.ts',
  'src/from-prometheus.ts',
  'src/replay.ts',
  'src/bot-context.ts',
  'src/sandbox/',
  'jobs/main.ts',
  'jobs/worker-jobs.ts',
  'jobs/agent.ts',
  'jobs/archive.ts',
  'jobs/heap-parts.ts',
  'jobs/show-metrics.ts',
];
/** At the root of `src`, for composers: they import nothing of ours but each other and errors. */
const ROOT_FILES = /^src\/[\w-]+\.ts$/;

export type Import = { readonly from: string; readonly to: string };

/** Every file and import of a tree, as dependency-cruiser sees them. Paths are relative to `cwd`. */
export function readImports(cwd: string, folders: readonly string[]): { files: string[]; imports: Import[] } {
  const bin = join(process.cwd(), 'node_modules/.bin/depcruise');
  const options = [
    '--no-config',
    '--output-type',
    'json',
    '--ts-pre-compilation-deps',
    '--include-only',
    `^(${folders.join('|')})`,
  ];
  const output = execFileSync(bin, [...options, ...folders], { cwd, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 });
  const { modules } = JSON.parse(output) as { modules: { source: string; dependencies: { resolved: string }[] }[] };
  return {
    files: modules.map(({ source }) => source).sort(),
    imports: modules.flatMap(({ source, dependencies }) => dependencies.map(({ resolved }) => ({ from: source, to: resolved }))),
  };
}

/** Imports that the table does not allow, one sentence each. */
export function forbidden(imports: readonly Import[]): string[] {
  return imports.filter(({ from, to }) => !allowed(from, to)).map(({ from, to }) => `${from} must not import ${to}`);
}

function allowed(from: string, to: string): boolean {
  if (COMPOSERS.some((composer) => from.startsWith(composer))) return true;
  if (ROOT_FILES.test(from)) return ROOT_FILES.test(to) && to !== 'src/config.ts';
  const folder = Object.keys(MAY_IMPORT).find((name) => from.startsWith(`${name}/`));
  if (!folder) return false;
  return to.startsWith(`${folder}/`) || (MAY_IMPORT[folder] ?? []).some((name) => to === name || to.startsWith(`${name}/`));
}

/** Rings of imports, as `a → b → a`. */
export function rings(imports: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const to of next.get(file) ?? []) walk(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return found;
}

/** Every TypeScript file below some folders, by looking at the disk. */
export function listFiles(cwd: string, folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) => readdirSync(join(cwd, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((name) => name.endsWith('.ts'))
    .sort();
}
