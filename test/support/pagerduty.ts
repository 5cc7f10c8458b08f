import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * PagerDuty's Events API v2 as its reference describes it (developer.pagerduty.com, "Send an alert event"): what it refuses is refused
 * here, and an alert is a `dedup_key` with a state. What came for no alert is kept apart: PagerDuty takes it and does nothing.
 */
export type PagedAlert = {
  readonly key: string;
  state: 'triggered' | 'acknowledged' | 'resolved';
  /** How often people were woken: once for each time that it was triggered anew. */
  woken: number;
  summary: string;
  readonly events: string[];
};
export type PagerDutyDouble = {
  readonly url: string;
  readonly alerts: Map<string, PagedAlert>;
  readonly refused: string[];
  readonly unmatched: string[];
  /** Of the next requests: answered so and not taken; `after`: taken, and the answer is lost. */
  fail(how: 'after' | number, times: number): void;
  stop(): Promise<void>;
};

type Event = {
  routing_key?: unknown;
  event_action?: unknown;
  dedup_key?: unknown;
  payload?: Record<string, unknown>;
  links?: unknown;
};
const SEVERITIES = ['critical', 'warning', 'error', 'info'];
const KNOWN = ['routing_key', 'event_action', 'dedup_key', 'payload', 'images', 'links', 'client', 'client_url'];
const KNOWN_IN_PAYLOAD = ['summary', 'source', 'severity', 'timestamp', 'component', 'group', 'class', 'custom_details'];

export async function startPagerDuty(routingKey: string): Promise<PagerDutyDouble> {
  const alerts = new Map<string, PagedAlert>();
  const [refused, unmatched]: [string[], string[]] = [[], []];
  let failing: { how: 'after' | number; times: number } = { how: 'after', times: 0 };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const say = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (failing.times > 0 && failing.how !== 'after') {
      failing.times -= 1;
      return say(failing.how, { status: 'throttle exceeded', message: 'Requests for this service are arriving too quickly.' });
    }
    const text = Buffer.concat(parts).toString();
    const problems = problemsOf(request.method, request.url, text, routingKey);
    if (problems.length > 0) {
      refused.push(...problems);
      return say(400, { status: 'invalid event', message: 'Event object is invalid', errors: problems });
    }
    const event = JSON.parse(text) as { event_action: string; dedup_key: string; payload?: { summary: string } };
    take(event, alerts, unmatched);
    if (failing.times > 0) {
      failing.times -= 1;
      return request.socket.destroy();
    }
    say(202, { status: 'success', message: 'Event processed', dedup_key: event.dedup_key });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ alerts, refused, unmatched },
    fail(how, times) {
      failing = { how, times };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function take(
  { event_action: action, dedup_key: key, payload }: { event_action: string; dedup_key: string; payload?: { summary: string } },
  alerts: Map<string, PagedAlert>,
  unmatched: string[],
): void {
  const open = alerts.get(key);
  if (action === 'trigger') {
    const summary = payload?.summary ?? '';
    if (!open) alerts.set(key, { key, state: 'triggered', woken: 1, summary, events: [action] });
    else {
      // An event of an alert that is open is added to it and wakes nobody; one of an alert that is over begins it anew.
      if (open.state === 'resolved') Object.assign(open, { state: 'triggered', woken: open.woken + 1 });
      open.events.push(action);
    }
    return;
  }
  if (!open || open.state === 'resolved') return void unmatched.push(`${action} ${key}`);
  open.state = action === 'acknowledge' ? 'acknowledged' : 'resolved';
  open.events.push(action);
}

function problemsOf(method: string | undefined, path: string | undefined, text: string, routingKey: string): string[] {
  if (method !== 'POST' || path !== '/v2/enqueue') return [`${method} ${path}`];
  if (text.length > 512 * 1024) return ['event is larger than 512 KB'];
  const event = JSON.parse(text) as Event;
  const { routing_key: key, event_action: action, dedup_key: dedup, payload, links } = event;
  const problems = Object.keys(event)
    .filter((name) => !KNOWN.includes(name))
    .map((name) => `${name} is unknown`);
  if (key !== routingKey) problems.push("'routing_key' is invalid");
  if (!['trigger', 'acknowledge', 'resolve'].includes(String(action))) problems.push("'event_action' is invalid");
  if (typeof dedup !== 'string' || dedup.length === 0 || dedup.length > 255) problems.push("'dedup_key' is invalid");
  if (links !== undefined && !(links as { href?: unknown }[]).every(({ href }) => /^https?:\/\//.test(String(href))))
    problems.push("'links' is invalid");
  if (action !== 'trigger') return problems;
  if (!payload) return [...problems, "'payload' is missing or blank"];
  problems.push(
    ...Object.keys(payload)
      .filter((name) => !KNOWN_IN_PAYLOAD.includes(name))
      .map((name) => `payload.${name} is unknown`),
  );
  const { summary, source, severity, timestamp } = payload;
  if (typeof summary !== 'string' || summary === '' || summary.length > 1_024)
    problems.push("'payload.summary' is missing or blank");
  if (typeof source !== 'string' || source === '') problems.push("'payload.source' is missing or blank");
  if (!SEVERITIES.includes(String(severity))) problems.push("'payload.severity' is invalid");
  if (timestamp !== undefined && Number.isNaN(Date.parse(String(timestamp)))) problems.push("'payload.timestamp' is invalid");
  return problems;
}
