import type { Part } from '../model/assessment.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A part by the name that people know it by. */
export const NAMES: Record<Part, string> = {
  anon: 'Anonymous memory (heap, stacks)',
  shmem: 'Shared memory (tmpfs)',
  kernel: 'Kernel memory',
  file: 'Page cache',
};

/** `90 s`, `12 min`, `5 h`: how long something lasted, ms, in an explanation. */
export function spanWords(ms: number): string {
  if (ms < 2 * MINUTE) return `${Math.round(ms / SECOND)} s`;
  return ms < 2 * 60 * MINUTE ? `${Math.round(ms / MINUTE)} min` : `${Math.round(ms / (60 * MINUTE))} h`;
}
