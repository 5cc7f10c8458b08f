import type { FakeSpec } from './container.js';
import { RESTART_MS } from './containers.js';
import type { FakeEngine } from './engine.js';
import { recorded, type ToldSample } from './memory.js';

/** A line of input of `leakwatch assess`; times in Unix ms, bytes. `oomKilled`: so the run ended. */
export type HistoryLine = {
  readonly id: string;
  readonly intervalSec?: number;
  readonly limitBytes: number | null;
  readonly samples: readonly ToldSample[];
  readonly restarts?: readonly number[];
  readonly runs?: readonly { readonly startedAt: number; readonly image?: string; readonly oomKilled?: boolean }[];
};

export type Playing = {
  /** When something happens to the container next, Unix ms; Infinity: never again. */
  nextMs(): number;
  /** All that has happened up to this time, each at its own time. */
  advance(nowMs: number): void;
};

/**
 * Plays a history as the life of one container, called as the line is: its memory is the samples', and it starts, dies and is
 * made anew as the runs say. The same image is a restart, another one a new container.
 *
 *     runs      a:1          a:1      a:2
 *     engine    create start die start stop destroy create start
 */
export function playHistory(engine: FakeEngine, line: HistoryLine, over: Partial<FakeSpec> = {}): Playing {
  const { id: name, limitBytes, samples, intervalSec = 15 } = line;
  const told = line.runs ?? line.restarts?.map((startedAt) => ({ startedAt })) ?? [];
  const runs: NonNullable<HistoryLine['runs']>[number][] = [...told].sort((a, b) => a.startedAt - b.startedAt);
  const firstMs = samples[0]?.t;
  if (firstMs !== undefined && !(runs[0] && runs[0].startedAt <= firstMs)) runs.unshift({ startedAt: firstMs });
  const memory = recorded(samples, 1_000 * intervalSec);
  let begun = 0;
  let containerId: string | undefined;

  function begin(index: number, atMs: number): void {
    const [before, run] = [runs[index - 1], runs[index]];
    const endMs = atMs - RESTART_MS;
    const image = run?.image ?? over.image ?? `${name}:1`;
    if (containerId === undefined) containerId = engine.run({ name, memory, limitBytes, ...over, image });
    else {
      const ended = containerId;
      const isNew = before?.image !== run?.image;
      engine.at(endMs, () => {
        if (before?.oomKilled) engine.oom(ended);
        else if (isNew) engine.stop(ended);
        else engine.die(ended);
      });
      if (isNew) containerId = engine.recreate(ended, { image });
      else engine.start(ended);
    }
  }

  const nextMs = () => runs[begun]?.startedAt ?? Number.POSITIVE_INFINITY;
  return {
    nextMs,
    advance(nowMs) {
      for (let atMs = nextMs(); atMs <= nowMs; atMs = nextMs()) {
        engine.at(atMs, () => begin(begun, atMs));
        begun += 1;
      }
    },
  };
}
