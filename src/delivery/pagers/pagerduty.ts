import type { Page, Pager } from '../../model/page.js';
import { post } from './ask.js';

/** `summary` of at most 1,024 characters, keys of at most 255 (developer.pagerduty.com, Events API v2). */
const CLIENT = 'Leakwatch';

export type PagerDutyParts = {
  /** `https://events.pagerduty.com`, or `https://events.eu.pagerduty.com`. */
  readonly url: string;
  readonly routingKey: string;
};

/** `POST /v2/enqueue`: events of one `dedup_key` are one alert, however often they come. */
export function makePagerDuty({ url, routingKey }: PagerDutyParts): Pager {
  return {
    name: 'PagerDuty',
    refreshMs: null,
    async send(page, _nowMs, signal) {
      const event = { routing_key: routingKey, event_action: page.step, dedup_key: page.incidentId };
      const body = page.step === 'trigger' ? { ...event, ...triggerOf(page) } : event;
      await post('PagerDuty', `${url.replace(/\/+$/, '')}/v2/enqueue`, body, {}, signal);
    },
  };
}

function triggerOf({ service, summary, details, hosts, openedMs, link }: Page) {
  return {
    client: CLIENT,
    ...(link ? { client_url: link, links: [{ href: link, text: 'In Slack' }] } : {}),
    payload: {
      summary,
      source: hosts[0] ?? service.id,
      severity: 'critical',
      timestamp: new Date(openedMs).toISOString(),
      component: service.name,
      ...(service.project ? { group: service.project } : {}),
      class: 'memory leak',
      custom_details: details,
    },
  };
}
