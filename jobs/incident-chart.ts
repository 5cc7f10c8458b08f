import type { ServiceAssessment } from '../src/model/assessment.js';
import type { Chart } from '../src/model/chart.js';
import type { Incident } from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import { chartOf } from '../src/render/chart.js';
import { endingOf } from '../src/render/chart-ending.js';
import { chartedSeries } from '../src/render/chart-window.js';
import { chartedNow, DEFAULT_WINDOW_MS, type LookPorts } from './look.js';

/** The picture under the root of an incident as it is now; of one that is over, how it grew and how it ended. */
export async function incidentChart(
  incident: Incident,
  assessment: ServiceAssessment,
  nowMs: number,
  ports: LookPorts,
): Promise<Chart | undefined> {
  const ending = endingOf(incident);
  const series = await chartedNow(assessment, DEFAULT_WINDOW_MS, nowMs, ports);
  return chartOf(assessment, chartedSeries(assessment, series, nowMs, ending), nowMs, { ending }) ?? undefined;
}

/** The picture that a root has, said already or not: what is new of it may have nothing to do with the curve. */
export async function chartOfRoot({ id, unsaid }: Incident, outbox: Pick<Outbox, 'get'>): Promise<Chart | undefined> {
  return unsaid.find(({ as }) => as === 'root')?.chart ?? (await outbox.get(id))?.chart;
}
