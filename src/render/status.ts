import type { ArchiveState } from '../model/archive.js';
import { type Heartbeat, isSilent } from '../model/host.js';
import type { SlackMessage } from '../model/message.js';
import type { Replica } from '../model/replica.js';
import { section } from './blocks.js';
import { fleetSize } from './fleet-size.js';
import { fitLines } from './limits.js';
import { type Refused, refusedLine } from './refused.js';
import { escapeText } from './text.js';
import { duration, slackClock } from './times.js';
import { bytes, bytesOf, count, percent } from './units.js';

export type StatusView = {
  readonly version: string;
  readonly beats: readonly Heartbeat[];
  readonly replicas: readonly Replica[];
  /** Jobs waiting, active and delayed, by queue. */
  readonly queues: Readonly<Record<string, number>>;
  /** Hosts whose queue has jobs and does none of them, and since when. */
  readonly untaken?: readonly { readonly host: string; readonly waiting: number; readonly sinceMs: number }[];
  readonly workers: number;
  /** Messages that Slack refused for good in the last 7 days. */
  readonly failed: number;
  /** The newest of them. */
  readonly refused?: Refused;
  /** What is wrong with Redis, in sentences. */
  readonly warnings: readonly string[];
  /** What Redis holds, bytes; `maxBytes` null: no maxmemory is set. Absent: it does not tell. */
  readonly memory?: { readonly usedBytes: number; readonly maxBytes: number | null };
  /** What the archive holds. Absent: there is none, or it cannot be used. */
  readonly archive?: ArchiveState;
};

/** More hosts than this are summed up: the ones with a problem come first. */
const MAX_HOSTS = 12;
const HOUR_MS = 3_600_000;
/** An agent that works takes what waits at once. */
const TAKEN_MS = 60_000;

/** `/leak status`: what works, what does not, what is missing. Problems come first. */
export function statusMessage(view: StatusView, nowMs: number): SlackMessage {
  const silent = view.beats.filter((beat) => isSilent(beat, nowMs));
  const troubled = view.beats.filter((beat) => !isSilent(beat, nowMs) && isTroubled(beat, view, nowMs));
  const calm = view.beats.filter((beat) => !silent.includes(beat) && !troubled.includes(beat));
  const problems = problemsOf(view, nowMs);
  const first = headline(view, silent.length, troubled.length, problems.length);
  const shown = [...silent, ...troubled, ...calm].slice(0, MAX_HOSTS);
  const lines = [
    first,
    ...problems,
    ...shown.map((beat) => hostLine(beat, view, nowMs)),
    ...restLine(view.beats.length - shown.length, silent.length + troubled.length - shown.length),
    `Queues: ${queueLine(view.queues)} · ${count(view.workers, 'worker')}`,
    ...memoryLine(view),
    ...archiveLine(view),
  ];
  return { text: first, blocks: [section(fitLines(lines))] };
}

function problemsOf({ beats, workers, warnings, failed, refused }: StatusView, nowMs: number): string[] {
  return [
    ...(beats.length === 0 ? ['🔴 No agent has reported yet: nothing is sampled.'] : []),
    ...(workers === 0 ? ['🔴 No worker is running: commands are taken, and answered when one is.'] : []),
    ...warnings.map((warning) => `🟠 ${escapeText(warning, 300)}`),
    ...(failed > 0 ? [refusedLine(failed, refused, nowMs)] : []),
  ];
}

/** `🟢 Leakwatch 0.1.0: 30 services, 90 replicas on 5 hosts, 2 more not running`, or what is wrong. */
function headline({ version, beats, replicas }: StatusView, silent: number, troubled: number, problems: number): string {
  const name = `Leakwatch ${escapeText(version, 40)}`;
  const wrong = [
    ...(silent > 0 ? [`${silent} of ${count(beats.length, 'host')} silent`] : []),
    ...(troubled > 0 ? [`${count(troubled, 'host')} in trouble`] : []),
    ...(problems > 0 ? [count(problems, 'problem')] : []),
  ];
  if (wrong.length > 0) return `🟠 ${name}: ${wrong.join(', ')}`;
  return `🟢 ${name}: ${fleetSize(replicas, beats)}`;
}

