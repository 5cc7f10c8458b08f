import { isAway, type Unanswered } from '../model/answering.js';
import type { SlackMessage } from '../model/message.js';
import { plainMessage } from './plain-message.js';
import { clip, escapeText, visible } from './text.js';
import { duration, slackClock } from './times.js';

const MAX_REASON = 130;
const WITHOUT_IT = 'Verdicts are of our own samples and what it told before; services that it alone knows cannot be checked.';

/** For `status` and the home tab, plain text: `Prometheus has not answered for 7 min: cannot be reached (ECONNREFUSED). Verdicts are of …`. Nothing while it is no news. */
export function unansweredWords(unanswered: Unanswered | null, nowMs: number): string[] {
  if (!unanswered || !isAway(unanswered, nowMs)) return [];
  return [`Prometheus has not answered for ${duration(nowMs - unanswered.sinceMs)}: ${reasonOf(unanswered)}. ${WITHOUT_IT}`];
}

/** Said to the channel once, and changed when it is over. */
export function unansweredMessage(unanswered: Unanswered, nowMs: number): SlackMessage {
  const since = slackClock(unanswered.sinceMs, nowMs);
  const first = `🟠 Prometheus has not answered since ${since}: ${escapeText(reasonOf(unanswered), MAX_REASON)}`;
  const rest = `${WITHOUT_IT} Nothing is called healthy or over for want of it. I will edit this message when it answers`;
  return { ...plainMessage(`*${first}*\n${rest}`), text: first };
}

export function answersAgainMessage({ sinceMs }: Unanswered, nowMs: number): SlackMessage {
  const since = slackClock(nowMs, nowMs);
  return plainMessage(
    `🟢 Prometheus answers again since ${since}: it had not for ${duration(nowMs - sinceMs)}, since ${slackClock(sinceMs, nowMs)}`,
  );
}

/** Errors name the server first. */
function reasonOf({ why }: Unanswered): string {
  return clip(visible(why.replace(/^Prometheus: /, '')), MAX_REASON);
}
