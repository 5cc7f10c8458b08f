import { Counter } from 'prom-client';
import { makeRegistry } from './registry.js';

export type WorkerMetrics = {
  readonly text: () => Promise<string>;
  readonly jobEnded: (name: string, outcome: 'done' | 'failed') => void;
  /** `ok`; `limited`: a 429; `refused`: Slack said no; `unanswered`: it may have arrived. */
  readonly slackAnswered: (method: string, outcome: 'ok' | 'limited' | 'refused' | 'unanswered') => void;
};

/** What a worker's `/metrics` shows: itself, its jobs, and what Slack answered it. */
export function makeWorkerMetrics(version: string): WorkerMetrics {
  const registry = makeRegistry('worker', version);
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  // Not `job`: Prometheus has that label for what it scrapes.
  const jobs = counter('leakwatch_jobs_total', 'Jobs that ended; a failed one may be tried again.', 'name', 'outcome');
  const slack = counter(
    'leakwatch_slack_requests_total',
    'Requests to Slack’s Web API by method and by what came of them: ok, limited (429), refused, unanswered.',
    'method',
    'outcome',
  );
  for (const outcome of ['ok', 'limited', 'refused', 'unanswered']) slack.inc({ method: 'chat.postMessage', outcome }, 0);
  return {
    text: () => registry.metrics(),
    jobEnded: (name, outcome) => jobs.inc({ name, outcome }),
    slackAnswered: (method, outcome) => slack.inc({ method, outcome }),
  };
}
