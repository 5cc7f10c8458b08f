import type { CorpusLine } from './corpus.js';
import { ourAnswer } from './ours.js';
import { type Answer, endOf } from './rule.js';
import { OURS, RULES } from './rules.js';
import type { Answered, Case } from './score.js';
import type { Watched } from './score-watch.js';
import { seriesOf } from './series.js';
import { watchOurs, watchRule } from './watch.js';

/** By detector, ours first. `ms`: what one verdict took, parsing and conversion not counted. */
export type Judged = {
  readonly answered: Readonly<Record<string, readonly Answered[]>>;
  readonly watched: Readonly<Record<string, readonly Watched[]>>;
  readonly ms: Readonly<Record<string, readonly number[]>>;
};

/** Of the first line, not timed: V8 compiles what it sees often. */
const WARM_UPS = 5;

const DETECTORS = [OURS, ...Object.keys(RULES)];

/**
 * Lets every detector judge every line, one line at a time: its last moment, or, of whole weeks (and of everything when `replay`),
 * its whole course. `progress` is told how many lines are done.
 */
export async function judgeAll(
  lines: AsyncIterable<CorpusLine> | Iterable<CorpusLine>,
  replay: boolean,
  progress: (done: number) => void,
): Promise<Judged> {
  const [answered, watched, ms] = [book<Answered>(), book<Watched>(), book<number>()];
  let done = 0;
  let warm = false;
  for await (const line of lines) {
    const of = caseOf(line);
    if (replay || line.family.startsWith('week')) {
      watched[OURS]?.push({ of, alerts: watchOurs(line) });
      for (const [name, rule] of Object.entries(RULES)) watched[name]?.push({ of, alerts: watchRule(rule, line) });
    } else {
      const detectors = detectorsOf(line);
      if (!warm) for (const [, judge] of detectors) for (let i = 0; i < WARM_UPS; i += 1) judge();
      warm = true;
      for (const [name, judge] of detectors) {
        const begun = performance.now();
        const answer = judge();
        ms[name]?.push(performance.now() - begun);
        answered[name]?.push({ of, answer });
      }
    }
    done += 1;
    progress(done);
  }
  return { answered: filled(answered), watched: filled(watched), ms: filled(ms) };
}

/** Ours is given its series ready, the rules the line: neither is charged for reading the other's form. */
function detectorsOf(line: CorpusLine): [string, () => Answer][] {
  const series = seriesOf(line);
  return [
    [OURS, () => ourAnswer(series)],
    ...Object.entries(RULES).map(([name, rule]): [string, () => Answer] => [name, () => rule(line)]),
  ];
}

function caseOf(line: CorpusLine): Case {
  const { id, family, label, truth } = line;
  return { id, family, label, truth, startMs: line.samples[0]?.t ?? 0, endMs: endOf(line) };
}

function book<T>(): Record<string, T[]> {
  return Object.fromEntries(DETECTORS.map((name) => [name, []]));
}

/** Without the detectors that had nothing to judge. */
function filled<T>(pages: Record<string, T[]>): Record<string, T[]> {
  return Object.fromEntries(Object.entries(pages).filter(([, all]) => all.length > 0));
}
