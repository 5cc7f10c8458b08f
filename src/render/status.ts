import { type Heartbeat, isSilent } from '../model/host.js';
import type { SlackMessage } from '../model/message.js';
import type { Replica } from '../model/replica.js';
import { clip, escapeText } from './text.js';
import { clock, duration } from './units.js';

export type StatusView = {
  readonly version: string;
  readonly beats: readonly Heartbeat[];
  readonly replicas: readonly Replica[];
  /** Jobs waiting, active and delayed, by queue. */
  readonly queues: Readonly<Record<string, number>>;
  readonly workers: number;
  /** Messages that Slack refused for good in the last 7 days. */
  readonly failed: number;
  /** What is wrong with Redis, in sentences. */
  readonly warnings: readonly string[];
};

/** More hosts than this are summed up: the ones with a problem are always shown. */
const MAX_HOSTS = 12;

/** `/leak status`: what works, what does not, what is missing. Problems come first. */
export function statusMessage(view: StatusView, nowMs: number): SlackMessage {
  const services = new Set(view.replicas.map((replica) => replica.service.id)).size;
  const silent = view.beats.filter((beat) => isSilent(beat, nowMs));
  const troubled = view.beats.filter((beat) => isSilent(beat, nowMs) || beat.problem || beat.overCap > 0);
  const calm = view.beats.filter((beat) => !troubled.includes(beat));
  const problems = [
    ...(view.beats.length === 0 ? ['🔴 No agent has reported yet: nothing is sampled.'] : []),
    ...(view.workers === 0 ? ['🔴 No worker is running: commands are taken, and answered when one is.'] : []),
    ...view.warnings.map((warning) => `🟠 ${escapeText(warning)}`),
    ...(view.failed > 0
      ? [`🟠 Slack refused ${view.failed} ${view.failed === 1 ? 'message' : 'messages'} for good; the log says which and why.`]
      : []),
  ];
  const headline =
    problems.length + troubled.length === 0
      ? `🟢 Leakwatch ${view.version}: ${services} services, ${view.replicas.length} replicas on ${view.beats.length} ${view.beats.length === 1 ? 'host' : 'hosts'}`
      : `🟠 Leakwatch ${view.version}: ${[...(silent.length > 0 ? [`${silent.length} of ${view.beats.length} hosts silent`] : []), ...(problems.length > 0 ? [`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`] : []), ...(troubled.length > silent.length ? [`${troubled.length - silent.length} hosts in trouble`] : [])].join(', ')}`;
  const shown = [...troubled, ...calm].slice(0, MAX_HOSTS);
  const rest = view.beats.length - shown.length;
  const lines = [
    headline,
    ...problems,
    ...shown.map((beat) => hostLine(beat, nowMs)),
    ...(rest > 0 ? [`and ${rest} more hosts without a problem`] : []),
    `Queues: ${queueLine(view.queues)} · ${view.workers} ${view.workers === 1 ? 'worker' : 'workers'}`,
  ];
  return {
    text: headline,
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: clip(lines.join('\n'), 2_900), verbatim: true } }],
  };
}

function hostLine(beat: Heartbeat, nowMs: number): string {
  const name = `*${escapeText(beat.host)}*`;
  if (isSilent(beat, nowMs))
    return `🔴 ${name} silent since ${clock(beat.seenAtMs)} (${duration(nowMs - beat.seenAtMs)}): is its agent running?`;
  const engine = [beat.engineVersion ? `Docker ${beat.engineVersion}` : '', beat.cgroup ? `cgroup ${beat.cgroup}` : '']
    .filter(Boolean)
    .join(', ');
  const facts = `${beat.containers} containers every ${beat.sampleSeconds} s${engine ? ` · ${escapeText(engine)}` : ''} · agent ${escapeText(beat.agentVersion)}`;
  if (beat.problem) return `🟠 ${name} ${escapeText(clip(beat.problem, 200))}`;
  const over = beat.overCap > 0 ? ` · ${beat.overCap} more than the cap are not sampled` : '';
  return `${over ? '🟠' : '🟢'} ${name} ${facts}${over}`;
}

function queueLine(queues: Readonly<Record<string, number>>): string {
  const busy = Object.entries(queues).filter(([name, jobs]) => jobs > (name.startsWith('sample') ? 1 : 0));
  return busy.length === 0 ? 'empty' : busy.map(([name, jobs]) => `${escapeText(name)} ${jobs}`).join(', ');
}
