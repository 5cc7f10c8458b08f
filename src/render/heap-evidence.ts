import type { HeapEvidence, HeapEvidenceRow } from '../model/heap-evidence.js';
import type { SlackMessage } from '../model/message.js';
import { context, section } from './blocks.js';
import { codeBlock } from './columns.js';
import { imagesLink, sourceLink } from './deploys.js';
import { placeName, shortName } from './function-names.js';
import { amount, difference, perHour } from './heap-amounts.js';
import { elsewhereWords, explainedLine } from './heap-explained.js';
import { heapTable } from './heap-table.js';
import { fitLines, MAX_LINES } from './limits.js';
import { ownLine } from './own-metrics.js';
import { rawFilesButton } from './raw-files.js';
import { escapeCode, escapeText, shellWord } from './text.js';
import { date, duration, slackClock } from './times.js';
import { bytes, count } from './units.js';

/** Letters of a function in a first line: a notification has about a hundred. */
const NAME_WIDTH = 30;
const MAX_ROWS = 6;
const MAX_LINKS = 3;
/** Of what was counted and not sampled, and of what is held, a hundredth of the largest is told. A choice. */
const LEAST_SHARE = 0.01;
/** More goroutines than this share of before are worth a look. A choice. */
const MANY = 0.1;

/**
 * Evidence for a thread, or the answer to `heap`: what grew and where it is, how fast, how much of the growth of memory that explains, what
 * it is not. Without an earlier heap: what is held, and when growth can be told. Labels of profiles are not in the model: they never get here.
 * `rawKey` names what was found, for who wants the files.
 */
export function heapMessage(evidence: HeapEvidence, nowMs: number, rawKey?: string): SlackMessage {
  const told = toldRows(evidence);
  const rows = told.length > 0 ? told : shrunkRows(evidence);
  const after = [
    explainedLine(evidence),
    evidence.kind === 'heap' ? ownLine(evidence.own) : undefined,
    goroutineLine(evidence),
    betweenLine(evidence),
    sourcesLine(rows),
    pprofLine(evidence),
  ].flatMap((line) => line ?? []);
  const before = [headline(evidence, told, 'code'), takenLine(evidence, nowMs)];
  const table = heapTable(rows, evidence, MAX_LINES - before.length - after.length);
  const text = fitLines([...before, ...(table.length > 0 ? [codeBlock(table)] : []), ...after]);
  const notes = notesOf(evidence);
  return {
    text: headline(evidence, told, 'plain'),
    blocks: [section(text), ...(notes === '' ? [] : [context(notes)]), ...(evidence.files ? rawFilesButton(rawKey) : [])],
  };
}

/** Growth that is more than sampling alone; of a single heap, what holds most. */
function toldRows({ rows, leastTold, takenAtMs }: HeapEvidence): HeapEvidenceRow[] {
  // What two samples of a growth may be is nothing; what they hold is held.
  const least = (takenAtMs.length > 1 ? leastTold : null) ?? LEAST_SHARE * (rows[0]?.grown ?? 0);
  return rows.filter(({ grown }) => grown > 0 && grown >= least).slice(0, MAX_ROWS);
}

function shrunkRows({ rows, leastTold }: HeapEvidence): HeapEvidenceRow[] {
  return rows
    .filter(({ grown }) => grown < 0 && -grown >= (leastTold ?? 0))
    .slice(-3)
    .reverse();
}

/** `api-svc #7: +98 MiB in orders.(*Cache).Put, +18 MiB/h (15–21)`. `code`: in Slack's markup; `plain`: for a notification. */
function headline(evidence: HeapEvidence, [first]: readonly HeapEvidenceRow[], form: 'code' | 'plain'): string {
  const { service, replica, kind, measure, totals, takenAtMs } = evidence;
  const subject = `${escapeText(service.name, 60)} #${replica.number}`;
  const bold = (words: string) => (form === 'code' ? `*${words}*` : words);
  const outside = elsewhereWords(evidence);
  if (outside) return bold(`${subject}: ${outside}`);
  if (!first) return bold(`${subject}: ${nothingWords(evidence)}`);
  const inForm = (name: string) => (form === 'code' ? `\`${escapeCode(name)}\`` : escapeText(name));
  const by = first.via ? `${bold(', by')} ${inForm(shortName(first.via.function, NAME_WIDTH))}` : '';
  const called = `${inForm(shortName(first.function, NAME_WIDTH))}${by}`;
  const one = takenAtMs.length < 2;
  const size = one ? amount(first.grown, measure.unit) : difference(first.grown, measure.unit);
  const what = { heap: '', allocs: ' allocated', goroutine: one ? '' : ' goroutines' }[kind];
  const whole =
    one && kind !== 'allocs'
      ? `${amount(totals[0] ?? 0, measure.unit)}${kind === 'heap' ? ' of live heap' : ' goroutines'}, `
      : '';
  const speed = first.perHour && first.perHour.low > 0 ? bold(`, ${perHour(first.perHour, measure.unit)}`) : '';
  return `${bold(`${subject}: ${whole}${size}${what} in`)} ${called}${speed}`;
}

