import type { ImageFacts } from '../model/audit.js';
import type { Place } from '../model/heap-evidence.js';
import { COMMIT, isOf, repositoryOf } from './compare.js';

/** One name of a path in a repository: nothing that goes up, ends an address or hides. */
const NAME = /^[\w@+-][\w.@+-]{0,99}$/;
const MAX_NAMES = 30;
const MAX_LINE = 10_000_000;

/**
 * Where places of a program can be read at the revision that runs, by the OCI labels of its image: a commit of a repository on a host whose
 * form of such pages is known. Null for anything else: labels and names come from whoever built the image.
 *
 * Where in the repository a file lies is not in a profile. It is known where the path of the package says it,
 *
 *     github.com/shop/api/internal/cache.(*Cache).Put   /src/internal/cache/cache.go   →   internal/cache/cache.go
 *     package ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^          root ^^^^
 *
 * where the file has it (`-trimpath`), and for package `main` under the same root, which `among` tells. Files of dependencies and of the
 * standard library are in other repositories.
 */
export function sourceLinks(facts: ImageFacts, among: readonly Place[]): (place: Place) => string | null {
  const [repository, revision] = [repositoryOf(facts.source), facts.revision?.toLowerCase()];
  if (!repository || !revision || !COMMIT.test(revision)) return () => null;
  const { host, path } = repository;
  const form = isOf('github', host) ? 'blob' : isOf('gitlab', host) ? '-/blob' : null;
  if (form === null) return () => null;
  const module = `${host}/${path}`;
  const roots = new Set(among.flatMap((place) => rootOf(place, module) ?? []));
  return (place) => {
    const file = inRepository(place, module, roots);
    if (file === null) return null;
    const at = place.line !== null && Number.isSafeInteger(place.line) && place.line > 0 && place.line < MAX_LINE;
    return `https://${module}/${form}/${revision}/${file}${at ? `#L${place.line}` : ''}`;
  };
}

function inRepository(place: Place, module: string, roots: ReadonlySet<string>): string | null {
  const file = place.file ?? '';
  const folder = folderOf(place, module);
  const [root] = [...roots].filter((one) => file.startsWith(`${one}/`)).sort((a, b) => b.length - a.length);
  if (rootOf(place, module) !== null) return checked(folder === '' ? baseOf(file) : `${folder}/${baseOf(file)}`);
  const trimmed = withoutModule(file, module);
  if (trimmed !== null) return checked(trimmed);
  // What was copied under the root (vendor) or downloaded (module@version) is somebody else's.
  const isMain = place.function.startsWith('main.');
  return root === undefined || !isMain || file.includes('@') ? null : checked(file.slice(root.length + 1));
}

/** What stands before the folder of the package in the file's path; null where the package is not of the repository or its folder is another. */
function rootOf(place: Place, module: string): string | null {
  const folder = folderOf(place, module);
  const file = place.file ?? '';
  if (folder === null || !file.startsWith('/')) return null;
  const end = folder === '' ? `/${baseOf(file)}` : `/${folder}/${baseOf(file)}`;
  return file.endsWith(end) ? file.slice(0, -end.length) : null;
}

/** `internal/cache` of `github.com/shop/api/internal/cache.(*Cache).Put`; '' of the package at the top; null of all others. */
function folderOf({ function: name }: Place, module: string): string | null {
  const slash = name.indexOf('(') < 0 ? name.lastIndexOf('/') : name.lastIndexOf('/', name.indexOf('('));
  const dot = name.indexOf('.', slash + 1);
  return dot < 0 ? null : withoutModule(name.slice(0, dot), module);
}

/** The rest of a path in the module; its major version (`/v2`) is no folder, as most repositories have it. */
function withoutModule(path: string, module: string): string | null {
  if (path.toLowerCase() === module.toLowerCase()) return '';
  if (!path.toLowerCase().startsWith(`${module.toLowerCase()}/`)) return null;
  return path.slice(module.length + 1).replace(/^v\d+(?:\/|$)/, '');
}

function baseOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

function checked(path: string): string | null {
  const names = path.split('/');
  return names.length <= MAX_NAMES && names.every((name) => NAME.test(name)) ? path : null;
}
