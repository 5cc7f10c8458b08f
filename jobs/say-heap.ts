import { whoGrew } from '../src/analysis/heap-evidence.js';
import type { Chart } from '../src/model/chart.js';
import type { DroppedFiles } from '../src/model/dropped-file.js';
import type { Heaps, MassifResult } from '../src/model/heap-taking.js';
import type { Incident, Incidents, Rounds, Saying } from '../src/model/incident.js';
import type { Outbox, SlackMessage, Target } from '../src/model/message.js';
import type { Moment } from '../src/model/news.js';
import type { Payload } from '../src/queue/catalogue.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { heapChart } from '../src/render/heap-chart.js';
import { heapMessage } from '../src/render/heap-evidence.js';
import { lateMessage, noHeapMessage } from '../src/render/heap-problem.js';
import { massifChart } from '../src/render/massif-chart.js';
import { massifMessage } from '../src/render/massif-message.js';
import { massifPlanMessage } from '../src/render/massif-plan.js';
import type { Processor } from './context.js';
import { evidenceOf, type HeapEvidencePorts, missingOf } from './heap-evidence.js';
import type { AskOwn, Told } from './own-metrics.js';
import { inItsTurn } from './turn.js';

export type SayHeapPorts = HeapEvidencePorts & {
  readonly heaps: Pick<Heaps, 'finding'>;
  readonly dropped: Pick<DroppedFiles, 'answered'>;
  readonly incidents: Pick<Incidents, 'incident' | 'watched' | 'commit' | 'ofService'>;
  readonly rounds: Pick<Rounds, 'alone'>;
  readonly outbox: Pick<Outbox, 'say' | 'get'>;
  readonly enqueue: Enqueue;
  /** Absent: no metrics server is configured. */
  readonly askOwn?: AskOwn | undefined;
};

type Wanted = Payload<'say-heap'>;
/** By then what it belongs to is said, as a rule. */
const FLAME_AFTER_MS = 3_000;
/** `grew`: the function that grew most, where one did. */
type Evidence = Pick<Moment, 'kind' | 'atMs'> & {
  readonly message: SlackMessage;
  readonly chart?: Chart;
  readonly isGrowth?: boolean;
  readonly grew?: string;
};

/**
 * Says what came of a heap: in the thread of its incident as evidence, else where it was asked for. A second heap, taken a minute after one
 * that could not be compared with any, changes what was said of the first. Nothing came at all: that is said too.
 */
export function makeSayHeap(ports: SayHeapPorts): Processor<'say-heap'> {
  return async (wanted, { log, nowMs }) => {
    const finding = await ports.heaps.finding(wanted.outboxKey);
    if (wanted.late) {
      if (!finding && wanted.target) await answer(wanted, wanted.target, lateMessage(wanted.replica), ports);
      return;
    }
    if (!finding) return log.warn({ key: wanted.outboxKey }, 'what came of a heap is not known any more');
    if ('noMassif' in finding || 'massif' in finding) return sayMassif(wanted, finding, nowMs(), ports);
    const told: Told = wanted.profile === 'heap' ? ((await ports.askOwn?.(wanted.replica, nowMs())) ?? {}) : {};
    if ('problem' in finding) {
      const message = noHeapMessage(finding, told.own, missingOf(told).join(' · '));
      return sayProblem(wanted, message, nowMs(), ports);
    }
    const found = await evidenceOf(finding, wanted, told, nowMs(), ports);
    const [message, chart] = [heapMessage(found, nowMs(), wanted.outboxKey), heapChart(found, nowMs()) ?? undefined];
    const atMs = found.takenAtMs.at(-1) ?? nowMs();
    const [grew, isGrowth] = [whoGrew(found), found.takenAtMs.length > 1];
    const said = { kind: 'evidence', message, atMs, isGrowth, ...(chart ? { chart } : {}), ...(grew ? { grew } : {}) } as const;
    if (wanted.incidentId) await toThread(wanted.incidentId, wanted, said, ports);
    else if (wanted.target) await answer(wanted, wanted.target, message, ports, chart);
    if (!finding.stacks) return;
    const saidKey = wanted.incidentId ? evidenceKey(wanted.incidentId, wanted) : wanted.outboxKey;
    const flame = { v: 1, findingKey: wanted.outboxKey, saidKey } as const;
    await ports.enqueue('flame', flame, { once: `${saidKey} ${wanted.takingId}`, delayMs: FLAME_AFTER_MS });
  };
}

