import type { ServiceAssessment, SilentHost } from '../model/assessment.js';
import type { DockerStats } from '../model/docker-stats.js';
import type { SlackMessage } from '../model/message.js';
import { section } from './blocks.js';
import { silentLine } from './card-lines.js';
import { judgedOf, listed } from './card-view.js';
import { fitLines } from './limits.js';
import { escapeText } from './text.js';
import { duration } from './times.js';
import { shownOf, type TopRow, topRows } from './top-order.js';
import { NAME_WIDTH, topTable } from './top-table.js';
import { count } from './units.js';

/** Replicas of three lines each that are still looked through on a phone. */
const MAX_ROWS = 10;

/**
 * The whole fleet, replica by replica, soonest out of memory first, with the figures of `docker stats` beside what each comes to. What
 * is not shown is counted by service; what was not judged, gave nothing or does not run is named below the table, never left out.
 *
 * @param stats by the replicas' keys.
 */
export function topMessage(
  services: readonly ServiceAssessment[],
  stats: ReadonlyMap<string, DockerStats>,
  silent: readonly SilentHost[],
  nowMs: number,
): SlackMessage {
  const rows = topRows(services, stats, NAME_WIDTH);
  const shown = shownOf(rows, MAX_ROWS);
  const first = headline(services, rows, nowMs);
  const lines = [
    `*${first}*`,
    ...(shown.length > 0 ? [topTable(shown, nowMs)] : []),
    ...moreLine(rows.filter((row) => !shown.includes(row))),
    ...(shown.some(({ one }) => one.verdict === 'suspicious') ? ['?+ has grown, but not as a leak does'] : []),
    ...othersLines(services, rows),
    ...[silentLine(silent, nowMs)].flatMap((line) => (line ? [line] : [])),
    ...(shown.length > 0
      ? [
          'Memory as `docker stats` counts it, with active page cache; what grows is without. Ranges and charts: `/leak check &lt;service&gt;`',
        ]
      : []),
  ];
  return { text: first, blocks: [section(fitLines(lines))] };
}

/** `Soonest out of memory first: api-svc in 12 min; 2 of 14 services leak`. */
function headline(services: readonly ServiceAssessment[], rows: readonly TopRow[], nowMs: number): string {
  const leaking = services.filter(({ verdict }) => verdict === 'leaking');
  const ids = new Set(leaking.map(({ service }) => service.id));
  // The one on top of the table, by the same order.
  const first = rows.find(({ one, serviceId }) => one.verdict === 'leaking' && ids.has(serviceId));
  const all = count(services.length, 'service');
  if (services.length === 0) return 'Soonest out of memory first: no service is known yet';
  if (!first) return `Soonest out of memory first: none of ${all} is known to leak`;
  const leftMs = (first.one.limitAtMs?.value ?? Number.POSITIVE_INFINITY) - nowMs;
  const when = leftMs <= 0 ? ' now' : Number.isFinite(leftMs) ? ` in ${duration(leftMs)}` : ' (no limit set)';
  return `Soonest out of memory first: ${escapeText(first.serviceName, 60)}${when}; ${leaking.length} of ${all} ${leaking.length === 1 ? 'leaks' : 'leak'}`;
}

/** `+31 more: api-svc 9, web 8, cart 6`: the services in the order of their first replica left out. */
function moreLine(rest: readonly TopRow[]): string[] {
  if (rest.length === 0) return [];
  const byService = new Map<string, { name: string; left: number }>();
  for (const { serviceId, serviceName } of rest) {
    const known = byService.get(serviceId) ?? { name: serviceName, left: 0 };
    byService.set(serviceId, { ...known, left: known.left + 1 });
  }
  const names = [...byService.values()].map(({ name, left }) => `${escapeText(name, 40)} ${left}`);
  const others = names.length > 5 ? `, and ${count(names.length - 5, 'more service')}` : '';
  return [`+${rest.length} more: ${names.slice(0, 5).join(', ')}${others}`];
}

function othersLines(services: readonly ServiceAssessment[], rows: readonly TopRow[]): string[] {
  const open = services.filter(({ verdict }) => verdict === 'unknown');
  const down = open.filter((one) => one.replicas.length > 0 && judgedOf(one).every(({ replica }) => !replica.running));
  const waiting = open.filter((one) => !down.includes(one));
  const measured = new Set(rows.map(({ one }) => one.replica.key));
  const mute = services.flatMap(({ replicas }) =>
    replicas.filter(({ replica }) => replica.running && !measured.has(replica.key)).map(({ replica }) => replica.containerName),
  );
  return [
    ...(waiting.length > 0 ? [`Not judged yet: ${names(waiting.map(({ service }) => service.name))}`] : []),
    ...(mute.length > 0 ? [`No numbers: ${names(mute)}`] : []),
    ...(down.length > 0 ? [`Not running: ${names(down.map(({ service }) => service.name))}`] : []),
  ];
}

function names(all: readonly string[]): string {
  return listed(
    all.map((name) => escapeText(name, 40)),
    5,
  );
}
