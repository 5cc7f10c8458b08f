import { families, makeSeries } from '../generate/families.js';
import type { CorpusLine } from './corpus.js';

export type Making = {
  readonly kind: 'hours' | 'weeks';
  readonly seed: number;
  readonly perFamily: number;
  /** Smaller leaks, more noise. */
  readonly hard: boolean;
};

/** Cases of the project's own generator, one at a time; the same seed gives the same ones. */
export function* generated({ kind, seed, perFamily, hard }: Making): Generator<CorpusLine> {
  for (const family of families) {
    if (family.kind !== kind) continue;
    for (let index = 0; index < perFamily; index += 1) yield makeSeries(family, seed, index, { hard });
  }
}
