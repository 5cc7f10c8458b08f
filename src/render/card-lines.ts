import type { Assessment, Part, ServiceAssessment, SilentHost } from '../model/assessment.js';
import type { HistoryNote } from '../model/history-note.js';
import { type CardView, growingOf, judgedOf, listed } from './card-view.js';
import { replicaName } from './memory.js';
import { escapeText } from './text.js';
import { duration, slackClock } from './times.js';
import { change, count } from './units.js';

/** Lines that more than one shape of card has. Each gives undefined when there is nothing to say. */

/** Page cache worth a line: it is what makes `docker stats` look full. A choice. */
export const CACHE_BYTES = 16 * 2 ** 20;

/**
 * `#7: anon +225 MiB since 21:40 · file +30 MiB (reclaimable) · kernel 0`, the part that was judged first; parts that were never
 * measured are not there. `in 6 h` where growth began later than the window: two times of day would be one too many.
 */
export function movedLine(one: Assessment, { replicas }: ServiceAssessment, nowMs: number): string | undefined {
  const { fromMs, toMs } = one.window;
  const when = one.onsetMs === undefined ? ` since ${slackClock(fromMs, nowMs)}` : ` in ${duration(toMs - fromMs)}`;
  const names = (['anon', 'file', 'shmem', 'kernel'] as const).toSorted((a, b) => +(b === one.part) - +(a === one.part));
  const [first, ...rest] = names.flatMap((name) => moved(name, one.deltas[name]));
  if (!first) return undefined;
  const who = replicas.length > 1 ? `${replicaName(one.replica, replicas)}: ` : '';
  return [`${who}${first}${when}`, ...rest].join(' · ');
}

function moved(name: Part, delta: number | undefined): string[] {
  if (delta === undefined) return [];
  return [`${name} ${change(delta)}${name === 'file' && delta >= CACHE_BYTES ? ' (reclaimable)' : ''}`];
}

/** How many grow and what that says: the code, a host, or one replica. Nothing can be told from a single one. */
export function scopeLine(assessment: ServiceAssessment): string | undefined {
  const judged = judgedOf(assessment);
  const growing = growingOf(assessment);
  const first = growing[0];
  if (judged.length < 2 || !first) return undefined;
  const hosts = new Set(judged.map(({ replica }) => replica.host)).size;
  const growingHosts = new Set(growing.map(({ replica }) => replica.host)).size;
  const calm = judged.filter(({ verdict }) => verdict === 'stable').length;
  // Those that gave nothing have a line of their own.
  const missing = new Set(assessment.missing.map(({ replica }) => replica.key));
  const unjudged = judged.filter(({ verdict, replica }) => verdict === 'unknown' && !missing.has(replica.key)).length;
  const how = `${growing.length} of ${count(judged.length, 'replica')} ${growing.length === 1 ? 'grows' : 'grow'}`;
  const rest = unjudged > 0 ? `, ${unjudged} can't be told yet` : '';
  if (assessment.scope === 'host') return `${how}, all on ${escapeText(first.replica.host, 40)}${rest}: that host, not the code`;
  if (assessment.scope === 'replica') {
    return `${how} (${replicaName(first.replica, judged)})${rest}${growing.length + calm < judged.length ? '' : ': that replica, not the code'}`;
  }
  const where = hosts > 1 ? `, on ${growingHosts} of ${count(hosts, 'host')}` : '';
  const not = hosts > 1 ? 'a host' : 'one replica';
  const conclusion = growing.length === judged.length ? `the code, not ${not}` : `rather the code than ${not}`;
  return `${how}${where}${rest}: ${conclusion}`;
}

/** What is judged begins with the process: the first sample is no more than this after its start. A choice. */
export const FROM_ITS_START_MS = 5 * 60_000;

/** A life that began within the window and is judged from its start: what was before it is not. */
export function restartLine(assessment: ServiceAssessment, { nowMs, windowMs }: CardView): string | undefined {
  const young = judgedOf(assessment).filter(
    ({ replica: { running, run }, window }) =>
      running &&
      run.startedAtMs > nowMs - windowMs &&
      run.startedAtMs <= nowMs &&
      window.fromMs - run.startedAtMs < FROM_ITS_START_MS,
  );
  const newest = young.reduce<Assessment | undefined>(
    (best, one) => (best && best.replica.run.startedAtMs >= one.replica.run.startedAtMs ? best : one),
    undefined,
  );
  if (!newest) return undefined;
  const at = newest.replica.run.startedAtMs;
  const when = `${slackClock(at, nowMs)} (${duration(nowMs - at)} ago)`;
  if (assessment.replicas.length === 1) return `Started ${when}: only this run is judged`;
  const who =
    young.length === 1 ? `${replicaName(newest.replica, assessment.replicas)} started` : `${young.length} started, the last`;
  return `${who} ${when}: only present runs are judged`;
}

