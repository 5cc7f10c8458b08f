import type { HeapEvidenceRow } from '../model/heap-evidence.js';
import type { MassifFinding } from '../model/massif.js';
import type { SlackMessage } from '../model/message.js';
import { context, section } from './blocks.js';
import { codeBlock } from './columns.js';
import { placeName, shortName } from './function-names.js';
import { difference } from './heap-amounts.js';
import { heapTable } from './heap-table.js';
import { fitLines, MAX_LINES } from './limits.js';
import { highestOf, massifTime, totalBytes } from './massif-words.js';
import { rawFilesButton } from './raw-files.js';
import { escapeCode, escapeText } from './text.js';
import { slackClock } from './times.js';
import { bytes, count } from './units.js';

const MAX_ROWS = 6;
const MAX_OTHERS = 3;
/** Of the largest growth: less is not worth a line. A choice. */
const LEAST_SHARE = 0.01;

export type MassifAbout = {
  /** Whose it is: `api-svc #7`, or the file's own name. Untrusted. */
  readonly subject: string;
  readonly finding: MassifFinding;
  /** Somebody sent the file: where it lies, they know. */
  readonly isSent?: true;
  readonly nowMs: number;
  /** Names what was found, for who wants the file. */
  readonly rawKey?: string;
};

/** What Massif says of a container: which sites grew between its first tree and its last, the peak, which file that is, what else lay there. */
export function massifMessage(about: MassifAbout): SlackMessage {
  const { finding } = about;
  const rows = rowsOf(finding);
  const after = [peakLine(finding), ...otherLines(finding), keptLine(finding)].flatMap((line) => line ?? []);
  const before = [headline(about, rows, 'code'), sourceLine(about)];
  const times = finding.from === null ? [0] : [0, 1];
  const table = finding.course
    ? heapTable(rows, { measure: finding.course.measure, takenAtMs: times }, MAX_LINES - before.length - after.length)
    : [];
  const text = fitLines([...before, ...(table.length > 0 ? [codeBlock(table)] : []), ...after]);
  return {
    text: headline(about, rows, 'plain'),
    blocks: [section(text), context(notesOf(about)), ...(finding.kept === null ? [] : rawFilesButton(about.rawKey))],
  };
}

/** Sites that grew; of a single tree, those that hold most. */
function rowsOf({ course }: MassifFinding): HeapEvidenceRow[] {
  const rows = (course?.rows ?? []).map((row): HeapEvidenceRow => {
    const grown = (row.held.at(-1) ?? 0) - (row.held.length > 1 ? (row.held[0] ?? 0) : 0);
    return { ...row, grown, perHour: null, link: null };
  });
  const least = LEAST_SHARE * (rows[0]?.grown ?? 0);
  return rows.filter(({ grown }) => grown > 0 && grown >= least).slice(0, MAX_ROWS);
}

function headline({ subject: whose, finding }: MassifAbout, [first]: readonly HeapEvidenceRow[], form: 'code' | 'plain'): string {
  const subject = escapeText(whose, 70);
  const bold = (words: string) => (form === 'code' ? `*${words}*` : words);
  const { from, to, massif } = finding;
  if (to === null) return bold(`${subject}: Massif has no tree yet that would say who holds the memory`);
  if (!first && from === null) return bold(`${subject}: no one place holds more than Massif’s threshold`);
  if (!first) return bold(`${subject}: nothing grew ${spanWords(finding)}`);
  const name = shortName(first.via?.function ?? first.function, 40);
  const site = form === 'code' ? `\`${escapeCode(name)}\`` : escapeText(name);
  const place = first.via ? placeName(first.via.file, first.via.line) : placeName(first.file, first.line);
  const where = place === '' ? '' : ` ${form === 'code' ? escapeCode(place) : escapeText(place)}`;
  const size = from === null ? `${bytes(first.grown)} held` : difference(first.grown, 'bytes');
  const held = from === null && massif.snapshots.find(({ index }) => index === to);
  const whole = held ? `(of ${bytes(totalBytes(held))})` : spanWords(finding);
  return `${bold(`${subject}: ${size} by`)} ${site}${where}${whole === '' ? '' : ` ${bold(whole)}`}`;
}

/** `in 2 h 5`: by Massif's clock. */
function spanWords({ massif: { snapshots, timeUnit }, from, to }: MassifFinding): string {
  const at = (index: number | null) => snapshots.find((snapshot) => snapshot.index === index)?.time;
  const [first, last] = [at(from), at(to)];
  return first === undefined || last === undefined ? '' : `in ${massifTime(last - first, timeUnit)}`;
}

/** `Massif, asked just now: 42 snapshots up to 2 h 5` or `/var/massif/massif.out.7, 03:12: 42 snapshots …`. */
function sourceLine({ finding, nowMs, isSent }: MassifAbout): string {
  const { live, file, massif } = finding;
  const last = massif.snapshots.at(-1);
  const written = file.writtenAtMs === null ? '' : `, written ${slackClock(file.writtenAtMs, nowMs)}`;
  const path = isSent ? 'A file of Massif’s' : `\`${escapeCode(file.path, 80)}\`${written}`;
  const source = live ? 'Massif runs, asked just now' : path;
  const ends = last ? ` up to ${massifTime(last.time, massif.timeUnit)}, ${bytes(totalBytes(last))}` : '';
  return `${source}: ${count(massif.snapshots.length, 'snapshot')}${ends}`;
}

function peakLine({ massif: { snapshots, peak, timeUnit } }: MassifFinding): string | undefined {
  const high = highestOf(snapshots, peak);
  if (!high) return undefined;
  const none = peak === null ? ' (Massif marked no peak: nothing was freed since)' : '';
  return `${peak === null ? 'Highest' : 'Peak'} ${bytes(totalBytes(high))} at ${massifTime(high.time, timeUnit)}${none}`;
}

/** Other processes, or earlier ones. */
function otherLines({ others, unread }: MassifFinding): string[] {
  const shown = others.slice(0, MAX_OTHERS).map((one) => {
    const path = `\`${escapeCode(one.path, 80)}\``;
    if ('problem' in one) return `Also ${path}: ${escapeText(one.problem, 120)}`;
    return `Also ${path}: \`${escapeCode(programOf(one.command), 60)}\`, highest ${bytes(one.highestBytes)}`;
  });
  const left = others.length - shown.length + unread;
  return left > 0 ? [...shown, `and ${count(left, 'more file')}`] : shown;
}

function keptLine({ kept }: MassifFinding): string | undefined {
  return kept === null ? undefined : `\`leakwatch massif ${escapeCode(kept, 200)}\` has all of it`;
}

function notesOf({ finding, isSent }: MassifAbout): string {
  const { liveProblem, kept } = finding;
  const { command, timeUnit } = finding.massif;
  return [
    `Of \`${escapeCode(programOf(command), 100)}\``,
    ...(timeUnit === 'ms' ? ['Under Valgrind a program takes some 20 times as long: its hours are not yours'] : []),
    ...(liveProblem === null ? [] : [`Massif runs, but ${escapeText(liveProblem, 200)}: this is a file from before`]),
    ...(kept === null && !isSent ? ['The file was not kept'] : []),
  ].join(' · ');
}

/** Without its arguments, which may be secrets. */
function programOf(command: string): string {
  return command.trim().split(/\s/)[0] ?? '';
}