function hostLine(beat: Heartbeat, view: StatusView, nowMs: number): string {
  const name = `*${escapeText(beat.host, 60)}*`;
  if (isSilent(beat, nowMs)) {
    const since = `${slackClock(beat.seenAtMs, nowMs)} (${duration(nowMs - beat.seenAtMs)})`;
    return `🔴 ${name} silent since ${since}: is its agent running?`;
  }
  if (beat.problem !== undefined) return `🟠 ${name} ${escapeText(beat.problem, 200)}`;
  const wrong = wrongOf(beat, view, nowMs);
  const facts = [`${count(beat.containers, 'container')} every ${beat.sampleSeconds} s`, ...engineOf(beat)];
  return `${wrong.length > 0 ? '🟠' : '🟢'} ${name} ${[...wrong, ...facts].join(' · ')}`;
}

function isTroubled(beat: Heartbeat, view: StatusView, nowMs: number): boolean {
  return beat.problem !== undefined || wrongOf(beat, view, nowMs).length > 0;
}

function wrongOf(beat: Heartbeat, view: StatusView, nowMs: number): string[] {
  const over = beat.overCap > 0 ? [`${beat.overCap} more than the cap ${beat.overCap === 1 ? 'is' : 'are'} not sampled`] : [];
  return [...over, ...failedOf(beat), ...untakenOf(beat, view, nowMs), ...gapsOf(beat, nowMs)];
}

/** `its agent takes no jobs (heaps): 2 wait since 13:24 (6 min)`: it samples, and its other queue stands still. */
function untakenOf({ host }: Heartbeat, { untaken = [] }: StatusView, nowMs: number): string[] {
  const found = untaken.find((one) => one.host === host);
  if (!found || nowMs - found.sinceMs < TAKEN_MS) return [];
  const since = `since ${slackClock(found.sinceMs, nowMs)} (${duration(nowMs - found.sinceMs)})`;
  return [`its agent takes no jobs (heaps): ${found.waiting === 1 ? 'one waits' : `${found.waiting} wait`} ${since}`];
}

/** `2 of 90 gave no numbers: no such container`. */
function failedOf({ failed, containers }: Heartbeat): string[] {
  if (!failed) return [];
  return [`${failed.count} of ${containers} gave no numbers${failed.why ? `: ${escapeText(failed.why, 120)}` : ''}`];
}

/** `2 gaps within the hour, 4 min in all, the last until 13:24`: what was measured has holes there. */
function gapsOf({ gaps = [] }: Heartbeat, nowMs: number): string[] {
  const recent = gaps.filter(({ toMs }) => nowMs - toMs < HOUR_MS);
  const last = recent.at(-1);
  if (!last) return [];
  const inAll = duration(recent.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0));
  const size = recent.length === 1 ? `a gap of ${inAll}, until` : `${recent.length} gaps, ${inAll} in all, the last until`;
  return [`${size} ${slackClock(last.toMs, nowMs)}`];
}

function engineOf({ engineVersion, cgroup, agentVersion }: Heartbeat): string[] {
  const engine = [...(engineVersion ? [`Docker ${escapeText(engineVersion, 40)}`] : []), ...(cgroup ? [`cgroup ${cgroup}`] : [])];
  return [...(engine.length > 0 ? [engine.join(', ')] : []), `agent ${escapeText(agentVersion, 40)}`];
}

function restLine(hidden: number, hiddenTroubled: number): string[] {
  if (hidden <= 0) return [];
  const trouble = hiddenTroubled > 0 ? `, ${hiddenTroubled} of them in trouble` : ' without a problem';
  return [`+${count(hidden, 'more host')}${trouble}`];
}

/** `Redis: 212 MiB of 1 GiB (21 %), 96 KiB per replica`: all that it holds, shared out. */
function memoryLine({ memory, replicas }: StatusView): string[] {
  if (!memory) return [];
  const { usedBytes, maxBytes } = memory;
  const used =
    maxBytes === null
      ? `${bytes(usedBytes)}, no maxmemory set`
      : `${bytesOf(usedBytes, maxBytes)} (${percent(usedBytes, maxBytes)})`;
  return [`Redis: ${used}${replicas.length > 0 ? `, ${bytes(usedBytes / replicas.length)} per replica` : ''}`];
}

function archiveLine({ archive }: StatusView): string[] {
  if (!archive) return [];
  const { entries, bytes: held, mostBytes } = archive;
  return [`Archive: ${count(entries, 'entry', 'entries')}, ${mostBytes === null ? bytes(held) : bytesOf(held, mostBytes)}`];
}

function queueLine(queues: Readonly<Record<string, number>>): string {
  // A sampling queue always holds its next sweep.
  const busy = Object.entries(queues).filter(([name, jobs]) => jobs > (name.startsWith('sample') ? 1 : 0));
  return busy.length === 0 ? 'empty' : busy.map(([name, jobs]) => `${escapeText(name)} ${jobs}`).join(', ');
}
