import type { Cost, Growth } from './cost.js';
import type { VerdictScore } from './score.js';
import type { WatchScore } from './score-watch.js';

/** Rows of cells as lines: the first column to the left, the others to the right, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)));
  return rows.map((row) => padded(row).join('  ').trimEnd()).join('\n');
}

export function verdictTable(scores: Readonly<Record<string, VerdictScore>>, costs: Readonly<Record<string, Cost>>): string {
  const head = ['% of series', 'P', 'R', 'F1', 'worst leak', 'worst calm', 'to limit', 'covers', 'ms each', 'ratio'];
  const rows = Object.entries(scores).map(([name, score]) => [
    name,
    percent(score.precision),
    percent(score.recall),
    percent(score.f1),
    percent(score.worstLeakFamily, 0),
    percent(score.worstHealthyFamily, 0),
    `${percent(score.limitErrorMedian, 0)}/${percent(score.limitErrorP90, 0)}`,
    percent(score.cover, 0),
    costs[name]?.meanMs.toFixed(2) ?? '-',
    ratio(costs[name]?.ratio),
  ]);
  return `${table([head, ...rows])}

P, R: precision, recall. Worst leak, worst calm: found of the leaking family that is found least,
flagged of the healthy one that is flagged most. To limit: error of the time left to the next kill,
median/p90. Covers: the 95 % range of the rate holds the true one. Ms each: a series of this corpus,
mean, parsing not counted; ratio: to Mann-Kendall with Theil and Sen's slope, in the same run.`;
}

export function watchTable(scores: Readonly<Record<string, WatchScore>>): string {
  const head = ['', 'alarms', 'a week', 'pages', 'a week', 'found', 'before kill', 'delay, h', '% of time'];
  const rows = Object.entries(scores).map(([name, score]) => [
    name,
    `${score.falseAlarms}`,
    score.falseAlarmsPerWeek?.toFixed(3) ?? '-',
    `${score.falsePages}`,
    score.falsePagesPerWeek?.toFixed(3) ?? '-',
    `${score.found}/${score.leaks}`,
    `${score.beforeKill}/${score.kills}`,
    `${score.delayMedianHours?.toFixed(1) ?? '-'}/${score.delayP90Hours?.toFixed(1) ?? '-'}`,
    `${percent(score.delayShareMedian, 0)}/${percent(score.delayShareP90, 0)}`,
  ]);
  return `${table([head, ...rows])}

Alarms: the false ones; pages: those with less than 4 h left; a week: per healthy container-week.
Delay: from the onset to the first alert; % of time: of that from the onset to the kill; median/p90.
Looks every 15 minutes, rules at the past 24 h; an alert of a rule that returns within the hour is
the same one.`;
}

export function costTable(costs: Readonly<Record<string, Cost>>): string {
  const rows = Object.entries(costs).map(([name, { meanMs, p99Ms, ratio: times }]) => [
    name,
    meanMs.toFixed(2),
    p99Ms.toFixed(2),
    ratio(times),
  ]);
  return table([['a series of 5,760 samples', 'mean ms', 'p99 ms', 'ratio'], ...rows]);
}

export function growthTable(grown: readonly Growth[]): string {
  const times = (now: number, then: number | undefined) => (then ? `×${(now / then).toFixed(1)}` : '');
  const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const rows = grown.map((row, i) => {
    const samples = row.samples.toLocaleString('en');
    if ('failed' in row) return [samples, 'failed', '', '', '', '', ''];
    const last = grown[i - 1];
    const before = last && !('failed' in last) ? last : undefined;
    return [
      samples,
      ...[row.ms.toFixed(2), times(row.ms, before?.ms)],
      ...[mib(row.allocated), times(row.allocated, before?.allocated)],
      ...[mib(row.peak), times(row.peak, before?.peak)],
    ];
  });
  const failures = grown.flatMap((row) => ('failed' in row ? [`failed at ${row.samples}: ${row.failed}`] : []));
  return [table([['Leakwatch, samples', 'ms', '', 'MiB allocated', '', 'MiB at once', ''], ...rows]), ...failures].join('\n');
}

/** How many cases of each family each detector called leaking. */
export function familyTable(scores: Readonly<Record<string, VerdictScore>>): string {
  return byFamily('called leaking (and suspicious?)', scores, ({ leaking, suspicious }) =>
    suspicious > 0 ? `${leaking} (${suspicious}?)` : `${leaking}`,
  );
}

/** False alarms of each family, and of leaking ones how many leaks were found. */
export function watchFamilyTable(scores: Readonly<Record<string, WatchScore>>): string {
  return byFamily('false alarms (and leaks found)', scores, ({ leak, falseAlarms, found }) =>
    leak ? `${falseAlarms} (${found})` : `${falseAlarms}`,
  );
}

/** `+` leaks, `-` is healthy. Columns are numbered, or long names would not fit side by side. */
function byFamily<F extends { readonly leak: boolean; readonly cases: number }>(
  what: string,
  scores: Readonly<Record<string, { readonly families: Readonly<Record<string, F>> }>>,
  cell: (family: F) => string,
): string {
  const names = Object.keys(scores);
  const all = Object.values(scores).map(({ families }) => families);
  const rows = Object.entries(all[0] ?? {}).map(([name, { leak, cases }]) => [
    `${leak ? '+' : '-'} ${name}`,
    `${cases}`,
    ...all.map(({ [name]: family }) => (family ? cell(family) : '-')),
  ]);
  const legend = names.map((name, i) => `${i + 1} ${name}`).join('  ');
  return `${table([[what, 'of', ...names.map((_, i) => `${i + 1}`)], ...rows])}\n${legend}`;
}

function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined ? '-' : (100 * share).toFixed(digits);
}

function ratio(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? '-' : value.toFixed(2);
}