/** Where it was asked for: what a file under Valgrind says is no evidence of what leaks in production now. */
async function sayMassif(wanted: Wanted, result: MassifResult, nowMs: number, ports: SayHeapPorts): Promise<void> {
  if (!wanted.target) return;
  if ('noMassif' in result) return answer(wanted, wanted.target, massifPlanMessage(result.noMassif), ports);
  const { massif: finding, of } = result;
  const { service } = (await ports.inventory.all()).find(({ key }) => key === of.replica) ?? { service: { name: of.service } };
  const { from, to, massif } = finding;
  const subject = `${service.name} #${of.number}`;
  const message = massifMessage({ subject, finding, nowMs, rawKey: wanted.outboxKey });
  const picture = massifChart({ ...massif, from, to, name: `${subject} under Massif` });
  await answer(wanted, wanted.target, message, ports, picture ?? undefined);
}

/** For who asked, alone where it was to be evidence; of a verdict's own heap, for the thread where it was to be. */
async function sayProblem(wanted: Wanted, message: SlackMessage, atMs: number, ports: SayHeapPorts): Promise<void> {
  if (wanted.target) return answer(wanted, wanted.target, message, ports);
  if (wanted.incidentId && wanted.why === 'verdict')
    await toThread(wanted.incidentId, wanted, { kind: 'no-heap', message, atMs }, ports);
}

async function answer(
  { outboxKey }: Wanted,
  target: Target,
  message: SlackMessage,
  { outbox, dropped, enqueue }: SayHeapPorts,
  chart?: Chart,
): Promise<void> {
  const entry = await outbox.say(outboxKey, target, message, chart);
  // From now on files are read in its thread.
  if (target.kind === 'channel') await dropped.answered(target.channel, outboxKey, entry.createdAtMs);
  await deliverSoon(enqueue, entry.target);
}

/** Said by `tell`, in order with everything else; under one key for one taking, so that two who asked have it once. */
async function toThread(incidentId: string, wanted: Wanted, said: Evidence, ports: SayHeapPorts): Promise<void> {
  const { incidents, rounds, enqueue } = ports;
  await inItsTurn(rounds, wanted.serviceId, async () => {
    const [found, watched] = [await incidents.incident(incidentId), await incidents.watched(wanted.serviceId)];
    if (!found) return true;
    return incidents.commit({
      serviceId: wanted.serviceId,
      watched,
      incident: { ...found, value: withEvidence(found.value, wanted, said) },
    });
  });
  await enqueue('tell', { v: 1, incidentId }, { collapse: incidentId });
}

/** A second heap changes what was said of the first. */
function evidenceKey(incidentId: string, { takingId }: Pick<Wanted, 'takingId'>): string {
  return `${incidentId}-${takingId.replace(/-2$/, '')}`;
}

function withEvidence(incident: Incident, wanted: Wanted, { kind, message, chart, atMs, isGrowth, grew }: Evidence): Incident {
  const key = evidenceKey(incident.id, wanted);
  const saying: Saying = { key, as: 'evidence', message, ...(chart ? { chart } : {}) };
  const moment: Moment = { atMs, kind, words: message.text };
  const isNew = !incident.moments.some((one) => one.kind === kind && one.atMs === atMs);
  const moments = isNew ? [...incident.moments, moment].sort((a, b) => a.atMs - b.atMs) : incident.moments;
  return {
    ...incident,
    ...(grew ? { grew } : {}),
    ...(isGrowth ? { grewWords: message.text } : {}),
    moments,
    unsaid: [...incident.unsaid.filter((one) => one.key !== key), saying],
  };
}
