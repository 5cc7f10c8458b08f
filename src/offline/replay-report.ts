import type { ServiceAssessment } from '../model/assessment.js';
import { usedOf } from '../model/sample.js';
import { SampleTable } from '../model/sample-table.js';
import type { WatchEvent } from '../model/watch.js';
import { harmless } from './problem.js';
import type { Said } from './replay-history.js';
import type { ServiceHistory } from './service-history.js';

/** What is said for a person at a terminal; handed in, because messages are made elsewhere. */
export type ReportWords = {
  /** The message in plain text, a line each; the first stands alone. */
  readonly message: (assessment: ServiceAssessment, event: WatchEvent, atMs: number) => readonly string[];
  readonly span: (ms: number) => string;
  /** `396 of 512 MiB`. */
  readonly share: (bytes: number, ofBytes: number) => string;
};

/** What replay found in all services together. */
export type Totals = { services: number; inPart: number; loud: number; pages: number; digest: number; ended: number };

export const NO_TOTALS: Totals = { services: 0, inPart: 0, loud: 0, pages: 0, digest: 0, ended: 0 };

/** So near its limit, what ended a life was most likely the limit. */
const AT_LIMIT = 0.88;
const MARKS = { page: 'page   ', message: 'message', digest: 'digest ' } as const;

/**
 * One service as text: what would have been posted, and when; which leaks that would have caught, and how long before their end.
 *
 *     shop/api-svc · 3 replicas · 30 d
 *       2026-11-03 21:46 UTC  message  🔴 api-svc leaking: +41 MiB/h per replica (32–50)
 *                                      Out of memory in 8 h …
 *       Caught 7 h before its end: hv-01 #2 was started again at 498 of 512 MiB
 */
export function reportOf(history: ServiceHistory, said: readonly Said[], words: ReportWords): { text: string; totals: Totals } {
  const { service, series, warnings = [] } = history;
  const spanMs = Math.max(0, ...series.map(({ samples }) => (samples.at(-1)?.t ?? 0) - (samples.at(0)?.t ?? 0)));
  const loud = said.filter(({ event }) => event.event === 'alert' && event.level !== 'digest');
  const caught = loud.map((one) => endAfter(one, history, words));
  const replicas = `${series.length} ${series.length === 1 ? 'replica' : 'replicas'}`;
  // Of what did not come nothing is known, and quiet would be a word about it.
  const part = warnings.length > 0 ? ' · answered in part' : '';
  const quiet = said.length === 0 ? (part ? ', and that is quiet' : ' · quiet') : '';
  const lines = [
    `${harmless(service.id, 120)} · ${replicas} · ${words.span(spanMs)}${part}${quiet}`,
    ...foldEdits(said).flatMap((one) => messageLines(one, words)),
    ...caught.flatMap((line) => (line === null ? [] : [`  ${line}`])),
  ];
  return {
    text: `${lines.join('\n')}\n`,
    totals: {
      services: 1,
      inPart: warnings.length > 0 ? 1 : 0,
      loud: loud.length,
      pages: pagesIn(said.map(({ event }) => event)),
      digest: said.filter(({ event }) => event.level === 'digest').length,
      ended: caught.filter((line) => line !== null).length,
    },
  };
}

/** `12 services: 3 leaks said (1 of them would wake somebody), 2 digest lines; 2 of the leaks before a replica ran into its limit.` */
export function totalLine({ services, inPart, loud, pages, digest, ended }: Totals): string {
  const plural = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const page = pages > 0 ? ` (${pages} of them would wake somebody)` : '';
  const before = ended > 0 ? `; ${ended} of the leaks before a replica ran into its limit` : '';
  const part = inPart > 0 ? `${inPart === services ? 'All' : inPart} of them answered in part: there may have been more.\n` : '';
  return `${plural(services, 'service')}: ${plural(loud, 'leak')} said${page}, ${plural(digest, 'digest line')}${before}.\n${part}`;
}

export function sumOf(a: Totals, b: Totals): Totals {
  return {
    ...{ services: a.services + b.services, inPart: a.inPart + b.inPart, loud: a.loud + b.loud, pages: a.pages + b.pages },
    ...{ digest: a.digest + b.digest, ended: a.ended + b.ended },
  };
}

/** How often somebody would have been woken: a page, or a message that became one. */
export function pagesIn(events: readonly Pick<WatchEvent, 'event' | 'level'>[]): number {
  const loud = events.filter(({ event, level }) => level !== 'digest' && event !== 'resolve');
  return loud.filter(({ event, level }, i) => level === 'page' && (event === 'alert' || loud[i - 1]?.level !== 'page')).length;
}

type Shown = Said & { readonly edits: number };

/** Edits of one message in a row are one line, that of the last: it is what stands there in the end. */
function foldEdits(said: readonly Said[]): Shown[] {
  const shown: Shown[] = [];
  for (const one of said) {
    const before = shown.at(-1);
    const isAgain = one.event.event === 'update' && before?.event.event === 'update' && before.event.level === one.event.level;
    if (isAgain) shown.pop();
    shown.push({ ...one, edits: isAgain ? before.edits + 1 : 1 });
  }
  return shown;
}

function messageLines({ atMs, event, assessment, edits }: Shown, words: ReportWords): string[] {
  const [first = '', ...rest] = words.message(assessment, event, atMs).map((line) => harmless(line, 200));
  const head = `  ${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC  ${MARKS[event.level]}  `;
  // An update is an edit: who reads on sees where it ended.
  const more = event.event === 'alert' && event.level !== 'digest' ? rest.map((line) => `${' '.repeat(head.length)}${line}`) : [];
  return [`${head}${event.event === 'update' ? `edited${edits > 1 ? ` ${edits} times` : ''}: ` : ''}${first}`, ...more];
}

/** The first life to end near its limit after a leak was said; null when none did. */
function endAfter({ atMs }: Said, { series }: ServiceHistory, words: ReportWords): string | null {
  const ends = series.flatMap(({ replica, runs, samples }) =>
    runs.flatMap(({ endedAtMs }) => {
      if (endedAtMs === undefined || endedAtMs <= atMs) return [];
      const last = SampleTable.of(samples).between(Number.NEGATIVE_INFINITY, endedAtMs).at(-1);
      const [used, limit] = [usedOf(last), last?.limit ?? replica.limitBytes];
      if (used === undefined || !limit || used < AT_LIMIT * limit) return [];
      return [{ endedAtMs, words: `${harmless(replica.host, 40)} #${replica.number} ended at ${words.share(used, limit)}` }];
    }),
  );
  const first = ends.sort((a, b) => a.endedAtMs - b.endedAtMs)[0];
  return first ? `Caught ${words.span(first.endedAtMs - atMs)} before its end: ${first.words}` : null;
}
