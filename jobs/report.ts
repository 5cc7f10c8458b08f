import { randomBytes } from 'node:crypto';
import { assess } from '../src/analysis/assess.js';
import { assessService } from '../src/analysis/assess-service.js';
import { personError, withDeadline } from '../src/errors.js';
import type { Series, ServiceAssessment } from '../src/model/assessment.js';
import type { Chart } from '../src/model/chart.js';
import type { Uploader } from '../src/model/delivery.js';
import type { Incident, Incidents } from '../src/model/incident.js';
import type { Outbox } from '../src/model/message.js';
import type { People } from '../src/model/people.js';
import { SampleTable } from '../src/model/sample-table.js';
import { deliverSoon } from '../src/queue/deliver-soon.js';
import type { Enqueue } from '../src/queue/enqueue.js';
import { chartedReplicas, chartOf } from '../src/render/chart.js';
import { reportDocument } from '../src/render/report.js';
import { reportMessage } from '../src/render/report-message.js';
import { escapeText } from '../src/render/text.js';
import type { Processor } from './context.js';
import type { LookPorts } from './look.js';
import { seriesThen } from './series-then.js';

export type ReportPorts = LookPorts & {
  readonly incidents: Pick<Incidents, 'incident'>;
  readonly people: People;
  readonly uploader: Pick<Uploader, 'uploadText'>;
  readonly outbox: Pick<Outbox, 'say' | 'get'>;
  readonly enqueue: Enqueue;
};

/** Three calls and Slack's scan of the file (15 s at most). */
const UPLOAD_DEADLINE_MS = 45_000;
/** What is drawn before the incident opened: as long as it lasted, and at least this. */
const BEFORE_MS = 6 * 3_600_000;
const UNTIL_CLOSED_MS = 1;

/**
 * `/leak report`: the incident as a document, uploaded, and said where it was asked for, with a chart of its whole course. Run
 * twice it is one message: the second one finds it said.
 */
export function makeReport(ports: ReportPorts): Processor<'report'> {
  const { outbox, uploader, people, enqueue } = ports;
  return async ({ incidentId, outboxKey, target }, { nowMs, signal, log }) => {
    const found = await ports.incidents.incident(incidentId);
    if (!found) throw personError('That incident is too old: it is not kept any more.');
    const incident = found.value;
    if (!(await outbox.get(outboxKey))) {
      const { assessment, chart } = await course(incident, nowMs(), ports);
      const names = await people.names(whoIn(incident));
      const document = reportDocument(incident, { nowMs: nowMs(), names, assessment, chart: chart !== null });
      const uploaded = await withDeadline(UPLOAD_DEADLINE_MS, 'The report', (deadline) =>
        uploader.uploadText(document, AbortSignal.any([signal, deadline])),
      );
      if ('refused' in uploaded) {
        const reference = randomBytes(4).toString('hex');
        log.error({ reference, incidentId, refused: uploaded.refused }, 'Slack refused a report');
        throw personError(refusedWords(uploaded.refused, reference));
      }
      await outbox.say(outboxKey, target, reportMessage(incident, document, uploaded.permalink, nowMs()), chart ?? undefined);
    }
    await deliverSoon(enqueue, target);
  };
}

/** By Slack's word, what can be done about it. */
function refusedWords(word: string, reference: string): string {
  const remedy =
    word === 'missing_scope'
      ? 'The app lacks `files:write`: whoever runs Leakwatch has to install the app again, by its `manifest.yml`'
      : word.startsWith('file_upload') || word === 'storage_limit_reached'
        ? 'That is a setting or a limit of the workspace: an admin of it can change that'
        : 'Ask once more; if it stays so, whoever runs Leakwatch finds it in the log. `/leak history &lt;service&gt;` says the incident in short';
  return `Slack does not take the report's file: \`${escapeText(word, 80)}\` (reference ${reference}). ${remedy}.`;
}

type Course = { readonly assessment: ServiceAssessment | null; readonly chart: Chart | null };

/** As it was when it closed, or is now: judged from what is left of its samples, drawn over the whole of it. */
async function course(incident: Incident, nowMs: number, ports: ReportPorts): Promise<Course> {
  const { closed, openedMs, service } = incident;
  const endMs = closed ? closed.atMs + UNTIL_CLOSED_MS : nowMs;
  const series = await seriesThen(service.id, endMs, ports);
  if (series.length === 0) return { assessment: null, chart: null };
  const assessment = assessService(
    service,
    series.map((one) => assess(one, endMs)),
    [],
  );
  const fromMs = openedMs - Math.max(BEFORE_MS, endMs - openedMs);
  const drawn = new Set(chartedReplicas(assessment).map(({ key }) => key));
  const cut = series.filter(({ replica }) => drawn.has(replica.key)).map((one) => since(one, fromMs));
  return { assessment, chart: chartOf(assessment, cut, endMs) };
}

function since(series: Series, fromMs: number): Series {
  const runs = series.runs.filter(({ endedAtMs }) => endedAtMs === undefined || endedAtMs >= fromMs);
  return { ...series, fromMs: Math.max(series.fromMs, fromMs), runs, samples: SampleTable.of(series.samples).between(fromMs) };
}

function whoIn({ acknowledged, closed, moments }: Incident): string[] {
  const mentioned = moments.flatMap(({ words }) => [...words.matchAll(/<@([UW]\w+)/g)].flatMap(([, id]) => (id ? [id] : [])));
  return [...mentioned, ...moments.map(({ by }) => by), acknowledged?.by, closed?.by].filter((id) => id !== undefined);
}
