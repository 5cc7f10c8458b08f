import type { Incident } from '../../src/model/incident.js';
import type { Week } from './watch-service.js';

const HOUR_MS = 3_600_000;

export type FleetScore = {
  /** Incidents where nothing leaked yet: each would have had a message. */
  readonly falseMessages: number;
  /** Of them those that woke somebody, at once or later. */
  readonly falsePages: number;
  readonly leaks: number;
  readonly beforeKill: number;
  /** A line for each false message and each leak. */
  readonly lines: readonly string[];
};

/** Before storms are folded. A leak is found by its first incident after the onset; later ones of it are repeats, and true. */
export function scoreFleet(weeks: readonly Week[]): FleetScore {
  const leaking = weeks.filter(({ spec }) => spec.leak);
  const early = weeks.flatMap((week) =>
    week.incidents.filter((one) => isFalse(week, one)).map((incident) => ({ week, incident })),
  );
  return {
    falseMessages: early.length,
    falsePages: early.filter(({ incident }) => isPage(incident)).length,
    leaks: leaking.length,
    beforeKill: leaking.filter(isFoundInTime).length,
    lines: [...early.map(({ week, incident }) => falseLine(week, incident)), ...leaking.map(leakLine)],
  };
}

function isFalse({ spec, onsetMs }: Week, { openedMs }: Incident): boolean {
  return !spec.leak || openedMs < (onsetMs ?? Number.NEGATIVE_INFINITY);
}

function isPage({ level, moments }: Incident): boolean {
  return level === 'page' || moments.some(({ kind }) => kind === 'page');
}

function finderOf(week: Week): Incident | undefined {
  return week.incidents.filter((one) => !isFalse(week, one)).sort((a, b) => a.openedMs - b.openedMs)[0];
}

function isFoundInTime(week: Week): boolean {
  const found = finderOf(week);
  return found !== undefined && found.openedMs < (week.killMs ?? Number.POSITIVE_INFINITY);
}

function falseLine({ spec }: Week, incident: Incident): string {
  const { openedMs, opening, closed } = incident;
  const rate = opening.growthBytesPerHour ? `${(opening.growthBytesPerHour.value / 2 ** 20).toFixed(1)} MiB/h` : 'no rate';
  const left = opening.limitAtMs === null ? 'no limit' : `${hours(opening.limitAtMs - openedMs)} left`;
  const end = closed ? `, closed after ${hours(closed.atMs - openedMs)}` : '';
  return `false ${isPage(incident) ? 'page   ' : 'message'} ${spec.id} (${spec.hosts.length}): ${day(openedMs)}, ${rate}, ${left}${end}`;
}

function leakLine(week: Week): string {
  const { spec, onsetMs, killMs } = week;
  const found = finderOf(week);
  const from = onsetMs ?? Number.NaN;
  const told = found ? `told after ${hours(found.openedMs - from)}${isPage(found) ? ' (a page in the end)' : ''}` : 'never told';
  return `leak          ${spec.id} (${spec.hosts.length}): from ${day(from)}, ${told}, first kill after ${hours((killMs ?? Number.NaN) - from)}`;
}

function hours(ms: number): string {
  return `${(ms / HOUR_MS).toFixed(1)} h`;
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
