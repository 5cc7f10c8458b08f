import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import { listed } from './card-view.js';
import { replicaName } from './memory.js';
import { slackClock } from './times.js';
import { count } from './units.js';

/**
 * `#7 on hv-03: 3 processes in it were OOM-killed since its start 02:10, the last 03:02; the container stayed up`: the kernel ended
 * a child, the first process lived on. No restart and no exit code tell of it.
 */
export function killsLine({ replicas }: ServiceAssessment, nowMs: number): string | undefined {
  const hit = replicas.filter(({ replica }) => replica.running && killsOf(replica) > 0);
  const [first, ...others] = hit;
  if (!first) return undefined;
  const kills = hit.reduce((sum, { replica }) => sum + killsOf(replica), 0);
  const lastMs = hit.reduce((last, { replica }) => Math.max(last, replica.run.lastOomKillMs ?? 0), 0);
  const last = lastMs > 0 ? `, ${kills > 1 ? 'the last ' : ''}${slackClock(lastMs, nowMs)}` : '';
  const dead = `${count(kills, 'process', 'processes')} ${others.length === 0 ? 'in it ' : ''}${kills === 1 ? 'was' : 'were'} OOM-killed`;
  if (others.length === 0) {
    const who = replicas.length > 1 ? `${replicaName(first.replica, replicas)}: ` : '';
    const since = ` since its start ${slackClock(first.replica.run.startedAtMs, nowMs)}`;
    return `⚠️ ${who}${dead}${kills > 1 ? since : ''}${last}; the container stayed up`;
  }
  const most = hit.toSorted((a, b) => killsOf(b.replica) - killsOf(a.replica));
  const names = most.map(({ replica }) => `${replicaName(replica, replicas)} ${killsOf(replica)}`);
  return `⚠️ ${dead} in ${hit.length} replicas (${listed(names)})${last}; their containers stayed up`;
}

function killsOf({ run }: Assessment['replica']): number {
  return run.oomKills ?? 0;
}
