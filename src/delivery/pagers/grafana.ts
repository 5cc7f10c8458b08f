import { worldError } from '../../errors.js';
import type { Page, Pager } from '../../model/page.js';
import { ask } from './ask.js';

const NAME = 'Grafana';
/** On all of ours, so that a dashboard can ask for them (deploy/grafana/dashboards). */
const OUR_TAG = 'leakwatch';
/** Of the column that Grafana keeps a tag in (pkg/services/sqlstore/migrations/tag_mig.go). */
const MAX_TAG = 100;
/** More of one incident there never are: there is one, or two after a race. */
const MOST_FOUND = 10;

export type GrafanaParts = {
  /** What comes before `/api/`. */
  readonly url: string;
  readonly token: string;
};

type Annotation = { readonly id: number; readonly timeEnd: number };

/**
 * Annotations of the organisation (Grafana's HTTP API, `/api/annotations`): one an incident, from its opening on, and to its end once it
 * closed. There is no key that would make a repeat harmless: the incident is a tag, and what has it is looked for first.
 *
 *     memory      ____/‾‾‾‾\____
 *     opened          |
 *     closed          |----|
 */
export function makeGrafana({ url, token }: GrafanaParts): Pager {
  const base = `${url.replace(/\/+$/, '')}/api/annotations`;
  const headers = { authorization: `Bearer ${token}` };
  return {
    name: NAME,
    refreshMs: null,
    async send(page, nowMs, signal) {
      const wanted = annotationOf(page, nowMs);
      const [tag = ''] = wanted.tags;
      const query = new URLSearchParams({ tags: tag, limit: String(MOST_FOUND) });
      const asked = { headers, signal };
      const found = idsIn(await (await ask(NAME, { method: 'GET', url: `${base}?${query}`, ...asked })).json().catch(() => null));
      const [first, ...others] = found;
      const done =
        first === undefined
          ? await ask(NAME, { method: 'POST', url: base, body: wanted, ...asked })
          : await ask(NAME, { method: 'PATCH', url: `${base}/${first}`, body: wanted, ...asked });
      await done.body?.cancel();
      for (const id of others) await (await ask(NAME, { method: 'DELETE', url: `${base}/${id}`, ...asked })).body?.cancel();
    },
  };
}

function annotationOf({ incidentId, service, step, summary, openedMs, closedMs, link }: Page, nowMs: number) {
  const over = step === 'resolve';
  return {
    time: Math.floor(openedMs),
    // Without an end it is a line; opened again it is one again.
    timeEnd: over ? Math.max(Math.floor(openedMs), Math.floor(Math.min(closedMs ?? nowMs, nowMs))) : Math.floor(openedMs),
    tags: [tagOf('leakwatch_incident', incidentId), OUR_TAG, tagOf('service', service.name)],
    text: `${escaped(summary)}${over ? ' (over)' : ''}${link ? `\n<a href="${escaped(link)}">In Slack</a>` : ''}`,
  };
}

/** The oldest first. Throws a world error when it is no list of annotations. */
function idsIn(answer: unknown): number[] {
  if (!Array.isArray(answer)) throw worldError(`${NAME}: what answers is none (no list of annotations)`);
  const ids = answer.map((one: Partial<Annotation> | null) => one?.id).filter((id) => typeof id === 'number');
  return ids.sort((a, b) => a - b);
}

function tagOf(name: string, value: string): string {
  return `${name}:${value.replace(/[\p{Cc}\p{Cf},]/gu, '_')}`.slice(0, MAX_TAG);
}

/** Grafana shows the text as HTML that it has cleaned. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
