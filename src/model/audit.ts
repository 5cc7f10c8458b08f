import type { Range } from './range.js';

/** An image as the containers of a service name it; `source` and `revision` are its OCI labels, untrusted text. */
export type ImageFacts = {
  /** The engine's id of it, else its name: what tells two images of one name apart. */
  readonly id: string;
  readonly image: string;
  readonly source?: string;
  readonly revision?: string;
};

/** What became of a deploy: both slopes, bytes per hour and replica; times in Unix ms. */
export type DeployAudit = {
  /** `unclear`: the next deploy, or a week, came before it could be told. */
  readonly result: 'worse' | 'better' | 'same' | 'unclear';
  readonly deployedMs: number;
  readonly toldMs: number;
  readonly imageId: string;
  readonly image: string;
  readonly previousImage: string;
  readonly before: Range | null;
  readonly after: Range | null;
  /** What changed between the two, where their labels say it: https, checked. */
  readonly compareUrl?: string;
};

/** What the watch remembers of a service's images: plain JSON, a few hundred bytes. */
export type Audit = {
  /** Those that ran at the last look, the one of most replicas first. */
  readonly running: readonly ImageFacts[];
  /** How the first of them was judged last. */
  readonly slope?: Range;
  /** The deploy that is being looked at. `slope`: how the image before it was judged last. */
  readonly trial?: {
    readonly image: ImageFacts;
    readonly previous: ImageFacts;
    readonly deployedMs: number;
    readonly slope?: Range;
    /** Found worse at each look since then. */
    readonly worseSinceMs?: number;
  };
  /** What became of the last deploys, the newest last. */
  readonly past: readonly DeployAudit[];
};

/** Nothing was seen of it yet. */
export const NO_AUDIT: Audit = { running: [], past: [] };
