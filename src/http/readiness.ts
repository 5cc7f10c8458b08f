import { withDeadline } from '../errors.js';
import type { Undelivered } from '../model/delivery.js';
import { type Hosts, isSilent } from '../model/host.js';
import { undeliveredWords } from '../render/undelivered.js';

export type ReadinessParts = {
  readonly ping: () => Promise<unknown>;
  readonly hosts: Pick<Hosts, 'all'>;
  /** What a Redis that answers may do to what is written: throw it away, take nothing. */
  readonly redisProblems: () => readonly string[];
  readonly undelivered: () => Promise<Undelivered>;
  /** How many listen. */
  readonly workers: () => Promise<number>;
  readonly slackProblem: () => string | null;
  readonly nowMs: () => number;
};

/**
 * Why the bot cannot answer now, one sentence each: Redis, Slack, workers, agents. One silent host of many is no reason: the answers
 * that it should have been part of name it.
 */
export async function notReady({ ping, hosts, slackProblem, nowMs, ...parts }: ReadinessParts): Promise<string[]> {
  const reasons: string[] = [];
  const slack = slackProblem();
  if (slack) reasons.push(slack);
  try {
    await withDeadline(1_000, 'Redis', ping);
    reasons.push(...parts.redisProblems());
    const [beats, undelivered, workers] = await Promise.all([hosts.all(), parts.undelivered(), parts.workers()]);
    reasons.push(...undeliveredWords(undelivered, nowMs()));
    if (workers === 0) reasons.push('workers: none is running, so that nothing is watched, answered or delivered');
    const silent = beats.filter((beat) => isSilent(beat, nowMs()));
    if (beats.length === 0) reasons.push('agents: none has reported yet');
    else if (silent.length === beats.length) reasons.push(`agents: all silent (${silent.map(({ host }) => host).join(', ')})`);
  } catch (error) {
    reasons.push(`Redis: ${error instanceof Error ? error.message : String(error)}`);
  }
  return reasons;
}
