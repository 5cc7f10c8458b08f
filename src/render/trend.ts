import type { ServiceAssessment } from '../model/assessment.js';
import type { SlackMessage } from '../model/message.js';
import type { Happened, ServiceTrend } from '../model/trend.js';
import { context, section } from './blocks.js';
import { silentLine } from './card-lines.js';
import { missingLine } from './card-others.js';
import { deployWords } from './images.js';
import { fitLines } from './limits.js';
import { replicaName, usage } from './memory.js';
import { shareButton } from './share-button.js';
import { clip, escapeText } from './text.js';
import { duration, slackClock } from './times.js';
import { bytes, calmRate, change, count, rate } from './units.js';

export type TrendView = {
  readonly nowMs: number;
  /** What was asked for, and the most that there can be, ms. */
  readonly askedMs: number;
  readonly keptMs: number;
  /** Names a private answer that can be shared. */
  readonly shareKey?: string;
};

/** What begins this much later than asked for is shorter than asked for. */
const SHORT = 0.02;

/**
 * The answer to `trend`: from where to where, how fast, the peak, and what happened meanwhile. `trend` null: nothing was measured. What it
 * is now, and why, is said by `check`.
 */
export function trendMessage(
  assessment: ServiceAssessment,
  trend: ServiceTrend | null,
  happened: Happened,
  view: TrendView,
): SlackMessage {
  const headline = headlineOf(assessment, trend, view);
  const lines = [
    `*${headline}*`,
    ...(trend ? [growthLine(assessment, trend), peakLine(assessment, trend, view.nowMs)] : []),
    happenedLine(happened, view.nowMs),
    nowLine(assessment),
    missingLine(assessment),
    silentLine(assessment.silentHosts, view.nowMs),
  ].flatMap((line) => (line ? [line] : []));
  const buttons = shareButton(view.shareKey);
  return {
    text: headline,
    blocks: [
      section(fitLines(lines)),
      context(dataLine(assessment, trend, view)),
      ...(buttons.length > 0 ? [{ type: 'actions', elements: buttons }] : []),
    ],
  };
}

/** `api-svc over 7 d: 171 → 396 MiB per replica (+225 MiB)`. Plain words, for the picture too. */
export function trendTitle({ service, replicas }: ServiceAssessment, trend: ServiceTrend, view: TrendView): string {
  return `${clip(service.name, 40)} over ${spanOf(trend, view)}: ${fromTo(trend)}${replicas.length > 1 ? ' per replica' : ''}`;
}

function headlineOf(assessment: ServiceAssessment, trend: ServiceTrend | null, view: TrendView): string {
  const name = escapeText(assessment.service.name, 60);
  if (!trend) return `${name}: no samples in ${duration(view.askedMs)}`;
  const per = assessment.replicas.length > 1 ? ' per replica' : '';
  const changed = change(trend.toBytes - trend.fromBytes);
  return `${name} over ${spanOf(trend, view)}: ${fromTo(trend)}${per} (${changed === '0' ? 'no change' : changed})`;
}

/** As it was asked for, or as long as is kept, where samples reach nearly so far; else as far as they do. */
function spanOf({ fromMs }: ServiceTrend, { nowMs, askedMs, keptMs }: TrendView): string {
  const wantedMs = Math.min(askedMs, keptMs);
  return duration(nowMs - fromMs < (1 - SHORT) * wantedMs ? nowMs - fromMs : wantedMs);
}

/** `171 → 396 MiB`, `900 MiB → 1.2 GiB`. */
function fromTo({ fromBytes, toBytes }: ServiceTrend): string {
  const [from, to] = [bytes(fromBytes), bytes(toBytes)];
  const [unit, same] = [to.split(' ')[1], from.split(' ')[1]];
  return `${unit === same ? from.split(' ')[0] : from} → ${to}`;
}

