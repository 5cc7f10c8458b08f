import type { Audit, ImageFacts } from '../model/audit.js';
import type { Replica, Run } from '../model/replica.js';

const [SOURCE, REVISION] = ['org.opencontainers.image.source', 'org.opencontainers.image.revision'];
/** A commit, shortened or whole: SHA-1 has 40 digits, SHA-256 64. */
export const COMMIT = /^[0-9a-f]{7,64}$/i;
const HOST = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/;
const SEGMENT = /^[A-Za-z0-9_][\w.-]{0,99}$/;
/** Groups of GitLab nest; deeper than this nobody goes. A choice. */
const MAX_SEGMENTS = 8;

export function factsOf({ run, labels }: Replica): ImageFacts {
  const [source, revision] = [labels[SOURCE], labels[REVISION]];
  return {
    ...{ id: run.imageId ?? run.image, image: run.image },
    ...(source ? { source } : {}),
    ...(revision ? { revision } : {}),
  };
}

/**
 * Where what changed between two images can be read, by their OCI labels (image-spec, annotations.md): both of one repository, each
 * of a commit, on a host whose form of such pages is known. Undefined otherwise: labels come from whoever built the image, so that
 * nothing of them is taken that is not a plain https address of a repository.
 *
 *     https://github.com/shop/api(.git)  8c1f…  →  9d2e…     https://github.com/shop/api/compare/8c1f…...9d2e…
 */
export function compareUrl(before: ImageFacts, after: ImageFacts): string | undefined {
  const [from, to] = [before.revision?.toLowerCase(), after.revision?.toLowerCase()];
  const repository = repositoryOf(after.source);
  if (!repository || !from || !to || from === to || !COMMIT.test(from) || !COMMIT.test(to)) return undefined;
  const earlier = repositoryOf(before.source);
  if (earlier?.host !== repository.host || earlier.path.toLowerCase() !== repository.path.toLowerCase()) return undefined;
  const { host, path } = repository;
  if (isOf('github', host)) return `https://${host}/${path}/compare/${from}...${to}`;
  return isOf('gitlab', host) ? `https://${host}/${path}/-/compare/${from}...${to}` : undefined;
}

/** The address that compares a run with the one before it; undefined where an image, or what its labels say, is not known. */
export type LinkOf = (previous: Run, run: Run) => string | undefined;

/** By what is remembered of images: before a deploy was noticed, and after. */
export function linksOf(...audits: readonly (Audit | undefined)[]): LinkOf {
  const known = audits.flatMap((audit) => [
    ...(audit?.running ?? []),
    ...(audit?.trial ? [audit.trial.image, audit.trial.previous] : []),
  ]);
  const byId = new Map(known.map((facts) => [facts.id, facts]));
  return (previous, run) => {
    const [from, to] = [previous, run].map(({ imageId, image }) => byId.get(imageId ?? image));
    return from && to ? compareUrl(from, to) : undefined;
  };
}

/** `github.com`, or one's own: `github.example.com`. */
export function isOf(name: 'github' | 'gitlab', host: string): boolean {
  return host.startsWith(`${name}.`);
}

export function repositoryOf(source: string | undefined): { readonly host: string; readonly path: string } | null {
  if (!source?.startsWith('https://') || !URL.canParse(source)) return null;
  const { host, pathname, username, password, search, hash } = new URL(source);
  const segments = pathname
    .replace(/\/$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .slice(1);
  const plain = username === '' && password === '' && search === '' && hash === '' && HOST.test(host);
  const right = segments.length >= 2 && segments.length <= MAX_SEGMENTS && segments.every((one) => SEGMENT.test(one));
  return plain && right ? { host, path: segments.join('/') } : null;
}
