import type { ServiceAssessment, SilentHost } from '../model/assessment.js';
import type { SlackMessage } from '../model/message.js';
import { usedOf } from '../model/sample.js';
import { silentLine } from './card-lines.js';
import { judgedOf, listed } from './card-view.js';
import { fitLines } from './limits.js';
import { limitOf } from './memory.js';
import { clip, escapeText, visible } from './text.js';
import { duration } from './times.js';
import { count, percent, plainRate } from './units.js';

/** Rows of a table that is still read on a phone. */
const MAX_ROWS = 15;
/** With the spaces between them 40 columns: as many monospaced letters as fit a phone held upright. */
const WIDTH = { service: 14, used: 5, rate: 9, left: 9 } as const;

type Row = { readonly name: string; readonly used: string; readonly rate: string; readonly left: string };

/**
 * All services, soonest out of memory first: growing ones by the time they have, then by their rate; calm ones by how full they
 * are. What was not judged or does not run is named below the table, never left out.
 */
export function topMessage(
  assessments: readonly ServiceAssessment[],
  silent: readonly SilentHost[],
  nowMs: number,
): SlackMessage {
  const judged = assessments.filter(({ verdict }) => verdict !== 'unknown').sort((a, b) => order(a, nowMs) - order(b, nowMs));
  const open = assessments.filter(({ verdict }) => verdict === 'unknown');
  const down = open.filter((one) => one.replicas.length > 0 && judgedOf(one).every(({ replica }) => !replica.running));
  const waiting = open.filter((one) => !down.includes(one));
  const rows = judged.slice(0, MAX_ROWS).map((one) => row(one, nowMs));
  const first = headline(assessments, nowMs);
  const lines = [
    `*${first}*`,
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(judged.length > rows.length ? [`+${judged.length - rows.length} more`] : []),
    ...(judged.some(({ verdict }) => verdict === 'suspicious') ? ['? has grown, but not as a leak does'] : []),
    ...(waiting.length > 0 ? [`Not judged yet: ${names(waiting)}`] : []),
    ...(down.length > 0 ? [`Not running: ${names(down)}`] : []),
    ...[silentLine(silent, nowMs)].flatMap((line) => (line ? [line] : [])),
    ...(rows.length > 0 ? ['Rates are per replica; ranges and charts: `/leak check &lt;service&gt;`'] : []),
  ];
  return { text: first, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: fitLines(lines), verbatim: true } }] };
}

/** `Soonest out of memory first: api-svc in 12 min; 2 of 14 services leak`. */
function headline(assessments: readonly ServiceAssessment[], nowMs: number): string {
  const leaking = assessments.filter(({ verdict }) => verdict === 'leaking').sort((a, b) => order(a, nowMs) - order(b, nowMs));
  const first = leaking[0];
  const all = count(assessments.length, 'service');
  if (assessments.length === 0) return 'Soonest out of memory first: no service is known yet';
  if (!first) return `Soonest out of memory first: none of ${all} is known to leak`;
  const endMs = first.soonest?.limitAtMs?.value;
  const when = endMs === undefined ? ' (no limit set)' : ` in ${duration(endMs - nowMs)}`;
  return `Soonest out of memory first: ${escapeText(first.service.name, 60)}${when}; ${leaking.length} of ${all} ${leaking.length === 1 ? 'leaks' : 'leak'}`;
}

/** Smaller is sooner: leaking by time left, leaking without a time, suspicious, calm by how full. */
function order(one: ServiceAssessment, nowMs: number): number {
  const rank = { leaking: 0, suspicious: 1, stable: 2, unknown: 3 }[one.verdict];
  const endMs = one.soonest?.limitAtMs?.value;
  const growing = rank < 2;
  const within = growing
    ? endMs === undefined
      ? 1 - fraction((one.growthBytesPerHour?.value ?? 0) / 2 ** 30) / 2
      : fraction((endMs - nowMs) / 3_600_000) / 2
    : 1 - fraction(fullest(one));
  return rank * 2 + within;
}

/** Any size from 0 on, into 0…1, in order. */
function fraction(size: number): number {
  return size > 0 ? size / (1 + size) : 0;
}

function fullest(one: ServiceAssessment): number {
  return judgedOf(one).reduce((most, replica) => {
    const [used, limit] = [usedOf(replica.latest), limitOf(replica)];
    return used === undefined || limit === null ? most : Math.max(most, used / limit);
  }, 0);
}

function row(one: ServiceAssessment, nowMs: number): Row {
  const full = fullest(one);
  const endMs = one.soonest?.limitAtMs?.value;
  const growth = one.growthBytesPerHour;
  const calm = one.verdict === 'stable';
  return {
    name: `${one.verdict === 'suspicious' ? '? ' : ''}${visible(one.service.name)}`,
    used: full > 0 ? percent(full, 1) : '–',
    rate:
      calm || !growth ? '0' : `${growth.value > 0 ? '+' : ''}${plainRate(growth.value)}`.replace('iB/h', '/h').replace(' ', ''),
    left: endMs === undefined ? '–' : endMs <= nowMs ? 'now' : duration(endMs - nowMs).replace('over a year', 'years'),
  };
}

function table(rows: readonly Row[]): string {
  const right = (text: string, width: number) => clip(text, width).padStart(width);
  const line = ({ name, used, rate, left }: Row) =>
    [
      clip(name, WIDTH.service).padEnd(WIDTH.service),
      right(used, WIDTH.used),
      right(rate, WIDTH.rate),
      right(left, WIDTH.left),
    ].join(' ');
  const all = [{ name: 'service', used: 'used', rate: 'grows', left: 'out in' }, ...rows].map((one) => escapeText(line(one), 60));
  return ['```', ...all, '```'].join('\n');
}

function names(services: readonly ServiceAssessment[]): string {
  return listed(
    services.map(({ service }) => escapeText(service.name, 40)),
    5,
  );
}
