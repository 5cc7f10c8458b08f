import { linearRegression } from 'simple-statistics';
import type { CorpusLine } from './corpus.js';
import {
  type Answer,
  endOf,
  firing,
  HOUR_MS,
  type Points,
  pointsOf,
  QUIET,
  type Rule,
  type Signal,
  startsOf,
  UNKNOWN,
} from './rule.js';

/** The window that its inspections look at unless told otherwise, hours. */
const WINDOW = 1;
const MIN_RUN = WINDOW / 3;
const RESTART_DROP = 0.5;
const GROWTH_OF_LEVEL = 0.1;
const GROWTH_OF_LIMIT = 0.05;
const GROWTH_WITHOUT_LIMIT = 50 * 2 ** 20;
const TAIL = { share: 0.25, hours: 0.25 };
/** "At a comparable rate", in its words; taken as this share of the slope. */
const TAIL_SLOPE = 0.3;

/**
 * Coroot's memory leak inspection (docs.coroot.com/inspections/memory): the last hour, cut at restarts and at drops of more than
 * half; of the longest piece a least-squares line. It fires when the line gains 10 % an hour and 5 % of the limit an hour (50 MB
 * without one), and the last quarter of the piece (15 minutes at least) climbs at 0.3 of its slope or more. A piece that is shorter
 * than a third of the hour is not judged.
 *
 *        /  the last quarter climbs: fires           ____ it does not: a step, a warm-up
 *      /                                            /
 *    /|                                            /
 *   / |← 1 h →|                                   /
 *
 * Its own signal is RSS; it is scored with the working set, too, which most dashboards show.
 */
export function coroot(signal: Signal): Rule {
  return (line) => {
    const run = longest(runsOf(line, pointsOf(line, signal, endOf(line) - WINDOW * HOUR_MS)));
    return duration(run) < MIN_RUN ? UNKNOWN : judge(line, run);
  };
}

function judge(line: CorpusLine, run: Points): Answer {
  const { m: slope, b: levelNow } = linearRegression(run);
  const [from, end] = [run[0]?.[0] ?? 0, run.at(-1)?.[0] ?? 0];
  const enough = line.limitBytes === null ? GROWTH_WITHOUT_LIMIT : GROWTH_OF_LIMIT * line.limitBytes;
  if (slope < GROWTH_OF_LEVEL * (levelNow + slope * from) || slope < enough) return QUIET;
  const tailFrom = end - Math.max(TAIL.share * (end - from), TAIL.hours);
  const tail = linearRegression(run.filter(([t = 0]) => t >= tailFrom));
  return tail.m >= TAIL_SLOPE * slope ? firing(line, slope, levelNow) : QUIET;
}

function runsOf(line: CorpusLine, points: Points): Points[] {
  const end = endOf(line);
  const starts = startsOf(line).map((t) => (t - end) / HOUR_MS);
  const runs: Points[] = [];
  let before: number[] | undefined;
  for (const point of points) {
    const [[t = 0, bytes = 0], [lastT = 0, lastBytes = 0]] = [point, before ?? point];
    const restarted = bytes < RESTART_DROP * lastBytes || starts.some((start) => start > lastT && start <= t);
    if (!before || restarted) runs.push([]);
    runs.at(-1)?.push(point);
    before = point;
  }
  return runs;
}

function longest(runs: readonly Points[]): Points {
  return runs.reduce<Points>((best, run) => (duration(run) > duration(best) ? run : best), []);
}

/** Hours. */
function duration(run: Points): number {
  return (run.at(-1)?.[0] ?? 0) - (run[0]?.[0] ?? 0);
}
