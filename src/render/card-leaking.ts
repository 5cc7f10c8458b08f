import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import { usedOf } from '../model/sample.js';
import { downLine, movedLine, restartLine, scopeLine } from './card-lines.js';
import { notLine } from './card-not.js';
import { missingLine, spreadLine } from './card-others.js';
import { cycleLine, partLine, sinceLine } from './card-reason.js';
import { growingOf, type Shape, subjectOf } from './card-view.js';
import { limitOf, replicaName, usage } from './memory.js';
import { escapeText } from './text.js';
import { clockRange, duration, slackClock, until } from './times.js';
import { bytes, calmRate, percent, rate } from './units.js';

/** `🔴 api-svc leaking: +41 MiB/h per replica (32–50)`, and until when, who, since when, what it is not. What matters least is last: it is what a full card leaves out. */
export const leaking: Shape = (assessment, view) => {
  const subject = subjectOf(assessment);
  const [part, cycle] = [partLine(assessment), cycleLine(assessment)];
  return {
    headline: `🔴 ${escapeText(assessment.service.name, 60)} leaking${rateWords(assessment)}`,
    lines: [
      part,
      cycle,
      outOfMemoryLine(assessment, view.nowMs),
      scopeLine(assessment),
      missingLine(assessment),
      downLine(assessment),
      spreadLine(assessment),
      sinceLine(assessment, view),
      subject ? notLine(subject) : undefined,
      subject ? movedLine(subject, assessment, view.nowMs) : undefined,
      // Over several lives, more than the present one was judged; and a start that growth began with has been said.
      cycle || assessment.onsetNear ? undefined : restartLine(assessment, view),
      part || cycle ? undefined : escapeText(assessment.explanation, 200),
    ],
  };
};

/** `: +41 MiB/h per replica (32–50)`; nothing when it could not be estimated. */
export function rateWords({ growthBytesPerHour, replicas }: ServiceAssessment): string {
  if (!growthBytesPerHour) return '';
  const words = growthBytesPerHour.value > 0 ? rate : calmRate;
  return `: ${words(growthBytesPerHour, replicas.length > 1 ? ' per replica' : '')}`;
}

/** `Out of memory in 2 h 50 (2 h 20 – 3 h 40), at about 06:00: #7 on hv-03, 396 of 512 MiB (77 %); then all 12 within 80 min`. */
export function outOfMemoryLine(assessment: ServiceAssessment, nowMs: number): string | undefined {
  const { soonest } = assessment;
  if (!soonest?.limitAtMs) return withoutLimit(assessment);
  const { value } = soonest.limitAtMs;
  if (value <= nowMs) return `At its limit now: ${whoWords(soonest, assessment)}`;
  const lead = assessment.verdict === 'leaking' ? 'Out' : 'If it goes on, out';
  const when = `${until(soonest.limitAtMs, nowMs)}, at about ${slackClock(value, nowMs)}`;
  return `${lead} of memory in ${when}: ${whoWords(soonest, assessment)}${othersWithin(assessment, value)}`;
}

/**
 * `First out of memory 06:00 (05:30 – 06:50): #7 on hv-03, 396 of 512 MiB (77 %); then all 12 within 80 min`: the same for what stands for
 * hours. It is edited when the moment has moved, and how much is left would be wrong a minute after each edit.
 */
export function outOfMemoryAtLine(assessment: ServiceAssessment, nowMs: number): string | undefined {
  const { soonest, replicas } = assessment;
  const when = soonest?.limitAtMs && clockRange(soonest.limitAtMs, nowMs);
  if (!soonest?.limitAtMs || !when) return outOfMemoryLine(assessment, nowMs);
  const lead = replicas.length > 1 ? 'First out' : 'Out';
  return `${lead} of memory ${when}: ${whoWords(soonest, assessment)}${othersWithin(assessment, soonest.limitAtMs.value)}`;
}

function whoWords(one: Assessment, { replicas }: ServiceAssessment): string {
  return [...(replicas.length > 1 ? [replicaName(one.replica, replicas)] : []), usage(one)].join(', ');
}

/** Only when it is true: every running replica grows, and each of them has a time. */
function othersWithin(assessment: ServiceAssessment, firstMs: number): string {
  const running = assessment.replicas.filter(({ replica }) => replica.running);
  const times = growingOf(assessment).flatMap(({ limitAtMs }) => (limitAtMs ? [limitAtMs.value] : []));
  if (times.length < 2 || times.length !== running.length) return '';
  const who = times.length === 2 ? 'both' : `all ${times.length}`;
  return `; then ${who} within ${duration(times.reduce((last, at) => Math.max(last, at), firstMs) - firstMs)}`;
}

/**
 * How full its host is, and when it would be, is not known from one service: its neighbours grow and shrink, too. Its share of the
 * host is.
 */
function withoutLimit(assessment: ServiceAssessment): string | undefined {
  const growing = growingOf(assessment);
  const subject = subjectOf(assessment);
  if (!subject || growing.some((one) => limitOf(one) !== null)) return undefined;
  const used = usedOf(subject.latest);
  const inUse = used === undefined ? '' : `; ${bytes(used)} in use`;
  return `No limit is set: only the host's memory ends this${inUse}${shareWords(assessment, used)}`;
}

/** `, 19 % of the host's 4 GiB`; of several replicas the one that was largest is told of, whose host it is. */
function shareWords({ replicas, hostBytes }: ServiceAssessment, used: number | undefined): string {
  const most = replicas.reduce((highest, { peakBytes = 0 }) => Math.max(highest, peakBytes), 0);
  if (hostBytes === undefined || most <= 0) return '';
  if (replicas.length === 1 && used !== undefined) return `, ${percent(used, hostBytes)} of the host's ${bytes(hostBytes)}`;
  return `; the largest replica had ${bytes(most)}, ${percent(most, hostBytes)} of its host's ${bytes(hostBytes)}`;
}
