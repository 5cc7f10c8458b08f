import { worldError } from '../../errors.js';
import { OWN_ALERT_LABEL } from '../../model/alert.js';
import type { Page, Pager } from '../../model/page.js';
import { post } from './ask.js';

/** Prometheus sends what fires again each minute: an Alertmanager that was started anew has forgotten it. */
const REFRESH_MS = 60_000;
/** Not said again for so long, it passes for over: longer than a worker or Redis is ever away, since silence is no recovery. */
const ENDS_AFTER_MS = 30 * 60_000;

export type AlertmanagerParts = {
  /** Of each member of a cluster; one that takes it is enough, since they tell each other what was notified. */
  readonly urls: readonly string[];
  /** `Bearer …` or `Basic …`. */
  readonly authorization?: string | undefined;
};

/** `POST /api/v2/alerts` (prometheus/alertmanager, api/v2/openapi.yaml). An alert is its labels: they never change while it is open. */
export function makeAlertmanager({ urls, authorization }: AlertmanagerParts): Pager {
  const headers: Record<string, string> = authorization ? { authorization } : {};
  return {
    name: 'Alertmanager',
    refreshMs: REFRESH_MS,
    async send(page, nowMs, signal) {
      const body = [alertOf(page, nowMs)];
      const sent = urls.map((url) => post('Alertmanager', `${url.replace(/\/+$/, '')}/api/v2/alerts`, body, headers, signal));
      const outcomes = await Promise.allSettled(sent);
      if (outcomes.some(({ status }) => status === 'fulfilled')) return;
      const [first] = outcomes;
      throw first?.status === 'rejected' ? first.reason : worldError('Alertmanager: no address');
    },
  };
}

function alertOf({ incidentId, service, step, summary, details, openedMs, closedMs, link }: Page, nowMs: number) {
  const { closed: _, hosts = '', ...told } = details;
  return {
    labels: {
      alertname: 'MemoryLeak',
      severity: 'page',
      service: service.name,
      ...(service.project ? { project: service.project } : {}),
      [OWN_ALERT_LABEL]: incidentId,
    },
    annotations: {
      summary,
      ...told,
      hosts,
      ...(step === 'acknowledge' ? { in_hand: 'somebody has it, in Slack' } : {}),
      ...(link ? { thread: link } : {}),
    },
    startsAt: new Date(openedMs).toISOString(),
    endsAt: new Date(
      step === 'resolve' ? Math.max(openedMs + 1, Math.min(closedMs ?? nowMs, nowMs)) : nowMs + ENDS_AFTER_MS,
    ).toISOString(),
    ...(link ? { generatorURL: link } : {}),
  };
}