/** Replicas that are down are no part of the verdict, and are said. */
export function downLine({ replicas }: ServiceAssessment): string | undefined {
  const down = replicas.filter(({ replica }) => !replica.running);
  if (down.length === 0 || down.length === replicas.length) return undefined;
  const names = down.map(({ replica }) => `${replicaName(replica, replicas)}${ending(replica.run)}`);
  return `${down.length === 1 ? '1 is' : `${down.length} are`} not running: ${listed(names)}`;
}

/** ` (out of memory)`, ` (exit 1)`. */
export function ending({ oomKilled, exitCode }: { readonly oomKilled?: boolean; readonly exitCode?: number }): string {
  if (oomKilled) return ' (killed: out of memory)';
  return exitCode === undefined ? '' : ` (exit ${exitCode})`;
}

/** Hosts that should have been part of the answer and were not: silent, or with a problem that their agent names. */
export function silentLine(silentHosts: readonly SilentHost[], nowMs: number): string | undefined {
  if (silentHosts.length === 0) return undefined;
  const silent = silentHosts.filter(({ problem }) => problem === undefined);
  const troubled = silentHosts.flatMap(({ host, sinceMs, problem }) =>
    problem ? [`${escapeText(host, 40)}: ${escapeText(problem, 160)} (since ${slackClock(sinceMs, nowMs)})`] : [],
  );
  const names = silent.map(({ host, sinceMs }) => `${escapeText(host, 40)} since ${slackClock(sinceMs, nowMs)}`);
  const last = silent.length === 1 ? 'its last list was used' : 'their last lists were used';
  return `⚠️ ${[...(names.length > 0 ? [`Silent: ${listed(names)}: ${last}`] : []), ...listedOrNone(troubled)].join(' · ')}`;
}

function samplesWords(measured: readonly Assessment[]): string {
  const spanMs = measured.reduce((most, { window }) => Math.max(most, window.toMs - window.fromMs), 0);
  if (spanMs > 0) return `${duration(spanMs)} of samples`;
  return measured.length === 0 ? 'no samples' : 'one sample';
}

function listedOrNone(names: readonly string[]): string[] {
  return names.length > 0 ? [listed(names, 2)] : [];
}

/** `Data: 2 h 05 of samples (6 h looked at) · 12 of 12 replicas judged · newest 9 s old`. */
export function dataLine(assessment: ServiceAssessment, { nowMs, windowMs }: CardView): string {
  const judged = judgedOf(assessment);
  const measured = judged.filter(({ window }) => window.samples > 0);
  const newestMs = measured.reduce((newest, { latest }) => Math.max(newest, latest?.t ?? 0), 0);
  const told = judged.filter(({ verdict }) => verdict !== 'unknown').length;
  const { history } = assessment;
  const samples = sourcesWords(history, nowMs) ?? samplesWords(measured);
  return [
    `Data: ${samples} (${duration(windowMs)} looked at)`,
    ...(judged.length > 1 ? [`${told} of ${count(judged.length, 'replica')} judged`] : []),
    ...(newestMs > 0 ? [`newest ${duration(nowMs - newestMs)} old`] : []),
    ...missingHistory(history),
    ...(history?.otherName ? [`Prometheus names it ${escapeText(history.otherName, 80)}: its container id is believed`] : []),
  ].join(' · ');
}

/** What a metrics server should have told and did not: that of which nothing is said is not calm for it. */
export function historyLine({ history }: ServiceAssessment): string | undefined {
  const words = missingHistory(history);
  return words.length > 0 ? `⚠️ ${words.join(' · ')}` : undefined;
}

function missingHistory(history: HistoryNote | undefined): string[] {
  return [
    ...(history?.trouble ? [escapeText(history.trouble, 160)] : []),
    ...(history?.partial ? [`Prometheus answered in part: ${escapeText(history.partial, 100)}`] : []),
  ];
}

/** `Prometheus 12 d + own 2 h`: whose samples they are, the older first; undefined where all are our own. */
function sourcesWords(history: HistoryNote | undefined, nowMs: number): string | undefined {
  if (history?.fromMs === undefined) return undefined;
  const { fromMs, ownFromMs } = history;
  const theirs = `Prometheus ${duration((ownFromMs ?? nowMs) - fromMs)}`;
  return ownFromMs === undefined ? theirs : `${theirs} + own ${duration(nowMs - ownFromMs)}`;
}