/** `Growth +1.3 MiB/h per replica (1.1–1.5), a straight line through all of it`. */
function growthLine({ replicas }: ServiceAssessment, { growthBytesPerHour: growth }: ServiceTrend): string {
  if (!growth) return 'Growth: too few samples to say';
  // Through what bends the line is unsure, and what is unsure is not nothing: no `0 ± 0.8` here.
  return `Growth ${rate(growth, replicas.length > 1 ? ' per replica' : '')}: a straight line through all of it`;
}

/** `Peak 402 of 512 MiB (79 %), Tue 03:10: #7 on hv-03`. */
function peakLine({ replicas }: ServiceAssessment, { peak }: ServiceTrend, nowMs: number): string {
  const one = replicas.find(({ replica }) => replica.key === peak.replica.key);
  const words = (one && usage(one, peak.bytes)) ?? bytes(peak.bytes);
  const who = replicas.length > 1 ? `: ${replicaName(peak.replica, replicas)}` : '';
  return `Peak ${words}, ${slackClock(peak.atMs, nowMs)}${who}`;
}

/** `2 deploys, the last v1.42.0 → v1.42.1 21:40 · 3 restarts · 1 OOM kill`. */
function happenedLine({ deploys, restarts, oomKills }: Happened, nowMs: number): string {
  const last = deploys.at(-1);
  const said = [
    ...(last ? [`${deployCount(deploys.length)}${deployed(last)} ${slackClock(last.atMs, nowMs)}`] : []),
    ...(restarts > 0 ? [count(restarts, 'restart')] : []),
    ...(oomKills > 0 ? [count(oomKills, 'OOM kill')] : []),
  ];
  return said.length > 0 ? `In it: ${said.join(' · ')}` : 'In it: no deploy, no restart, no OOM kill';

  function deployed({ image, previousImage }: Happened['deploys'][number]): string {
    return escapeText(deployWords(image, previousImage), 120);
  }
}

function deployCount(deploys: number): string {
  return deploys === 1 ? '1 deploy, ' : `${deploys} deploys, the last `;
}

const STATES = { leaking: '🔴 leaking', suspicious: '🟡 suspicious', stable: '🟢 stable', unknown: "⚪ can't tell" } as const;

/** `Now: 🔴 leaking, +41 MiB/h per replica (32–50). Why: /leak check api-svc`. */
function nowLine({ verdict, growthBytesPerHour: growth, replicas, service }: ServiceAssessment): string {
  const per = replicas.length > 1 ? ' per replica' : '';
  const words = !growth || verdict === 'unknown' ? '' : `, ${verdict === 'stable' ? calmRate(growth, per) : rate(growth, per)}`;
  return `Now: ${STATES[verdict]}${words}. Why: \`/leak check ${escapeText(service.name, 60)}\``;
}

/** `Data: from 17 Nov 03:10 on (5 d 3 h; 14 d asked for) · 11 of 12 replicas all the time · 3 h of it without samples`. */
function dataLine({ replicas }: ServiceAssessment, trend: ServiceTrend | null, view: TrendView): string {
  const { nowMs, askedMs, keptMs } = view;
  const kept = askedMs > keptMs ? `; ${duration(keptMs)} are kept` : '';
  if (!trend) return `Data: none in the ${duration(askedMs)} asked for${kept}`;
  const short = nowMs - trend.fromMs < (1 - SHORT) * askedMs;
  const reach = short ? ` (${spanOf(trend, view)}; ${duration(askedMs)} asked for${kept})` : '';
  return [
    `Data: from ${slackClock(trend.fromMs, nowMs)} on${reach}`,
    ...(replicas.length > 1 ? [`${trend.whole} of ${count(replicas.length, 'replica')} all the time`] : []),
    ...(trend.holesMs > 0 ? [`${duration(trend.holesMs)} of it without samples`] : []),
    'page cache not counted; means of 5 min, full rate for 2 h',
  ].join(' · ');
}
