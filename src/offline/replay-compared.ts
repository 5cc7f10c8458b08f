import type { Streams } from './answer.js';
import { type Comparison, compareService, type Difference, type ReplayLine, type Span } from './compare-replays.js';
import { ANSWERED, exitCodeOf } from './exit.js';
import { harmless, inputName } from './problem.js';
import { pagesIn } from './replay-report.js';
import { makeResults, type Results } from './results.js';
import { readReplay } from './saved-replay.js';

const NO_SPAN =
  'does not say which time it is of (no line of it does, or its version is too old to): what is earlier or later below may come of that alone. What leakwatch export printed stays the same.';

export type Compared = {
  /** What another version's replay printed. */
  readonly path: string;
  readonly json?: boolean | undefined;
  readonly duration: (ms: number) => string;
  /** Ours. */
  readonly version: string;
  /** What is replayed is not the same file for ever: it must be asked of the same time. */
  readonly isMoving: boolean;
};
/** Replays, of that span if one is given, telling each line that it would have printed, and of which services alone it is, where it is of some. Gives the exit code. */
export type Replay = (
  tell: (line: ReplayLine) => void,
  span: Span | null,
  only: (ids: readonly string[]) => void,
) => Promise<number>;

/**
 * `leakwatch replay --compare`: what this version says of histories beside what another said of them, service by service. A Prometheus is
 * asked for the very span that the other saw: an hour less of what came before, and the same version would say all of it at another time. Gives
 * the exit code: the replay's own, or 2 where the other cannot be read.
 */
export async function replayCompared(compared: Compared, replay: Replay, streams: Streams): Promise<number> {
  const { path, isMoving } = compared;
  try {
    const { byId: there, span } = await readReplay(path, streams.stdin);
    if (isMoving && !span) streams.stderr.write(`leakwatch: ${harmless(inputName(path), 200)} ${NO_SPAN}\n`);
    const here = new Map<string, ReplayLine[]>();
    let only: readonly string[] | null = null;
    const tell = (line: ReplayLine) => here.set(line.id, [...(here.get(line.id) ?? []), line]);
    const code = await replay(tell, isMoving ? span : null, (ids) => {
      only = ids;
    });
    // Half an answer beside a whole one differs by the other half, and by nothing that a version did.
    if (code !== ANSWERED && (isMoving || here.size === 0)) return code;
    const results = makeResults(streams.stdout);
    await print(here, onlyOf(there, only), results, isMoving ? span : null, compared);
    await results.end();
    return code;
  } catch (error) {
    return exitCodeOf(error, (sentence) => streams.stderr.write(`${sentence}\n`));
  }
}

type Lines = ReadonlyMap<string, readonly ReplayLine[]>;

/** What the other says of services that were not asked for here is no difference. */
function onlyOf(lines: Lines, ids: readonly string[] | null): Lines {
  return ids === null ? lines : new Map([...lines].filter(([id]) => ids.includes(id)));
}

async function print(here: Lines, there: Lines, results: Results, span: Span | null, compared: Compared): Promise<void> {
  const { json, duration } = compared;
  const counts = { same: 0, here: 0, there: 0, changed: 0 };
  if (!json) await results.print(headOf(compared, span));
  for (const id of [...new Set([...here.keys(), ...there.keys()])].sort()) {
    const { differences, same }: Comparison = compareService(here.get(id) ?? [], there.get(id) ?? []);
    counts.same += same;
    for (const one of differences) counts[kindOf(one)] += 1;
    if (json) for (const one of differences) await results.write({ id, ...one });
    else if (differences.length > 0)
      await results.print([harmless(id, 120), ...differences.map((one) => `  ${wordsOf(one, duration)}`), ''].join('\n'));
  }
  if (json) return;
  const { same, here: more, there: fewer, changed } = counts;
  const gap = more + fewer + changed > 0 ? '\n' : '';
  await results.print(
    `${gap}${same} ${same === 1 ? 'message' : 'messages'} as there; ${changed} changed, ${more} only here, ${fewer} only there.\n`,
  );
  await results.print(sumLine([...there.values()], [...here.values()]));
}

/** `here: leakwatch 0.2.0; there: before.jsonl; of 2026-10-29 10:00 to 2026-11-28 10:00 UTC` */
function headOf({ path, version }: Compared, span: Span | null): string {
  const of = span ? `; both of ${timeOf(span.fromMs)} to ${timeOf(span.toMs)} UTC` : '';
  return `here: leakwatch ${version}; there: ${harmless(inputName(path), 120)}${of}\n\n`;
}

/** What it comes to: `There → here: 3 → 2 leaks said, 1 → 1 times somebody woken, 9 → 4 digest lines.` */
function sumLine(there: readonly (readonly ReplayLine[])[], here: readonly (readonly ReplayLine[])[]): string {
  const figures: [string, (lines: readonly ReplayLine[]) => number][] = [
    ['leaks said', (lines) => lines.filter(({ event, level }) => event === 'alert' && level !== 'digest').length],
    ['times somebody woken', pagesIn],
    ['digest lines', (lines) => lines.filter(({ level }) => level === 'digest').length],
  ];
  const sum = (all: typeof there, figure: (lines: readonly ReplayLine[]) => number) =>
    all.reduce((total, lines) => total + figure(lines), 0);
  return `There → here: ${figures.map(([name, figure]) => `${sum(there, figure)} → ${sum(here, figure)} ${name}`).join(', ')}.\n`;
}

function kindOf({ here, there }: Difference): 'here' | 'there' | 'changed' {
  if (!here) return 'there';
  return there ? 'changed' : 'here';
}

/** `changed     2026-11-27 11:12 UTC  alert    message → page; 12 min earlier` */
function wordsOf(one: Difference, duration: Compared['duration']): string {
  const line = one.here ?? one.there;
  const kind = { here: 'only here ', there: 'only there', changed: 'changed   ' }[kindOf(one)];
  const what =
    one.here && one.there
      ? changeOf(one.here, one.there, duration)
      : `${line.event === 'update' ? 'becomes a ' : ''}${line.level}: ${said(line)}`;
  return `${kind}  ${timeOf(line.t)} UTC  ${line.event.padEnd(7)}  ${what}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

function changeOf(here: ReplayLine, there: ReplayLine, duration: Compared['duration']): string {
  const movedMs = here.t - there.t;
  const [before, now] = [said(there), said(here)];
  return [
    here.level === there.level ? here.level : `${there.level} → ${here.level}`,
    ...(movedMs === 0 ? [] : [`${duration(Math.abs(movedMs))} ${movedMs < 0 ? 'earlier' : 'later'}`]),
    ...(before === now ? [] : [`${before} → ${now}`]),
  ].join('; ');
}

function said({ verdict, reason }: ReplayLine): string {
  return harmless(`${verdict} (${reason})`, 80);
}
