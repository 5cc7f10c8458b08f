import type { SlowGrower } from '../model/digest.js';
import { auditWords } from './deploys.js';
import { limitWords } from './digest-handover.js';
import { escapeText } from './text.js';
import { slackClock } from './times.js';
import { signedRate } from './units.js';

/** A look as old as this is said to be old. */
const OLD_MS = 3_600_000;

/** By the time that is left; those without one last, the fastest first. */
export function soonestFirst(growers: readonly SlowGrower[]): SlowGrower[] {
  const end = (one: SlowGrower) => endOf(one) ?? Number.MAX_VALUE;
  const rate = ({ growthBytesPerHour }: SlowGrower) => growthBytesPerHour ?? 0;
  return growers.toSorted((a, b) => end(a) - end(b) || rate(b) - rate(a));
}

/** Who lives at its limit is not out of memory when it is there. */
function endOf({ limitAtMs, atLimitBefore }: SlowGrower): number | null {
  return atLimitBefore ? null : limitAtMs;
}

/** `orders +0.4 MiB/h · limit in 23 d`, `🟡 web suspicious +0.2 MiB/h · no limit set · a whole day of samples would tell`. */
export function growerLine(one: SlowGrower, nowMs: number): string {
  const { service, verdict, growthBytesPerHour, wouldHelp, atMs, atLimitBefore, noLimit, audit } = one;
  const name = escapeText(service.name, 60);
  const rate = growthBytesPerHour === null ? '' : ` ${signedRate(growthBytesPerHour)}`;
  const limitAtMs = endOf(one);
  const parts = [
    `${verdict === 'suspicious' ? `🟡 ${name} suspicious` : name}${rate}`,
    limitAtMs === null ? undefined : limitWords(limitAtMs, nowMs),
    audit ? auditWords(audit) : undefined,
    atLimitBefore ? 'was at its limit before, and lived' : undefined,
    noLimit && wouldHelp !== 'a-limit' ? 'no limit set' : undefined,
    verdict === 'suspicious' && wouldHelp ? HELP[wouldHelp] : undefined,
    nowMs - atMs > OLD_MS ? `as of ${slackClock(atMs, nowMs)}, can't be told now` : undefined,
  ];
  return parts.filter(Boolean).join(' · ');
}

const HELP = {
  time: 'more time to look at would tell',
  'a-whole-day': 'a whole day of samples would tell',
  'cpu-and-net': 'CPU and network figures would tell',
  'a-limit': 'no limit set: one would tell how long it may go on',
} as const;
