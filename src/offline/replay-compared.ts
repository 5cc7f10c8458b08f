import { LeakwatchError } from '../errors.js';
import type { Streams } from './answer.js';
import { type Comparison, compareService, type Difference, type ReplayLine } from './compare-replays.js';
import { harmless } from './problem.js';
import { isReaderGone, makeResults, type Results } from './results.js';
import { readReplay } from './saved-replay.js';

const [ANSWERED, NOT_WRITTEN, BAD_INPUT] = [0, 1, 2];

export type Compared = {
  /** What another version's replay printed. */
  readonly path: string;
  readonly json?: boolean | undefined;
  readonly span: (ms: number) => string;
};
/** Replays, telling each line that it would have printed, and gives the exit code. */
export type Replay = (tell: (line: ReplayLine) => void) => Promise<number>;

/**
 * `leakwatch replay --compare`: what this version says of histories beside what another said of them, service by service. Gives the exit
 * code: the replay's own, or 2 where the other cannot be read.
 */
export async function replayCompared({ path, json, span }: Compared, replay: Replay, streams: Streams): Promise<number> {
  try {
    const there = await readReplay(path, streams.stdin);
    const here = new Map<string, ReplayLine[]>();
    const code = await replay((line) => here.set(line.id, [...(here.get(line.id) ?? []), line]));
    const results = makeResults(streams.stdout);
    await print(here, there, results, json ? null : span);
    await results.end();
    return code;
  } catch (error) {
    if (isReaderGone(error)) return ANSWERED;
    if (!(error instanceof LeakwatchError)) throw error;
    streams.stderr.write(`leakwatch: ${error.message}\n`);
    return error.who === 'person' ? BAD_INPUT : NOT_WRITTEN;
  }
}

type Lines = ReadonlyMap<string, readonly ReplayLine[]>;

async function print(here: Lines, there: Lines, results: Results, span: Compared['span'] | null): Promise<void> {
  const counts = { same: 0, here: 0, there: 0, changed: 0 };
  for (const id of [...new Set([...here.keys(), ...there.keys()])].sort()) {
    const { differences, same }: Comparison = compareService(here.get(id) ?? [], there.get(id) ?? []);
    counts.same += same;
    for (const one of differences) counts[kindOf(one)] += 1;
    if (!span) for (const one of differences) await results.write({ id, ...one });
    else if (differences.length > 0)
      await results.print([harmless(id, 120), ...differences.map((one) => `  ${wordsOf(one, span)}`), ''].join('\n'));
  }
  if (!span) return;
  const { same, here: more, there: fewer, changed } = counts;
  await results.print(`${same} messages as there; ${changed} changed, ${more} only here, ${fewer} only there.\n`);
}

function kindOf({ here, there }: Difference): 'here' | 'there' | 'changed' {
  if (!here) return 'there';
  return there ? 'changed' : 'here';
}

/** `changed     2026-11-27 11:12 UTC  alert    message → page; 12 min earlier` */
function wordsOf(one: Difference, span: Compared['span']): string {
  const line = one.here ?? one.there;
  const at = `${new Date(line.t).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const kind = { here: 'only here ', there: 'only there', changed: 'changed   ' }[kindOf(one)];
  const what = one.here && one.there ? changeOf(one.here, one.there, span) : `${line.level}: ${said(line)}`;
  return `${kind}  ${at}  ${line.event.padEnd(7)}  ${what}`;
}

function changeOf(here: ReplayLine, there: ReplayLine, span: Compared['span']): string {
  const movedMs = here.t - there.t;
  const [before, now] = [said(there), said(here)];
  return [
    here.level === there.level ? here.level : `${there.level} → ${here.level}`,
    ...(movedMs === 0 ? [] : [`${span(Math.abs(movedMs))} ${movedMs < 0 ? 'earlier' : 'later'}`]),
    ...(before === now ? [] : [`${before} → ${now}`]),
  ].join('; ');
}

function said({ verdict, reason }: ReplayLine): string {
  return harmless(`${verdict} (${reason})`, 80);
}
