import type { Event } from '../model/assessment.js';
import { deployWords, tagOf } from './images.js';
import { duration } from './times.js';

/** Nearer than this, which came first is not told apart: an onset is an estimate. */
const TOGETHER_MS = 60_000;

/** A deploy and the start that it brings are told apart by no more than this. */
export const SAME_START_MS = 2 * 60_000;

/** `6 min after v1.42.0 → v1.42.1`, `4 min after a restart`, `right at a restart`. Plain words, visible and bounded, not escaped. */
export function nearWords(onsetMs: number, near: Event): string {
  return `${whenWords(onsetMs, near)} ${near.kind === 'restart' ? 'a restart' : fullDeploy(near)}`;
}

/** `6 min after v1.42.1`: where there is room for one tag only. */
export function shortNearWords(onsetMs: number, near: Event): string {
  return `${whenWords(onsetMs, near)} ${near.kind === 'restart' ? 'a restart' : tagOf(near.image)}`;
}

function whenWords(onsetMs: number, { atMs }: Event): string {
  return Math.abs(onsetMs - atMs) < TOGETHER_MS
    ? 'right at'
    : `${duration(Math.abs(onsetMs - atMs))} ${onsetMs > atMs ? 'after' : 'before'}`;
}

/** A tag alone does not say that it is a deploy; an arrow does. */
function fullDeploy({ image, previousImage }: Event): string {
  const words = deployWords(image, previousImage);
  return previousImage === undefined ? `the deploy of ${words}` : words;
}
