import { withDeadline } from '../errors.js';
import { type Hosts, isSilent } from '../model/host.js';

export type ReadinessParts = {
  readonly ping: () => Promise<unknown>;
  readonly hosts: Pick<Hosts, 'all'>;
  readonly slackProblem: () => string | null;
  readonly nowMs: () => number;
};

/**
 * Why the bot cannot answer now, one sentence each: Redis, Slack, agents. One silent host of many is no reason: the answers
 * that it should have been part of name it.
 */
export async function notReady({ ping, hosts, slackProblem, nowMs }: ReadinessParts): Promise<string[]> {
  const reasons: string[] = [];
  const slack = slackProblem();
  if (slack) reasons.push(slack);
  try {
    await withDeadline(1_000, 'Redis', ping);
    const beats = await hosts.all();
    const silent = beats.filter((beat) => isSilent(beat, nowMs()));
    if (beats.length === 0) reasons.push('agents: none has reported yet');
    else if (silent.length === beats.length) reasons.push(`agents: all silent (${silent.map(({ host }) => host).join(', ')})`);
  } catch (error) {
    reasons.push(`Redis: ${error instanceof Error ? error.message : String(error)}`);
  }
  return reasons;
}
