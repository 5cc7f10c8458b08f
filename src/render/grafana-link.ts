import type { Incident } from '../model/incident.js';
import type { SlackMessage } from '../model/message.js';
import { context } from './blocks.js';
import { linked } from './text.js';

/** The dashboard of one service: its `uid` in deploy/grafana/dashboards/service.json. */
const DASHBOARD = 'leakwatch-service';
const HOUR_MS = 3_600_000;
/** What was before the growth is seen, and a young leak is not all there is. Choices. */
const BEFORE_MS = HOUR_MS;
const LEAST_MS = 6 * HOUR_MS;

/**
 * Where Grafana shows a service between two times, Unix ms: `…/d/<uid>/<slug>?var-service=…&from=…&to=…`. `base` is what comes before
 * `/d/`, with a path or without. The name is untrusted, and only ever a value.
 */
export function serviceDashboard(base: string, service: string, fromMs: number, toMs: number): string {
  const asked = new URLSearchParams({ 'var-service': service, from: String(Math.floor(fromMs)), to: String(Math.ceil(toMs)) });
  return `${base.replace(/\/+$/, '')}/d/${DASHBOARD}/${DASHBOARD}?${asked}`;
}

/**
 * The root of an incident with a link to its service's dashboard under it: from an hour before it grew to what was heard of it last. That, and
 * not now: the same incident is the same message.
 *
 *     memory   ____/‾‾‾‾
 *     link    |--------|    before, growth, last news; at least 6 h
 */
export function withDashboard(message: SlackMessage, incident: Incident, base: string): SlackMessage {
  const { service, opening, openedMs, closed, moments } = incident;
  const toMs = closed?.atMs ?? moments.at(-1)?.atMs ?? openedMs;
  const fromMs = Math.min((opening.since?.atMs ?? openedMs) - BEFORE_MS, toMs - LEAST_MS);
  const text = linked(serviceDashboard(base, service.name, fromMs, toMs), 'Grafana');
  return { ...message, blocks: [...message.blocks, context(text)] };
}
