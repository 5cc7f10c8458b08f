import type { ServiceAssessment } from '../model/assessment.js';
import type { Document } from '../model/delivery.js';
import type { Incident } from '../model/incident.js';
import type { Moment } from '../model/news.js';
import { ENDINGS, lastEnding } from './endings.js';
import { deployWords } from './images.js';
import { clip, visible } from './text.js';
import { duration } from './times.js';
import { bytes, count, rate, signedRate } from './units.js';
import { unmarked } from './unmarked.js';

export type ReportView = {
  readonly nowMs: number;
  /** Of user ids; who is not in it stays an id. */
  readonly names: ReadonlyMap<string, string>;
  /** As it was at the end of the incident (or is now); null: nothing is left to judge it by. */
  readonly assessment: ServiceAssessment | null;
  readonly chart: boolean;
};

/** An incident as a Markdown document, for a post-mortem: what leaked, how fast, since when, how it ended, who did what. Times are UTC. */
export function reportDocument(incident: Incident, view: ReportView): Document {
  const name = plain(incident.service.name, 60);
  const day = iso(incident.openedMs).slice(0, 10);
  const title = `${name}: memory leak of ${day}`;
  const sections = [
    `# ${title}`,
    ['## Summary', '', ...summary(incident, view).map((line) => `- ${line}`)].join('\n'),
    ['## Numbers', '', '| | |', '|---|---|', ...numbers(incident, view).map(([what, value]) => `| ${what} | ${value} |`)].join(
      '\n',
    ),
    ['## Timeline', '', '| UTC | What | Who |', '|---|---|---|', ...incident.moments.map((one) => row(one, view))].join('\n'),
    ...(view.chart ? ['## Chart\n\nIn the message that links to this document.'] : []),
    ['## What was not measured', '', ...notMeasured(incident, view).map((line) => `- ${line}`)].join('\n'),
  ];
  return { filename: fileName(incident.service.name, day), title, text: `${sections.join('\n\n')}\n` };
}

function summary({ service, opening, openedMs, closed, level, moments }: Incident, view: ReportView): string[] {
  const speed = opening.growthBytesPerHour ? `grew by ${rate(opening.growthBytesPerHour, ' per replica')}` : 'grew';
  const { since } = opening;
  const near = since?.near;
  const deploy = near
    ? `, with ${near.kind === 'deploy' ? `the deploy ${plain(deployWords(near.image, near.previousImage), 120)}` : 'a restart'} of ${iso(near.atMs)}`
    : '';
  const last = lastEnding(moments);
  return [
    `${plain(service.name, 60)} ${speed} when it was said first`,
    since ? `Since ${iso(since.atMs)}${deploy}` : 'When it began to grow could not be told',
    `Opened ${iso(openedMs)} (${level === 'page' ? 'page' : 'message'})`,
    closed
      ? `Closed ${iso(closed.atMs)} after ${duration(closed.atMs - openedMs)}: ${ENDINGS[closed.how]}${last ? `. ${words(last, view)}` : ''}`
      : `Open for ${duration(view.nowMs - openedMs)}`,
  ];
}

function numbers(
  { opening, latest, oomKills, restarts, acknowledged, openedMs }: Incident,
  view: ReportView,
): [string, string][] {
  const judged = view.assessment;
  const peak = judged?.replicas.reduce((most, { peakBytes = 0 }) => Math.max(most, peakBytes), 0) ?? 0;
  return [
    ...(opening.growthBytesPerHour
      ? [['Growth per replica, first said', rate(opening.growthBytesPerHour)] as [string, string]]
      : []),
    ...(latest.growthBytesPerHour === null
      ? []
      : [['Growth per replica, said last', signedRate(latest.growthBytesPerHour)] as [string, string]]),
    ...(judged?.growthBytesPerHour
      ? [['Growth per replica, at the end of this report', rate(judged.growthBytesPerHour)] as [string, string]]
      : []),
    ['Out of memory, first said for', opening.limitAtMs === null ? 'no time' : iso(opening.limitAtMs)],
    ...(peak > 0 ? [['Most memory of a replica (without page cache)', bytes(peak)] as [string, string]] : []),
    ['OOM kills', String(oomKills)],
    ['Restarts', String(restarts)],
    ['Hosts', latest.hosts.map((host) => plain(host, 60)).join(', ') || 'not known'],
    [
      'Acknowledged',
      acknowledged ? `after ${duration(acknowledged.atMs - openedMs)}, by ${person(acknowledged.by, view)}` : 'by nobody',
    ],
  ];
}

function row(moment: Moment, view: ReportView): string {
  return `| ${iso(moment.atMs)} | ${words(moment, view)} | ${moment.by ? person(moment.by, view) : 'Leakwatch'} |`;
}

function words({ words: said }: Moment, view: ReportView): string {
  return inCell(unmarked(said, (id) => view.names.get(id) ?? id));
}

function person(id: string, { names }: ReportView): string {
  return plain(names.get(id) ?? id, 80);
}

/** Only what is known to be missing: a report that is silent about it would be read as all clear. */
function notMeasured({ opening, moments }: Incident, { assessment }: ReportView): string[] {
  if (!assessment) return ['Memory: no samples of that time are left; the numbers are what was said then.'];
  const { replicas, missing, silentHosts } = assessment;
  const unlimited = replicas.filter(({ replica, latest }) => (latest?.limit ?? replica.limitBytes) === null).length;
  const looked = new Set(replicas.flatMap(({ not = [] }) => not.map(({ cause }) => cause)));
  const parts = (['file', 'shmem', 'kernel'] as const).filter((part) =>
    replicas.every(({ deltas }) => deltas[part] === undefined),
  );
  return [
    ...(opening.growthBytesPerHour ? [] : ['The rate of growth when it was said first']),
    ...(unlimited > 0 ? [`Time to a limit: ${unlimited} of ${count(replicas.length, 'replica')} had none`] : []),
    ...(missing.length > 0
      ? [
          `${count(missing.length, 'replica')} that gave no samples: ${missing.map(({ replica }) => plain(replica.containerName, 60)).join(', ')}`,
        ]
      : []),
    ...silentHosts.map(({ host, sinceMs }) => `Host ${plain(host, 60)}: silent since ${iso(sinceMs)}`),
    ...(parts.length > 0 ? [`Parts of memory: ${parts.join(', ')}`] : []),
    ...(looked.has('load') ? [] : ['Whether load (CPU, network) explains it']),
    ...(moments.some(({ kind }) => kind === 'evidence') ? [] : ['The heap: which functions hold the memory']),
  ];
}

/** `2026-11-24 03:10 UTC`. */
function iso(ms: number): string {
  const at = new Date(Math.min(Math.max(0, Number.isFinite(ms) ? ms : 0), Date.UTC(9999, 0))).toISOString();
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

/** What came from outside, as Markdown text: visible, none of it markup. */
function plain(text: string, max: number): string {
  return inCell(clip(visible(text), max));
}

/** None of it ends a cell, begins a link or markup of its own, or is HTML (CommonMark 2.4: a backslash before any ASCII punctuation). */
function inCell(text: string): string {
  return text.replace(/[\\`*_[\]<>|#~]/g, (character) => `\\${character}`).replace(/\s+/g, ' ');
}

function fileName(service: string, day: string): string {
  const safe =
    service
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 60) || 'service';
  return `${safe}-incident-${day}.md`;
}
