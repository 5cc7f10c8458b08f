import { clip, visible } from './text.js';

/** Longer tags are cut: a generated one has no end. */
const MAX_TAG = 24;
const MAX_NAME = 40;
/** A whole commit or digest says no more than its beginning does. */
const LONG_HASH = /^[0-9a-f]{20,}$/;
const SHORT_HASH = 12;

/**
 * What came with a deploy, short: `v1.42.0 → v1.42.1` within one repository, `api:1 → api-ng:1` between two, `a new image of
 * latest` when the name stayed. Visible and bounded, not escaped.
 */
export function deployWords(image: string, previous: string | undefined, maxTag = MAX_TAG): string {
  const [now, before] = [partsOf(image, maxTag), previous === undefined ? undefined : partsOf(previous, maxTag)];
  if (!before) return now.tag;
  if (now.repository !== before.repository) return `${named(before)} → ${named(now)}`;
  return now.tag === before.tag ? `a new image of ${now.tag}` : `${before.tag} → ${now.tag}`;
}

/** `v1.42.1`, of `registry.example:5000/shop/api:v1.42.1@sha256:…`; a digest alone as its first letters, no tag as `latest`. */
export function tagOf(image: string, max = MAX_TAG): string {
  return partsOf(image, max).tag;
}

type Parts = { readonly repository: string; readonly name: string; readonly tag: string };

/** The grammar is `[host[:port]/]path[:tag][@digest]` (github.com/distribution/reference): a colon before the last slash is a port. */
function partsOf(image: string, maxTag: number): Parts {
  const whole = image.slice(0, 1_000);
  const [reference = '', digest] = whole.split('@', 2);
  const slash = reference.lastIndexOf('/');
  const colon = reference.indexOf(':', slash + 1);
  const repository = colon < 0 ? reference : reference.slice(0, colon);
  const tag = colon < 0 ? (digest?.split(':').at(-1) ?? 'latest') : reference.slice(colon + 1);
  return {
    repository,
    name: clip(visible(repository.slice(slash + 1)), MAX_NAME),
    tag: clip(visible(LONG_HASH.test(tag) ? tag.slice(0, SHORT_HASH) : tag), maxTag) || 'latest',
  };
}

function named({ name, tag }: Parts): string {
  return `${name}:${tag}`;
}
