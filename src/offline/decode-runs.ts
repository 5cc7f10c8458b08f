import type { Run } from '../model/replica.js';

/** As many lives as the live store keeps. */
const MAX_RUNS = 50;

export type ToldRun = {
  readonly startedAt: number;
  readonly image?: string | null | undefined;
  /** Tells two images of one name apart. */
  readonly imageId?: string | null | undefined;
  readonly oomKilled?: boolean | null | undefined;
};

/**
 * All lives of a line, oldest first. A life begins at each start that is told, and ends with the next; the one before the first
 * start began, for all that is known, with the first sample.
 *
 *     samples      ────────────────
 *     starts            |     |
 *     lives        [----)[----)[--…
 *
 * A new image is a new container; a restart of the same image is not.
 */
export function livesOf(told: readonly ToldRun[], firstSampleMs: number | null): Run[] {
  const byStart = new Map(told.map((run) => [run.startedAt, run]));
  const starts = [...byStart.values()].sort((a, b) => a.startedAt - b.startedAt);
  const first = starts[0];
  const begin = Math.min(firstSampleMs ?? first?.startedAt ?? 0, first?.startedAt ?? Number.POSITIVE_INFINITY);
  if (!first || begin < first.startedAt) starts.unshift({ startedAt: begin });
  const lives: Run[] = [];
  let containers = 0;
  for (const [index, run] of starts.entries()) {
    const { startedAt, image, imageId, oomKilled } = run;
    if (index === 0 || !isSameImage(starts[index - 1], run)) containers += 1;
    const next = starts[index + 1];
    lives.push({
      containerId: `container-${containers}`,
      image: image ?? '',
      ...(imageId ? { imageId } : {}),
      startedAtMs: startedAt,
      ...(next ? { endedAtMs: next.startedAt } : {}),
      ...(typeof oomKilled === 'boolean' ? { oomKilled } : {}),
    });
  }
  return lives;
}

function isSameImage(before: ToldRun | undefined, { image, imageId }: ToldRun): boolean {
  return (before?.image ?? '') === (image ?? '') && (before?.imageId ?? '') === (imageId ?? '');
}

/**
 * What is known of the lives at a time (Unix ms, not before the first of them): those that have begun, at most the last 50. The
 * last is the present one: how it will end has not happened yet.
 */
export function livesAt(lives: readonly Run[], nowMs: number): { readonly runs: readonly Run[]; readonly present: Run } {
  const begun = lives.filter(({ startedAtMs }) => startedAtMs <= nowMs).slice(-MAX_RUNS);
  const last = begun.pop() ?? lives[0];
  const { endedAtMs: _, oomKilled: __, ...present } = last ?? { containerId: 'container-1', image: '', startedAtMs: nowMs };
  return { runs: [...begun, present], present };
}
