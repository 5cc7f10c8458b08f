import { dockerStatsOf } from '../src/analysis/docker-stats.js';
import type { ServiceAssessment } from '../src/model/assessment.js';
import type { DockerStats } from '../src/model/docker-stats.js';
import { withoutSamples } from '../src/model/host.js';
import type { Outbox } from '../src/model/message.js';
import { type RulesPort, withoutIgnored } from '../src/model/rules.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { topMessage } from '../src/render/top.js';
import type { Processor } from './context.js';
import { assessNow, DEFAULT_WINDOW_MS, fleet, type LookPorts } from './look.js';

export type TopPorts = LookPorts & { readonly outbox: Outbox; readonly enqueue: Enqueue; readonly rules: RulesPort };

/** `/leak top`: every replica as `docker stats` shows it, soonest out of memory first. Services are looked at one by one, so that memory stays small. */
export function makeTop(ports: TopPorts): Processor<'top'> {
  return async ({ outboxKey, target }, { nowMs, signal }) => {
    const { replicas: all, beats } = await fleet(ports);
    const replicas = withoutIgnored(ports.rules.now(), all);
    const services = new Map(replicas.map((replica) => [replica.service.id, replica.service]));
    const assessments: ServiceAssessment[] = [];
    const stats = new Map<string, DockerStats>();
    for (const service of services.values()) {
      signal.throwIfAborted();
      const own = replicas.filter((replica) => replica.service.id === service.id);
      const assessment = await assessNow(service, own, beats, DEFAULT_WINDOW_MS, nowMs(), ports, (series) => {
        const now = dockerStatsOf(series);
        if (now) stats.set(series.replica.key, now);
      });
      assessments.push(assessment);
    }
    const silent = withoutSamples(beats, nowMs());
    await ports.outbox.say(outboxKey, target, topMessage(assessments, stats, silent, nowMs()));
    await deliverSoon(ports.enqueue, target);
  };
}
