import type { Undelivered } from '../model/delivery.js';
import { duration } from './times.js';
import { count } from './units.js';

/** A post is said within seconds (reliability Z02: a minute); one that may be a repeat waits for a minute before it is one. */
const LATE_MS = 90_000;

/** For `status` and `/readyz`, plain text: why what is to be said is not said. Nothing while all is well. */
export function undeliveredWords({ waiting, sinceMs, refused }: Undelivered, nowMs: number): string[] {
  if (refused) return ['Slack refuses SLACK_BOT_TOKEN: nothing is delivered until it is renewed, and nothing is thrown away.'];
  if (sinceMs === null || nowMs - sinceMs < LATE_MS) return [];
  const waits = waiting === 1 ? 'A message waits' : `${count(waiting, 'message')} wait`;
  return [`${waits} to be delivered to Slack, the first of them for ${duration(nowMs - sinceMs)}: the workers’ log says why.`];
}
