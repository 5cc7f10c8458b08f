import { readFileSync } from 'node:fs';

/** As in package.json, which lies two folders above the built file and one above the source. */
export const VERSION: string =
  ['../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .flatMap((url) => {
      try {
        return [(JSON.parse(readFileSync(url, 'utf8')) as { version: string }).version];
      } catch {
        return [];
      }
    })[0] ?? 'unknown';
