import type { SlackMessage } from '../model/message.js';
import type { News } from '../model/news.js';
import { alarmWords } from './alarm.js';
import { auditWords, imagesLink, tagLink } from './deploys.js';
import { quietUpTo } from './not-a-leak.js';
import { plainMessage } from './plain-message.js';
import { escapeText, linked } from './text.js';
import { slackClock } from './times.js';
import { rate, signedRate } from './units.js';

/** What is said of it in the thread; null: the root says it, or the timeline alone. `owner` is mentioned where somebody is to be woken. */
export function newsMessage(news: News, nowMs: number, owner?: string): SlackMessage | null {
  const words = newsWords(news, nowMs);
  if (news.kind === 'alert' || news.kind === 'update') return null;
  if (news.kind === 'audit' && news.audit.result !== 'worse') return null;
  if (news.kind === 'collect')
    return plainMessage(`Evidence about ${escapeText(news.service, 80)} is collected here from now on (asked by <@${news.by}>)`);
  return plainMessage(news.kind === 'page' && owner ? `${owner} ${words}` : words);
}

/** The last word in a thread that evidence goes to no more. */
export function movedMessage({ by, service, link }: Extract<News, { kind: 'collect' }>): SlackMessage {
  const where = link ? linked(link, 'another thread') : 'another thread';
  return plainMessage(`Evidence about ${escapeText(service, 80)} goes to ${where} from now on (asked by <@${by}>)`);
}

/** One line of what happened, in Slack's markup: for the thread, and for the timeline of a report. */
export function newsWords(news: News, nowMs: number): string {
  switch (news.kind) {
    case 'alert':
      return `Opened${eventWords(news.event, nowMs)}`;
    case 'update':
      return `Changed${eventWords(news.event, nowMs)}`;
    case 'page':
      return `🔴 Sooner than said${eventWords(news.event, nowMs)}`;
    case 'resolve':
      return `✅ Calm for as long as it had grown: resolved. ${news.deployed ? 'What ended it is not known' : 'No new image since'}, so it may come back`;
    case 'oom-kill':
      return `💥 ${escapeText(news.replica, 80)} was killed out of memory at ${slackClock(news.atMs, nowMs)}${news.back ? ', and runs again' : ''}${turn(news.count, 'kill')}`;
    case 'child-kill':
      return `💥 A process in ${escapeText(news.replica, 80)} was killed out of memory; the container stays up${turn(news.count, 'kill')}`;
    case 'restart':
      return `🔁 ${escapeText(news.replica, 80)} was restarted at ${slackClock(news.atMs, nowMs)}${news.exitCode === undefined ? '' : ` (exit ${news.exitCode})`}${turn(news.count, 'restart')}`;
    case 'deploy':
      return `🚀 ${imagesLink(news)} since ${slackClock(news.atMs, nowMs)}: whether that fixes it is said here when it can be told`;
    case 'fixed':
      return `✅ Fixed by ${tagLink(news)}: ${slopes(news)}`;
    case 'not-fixed':
      return `🔴 Not fixed by ${tagLink(news)}: ${slopes(news)}`;
    case 'audit':
      return `${news.audit.result === 'worse' ? '🔴 ' : ''}${auditWords(news.audit)}`;
    case 'gone':
      return `⚪ No container of it is there since ${slackClock(news.sinceMs, nowMs)}: closed${news.growthBytesPerHour === null ? '' : `; the last that was seen was ${signedRate(news.growthBytesPerHour)} per replica`}. If it comes back and leaks, I say so`;
    case 'unwatched':
      return offWatchWords(news);
    case 'acknowledge':
      return `<@${news.by}> has it`;
    case 'resolve-by':
      return `<@${news.by}> resolved it. If it still leaks, I say so again`;
    case 'reopen':
      return `<@${news.by}> opened it again`;
    case 'split':
      return `<@${news.by}> took it out of the storm's message`;
    case 'collect':
      return `<@${news.by}> collects what is found in ${news.link ? linked(news.link, 'another thread') : 'another thread'} from now on`;
    case 'alarm':
      return alarmWords(news.alert, nowMs);
    case 'snooze':
      return `<@${news.by}> snoozed it ${news.untilMs === null ? 'until it is a quarter faster' : `until ${slackClock(news.untilMs, nowMs)}`}; kills and deploys are said all the same`;
    case 'snooze-over':
      return `🔔 The snooze is over${news.growthBytesPerHour === null ? '' : `; now ${signedRate(news.growthBytesPerHour)} per replica`}`;
    case 'not-a-leak':
      return `<@${news.by}>: not a leak (${escapeText(news.reason, 200)}). Quiet ${quietUpTo(news)}, and until the third new image`;
  }
}

function offWatchWords({ by }: Extract<News, { kind: 'unwatched' }>): string {
  return by
    ? `⚪ No longer watched: <@${by}> took it off the watch. Closed; whether it still leaks nobody looks. \`/leak watch &lt;service&gt;\` brings it back: if it leaks then, I say so`
    : '⚪ No longer watched: it is ignored, by `leakwatch.yml` or a label. Closed; whether it still leaks nobody looks. When that is taken away and it leaks, I say so';
}

function eventWords(
  { growthBytesPerHour, limitAtMs }: { growthBytesPerHour: number | null; limitAtMs: number | null },
  nowMs: number,
): string {
  const speed = growthBytesPerHour === null ? '' : `: ${signedRate(growthBytesPerHour)} per replica`;
  const left =
    limitAtMs === null ? '' : `, first out of memory ${limitAtMs <= nowMs ? 'now' : `at about ${slackClock(limitAtMs, nowMs)}`}`;
  return `${speed}${left}`;
}

/** `+41 → +0.4 MiB/h (−1.1 … +1.9)`. */
function slopes({ before, after }: Extract<News, { kind: 'fixed' | 'not-fixed' }>): string {
  return `${before === null ? '' : `${signedRate(before)} → `}${rate(after, ' per replica')}`;
}

function turn(count: number, what: string): string {
  return count > 1 ? ` · ${count} ${what}s since it opened` : '';
}