/** Why no function can be named. */
function nothingWords({ totals, measure, leastTold, takenAtMs }: HeapEvidence): string {
  const grown = (totals.at(-1) ?? 0) - (totals[0] ?? 0);
  if (takenAtMs.length < 2) return 'the heap is empty';
  const span = duration((takenAtMs.at(-1) ?? 0) - (takenAtMs[0] ?? 0));
  if (grown < -(leastTold ?? 0)) return `nothing grew in ${span}, ${difference(grown, measure.unit)} in all`;
  return leastTold === null ? `nothing grew in ${span}` : `nothing grew in ${span} that sampling can tell`;
}

/** `21:45 → 03:12 (5 h 27), 3 heaps after GC, one process`. */
function takenLine({ takenAtMs, collected, baseline, kind, nextAtMs, service }: HeapEvidence, nowMs: number): string {
  const [first = nowMs, last = nowMs] = [takenAtMs[0], takenAtMs.at(-1)];
  const gc = kind !== 'heap' || collected === null ? '' : collected ? ' after GC' : ', garbage not collected';
  const noun = { heap: 'heap', allocs: 'profile', goroutine: 'profile' }[kind];
  if (takenAtMs.length < 2) {
    const again = `\`/leak heap ${escapeCode(service.name, 60)}${kind === 'heap' ? '' : ` ${kind}`}\``;
    const next =
      nextAtMs === null
        ? `what grows is told by the next ${again}`
        : `what grows can be told from ${slackClock(nextAtMs, nowMs)} on`;
    return `${slackClock(last, nowMs)}, the first ${noun}${gc}: ${next}`;
  }
  const heaps = `${count(takenAtMs.length, noun)}${gc}`;
  return `${slackClock(first, nowMs)} → ${slackClock(last, nowMs)} (${duration(last - first)}), ${heaps}${processWords()}`;

  function processWords(): string {
    if (baseline.is !== 'other-process') return baseline.is === 'same-process' ? ', one process' : ', process not known';
    const at = baseline.atMs === null ? '' : ` ${slackClock(baseline.atMs, nowMs)}`;
    return {
      restart: `, restarted${at}: no rates`,
      deploy: `, another image since${at}: no rates`,
      replica: ', of two replicas: no rates',
    }[baseline.why];
  }
}

/** `Goroutines 412 → 418: not those`. */
function goroutineLine({ goroutines, service, kind, totals: all }: HeapEvidence): string | undefined {
  const ends = [all[0] ?? 0, all.at(-1) ?? 0];
  if (kind === 'goroutine')
    return all.length > 1 ? `Goroutines ${ends.map((one) => amount(one, 'count')).join(' → ')}` : undefined;
  if (!goroutines) return undefined;
  const { from, to } = goroutines;
  const words = `Goroutines ${amount(from, 'count')} → ${amount(to, 'count')}`;
  if (to - from <= Math.max(10, MANY * from)) return `${words}: not those`;
  return `${words}: where they stand: \`/leak heap ${escapeCode(service.name, 60)} goroutine\``;
}

/** `v1.42.0 → v1.42.1 (compare) came between · same function as the incident of 12 Oct`. */
function betweenLine({ deploy, seenBeforeMs, takenAtMs }: HeapEvidence): string | undefined {
  const said = [
    ...(deploy ? [`${imagesLink(deploy)}${takenAtMs.length > 1 ? ' came between' : ''}`] : []),
    ...(seenBeforeMs === null ? [] : [`same function as the incident of ${date(seenBeforeMs)}`]),
  ];
  return said.length > 0 ? said.join(' · ') : undefined;
}

/** `Source: cache.go:88 · stream.go:301`, each a link; undefined without links, because the table has the names. */
function sourcesLine(rows: readonly HeapEvidenceRow[]): string | undefined {
  const links = rows.flatMap(({ link, via, file, line }) => {
    if (link === null) return [];
    const place = escapeText(placeName(via ? via.file : file, via ? via.line : line), 60);
    const linked = sourceLink(link, place);
    return place === '' || linked === place ? [] : [linked];
  });
  const some = [...new Set(links)].slice(0, MAX_LINKS);
  return some.length > 0 ? `Source: ${some.join(' · ')}` : undefined;
}

/** Exactly what is to be typed where the archived files are. */
function pprofLine({ files, runtime, kind }: HeapEvidence): string | undefined {
  if (!files || runtime !== 'go') return undefined;
  const measure = kind === 'allocs' ? '-sample_index=alloc_space ' : '';
  const base = files.base === null ? '' : `-diff_base ${shellWord(files.base)} `;
  return `\`${escapeCode(`go tool pprof ${measure}${base}${shellWord(files.now)}`, 500)}\``;
}

function notesOf({ leastTold, missing, measure, kind, takenAtMs }: HeapEvidence): string {
  return [
    ...(leastTold !== null && takenAtMs.length > 1
      ? [`Sampled: growth of a function under ${bytes(leastTold)} does not show`]
      : []),
    ...(kind === 'allocs' ? ['Allocated, not held: this is what makes garbage'] : []),
    ...(kind === 'heap' && measure.name !== 'inuse_space' && measure.name !== 'space' && measure.name !== 'bytes'
      ? [`Counted: ${escapeText(measure.name, 40)}`]
      : []),
    ...missing.map((one) => escapeText(one, 200)),
  ].join(' · ');
}
