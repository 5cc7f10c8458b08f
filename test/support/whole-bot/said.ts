import type { Incidents } from '../../../src/model/incident.js';
import type { replayHistory } from '../../../src/offline/replay-history.js';
import { plainRate } from '../../../src/render/units.js';
import type { Workspace } from '../slack/workspace.js';
import { type Digest, OWNER } from './worker.js';

type Replayed = ReturnType<typeof replayHistory> extends Generator<infer Event> ? Event : never;
/** One line: `2026-01-07T03:10:00.000Z api-svc alert page +41 MiB/h`. Of what is over only that it is. */
type Line = { readonly t: number; readonly id: string; readonly text: string };
export type Said = {
  /** In the order in which they were said; what Slack shows, as far as it shows it. */
  readonly lines: readonly Line[];
  /** Roots in the channel, whoever wanted them. */
  readonly roots: number;
};

/** The incidents' own timeline, each moment with what Slack was sent at that time. */
export async function whatWasSaid(
  slack: Workspace,
  { incidents, digests }: { readonly incidents: Pick<Incidents, 'since'>; readonly digests: readonly Digest[] },
): Promise<Said> {
  const calls = slack.calls.filter(({ method }) => method === 'chat.postMessage' || method === 'chat.update');
  const refused = slack.calls.find(({ outcome }) => outcome !== 'ok');
  if (refused) throw new Error(`Slack did not take ${refused.method}: ${refused.outcome}`);
  const lines: Line[] = digests.map(({ serviceId, atMs, event }) =>
    lineOf(atMs, serviceId, 'alert', 'digest', event.growthBytesPerHour),
  );
  for (const { id, service, moments } of await incidents.since(0)) {
    for (const { kind, atMs } of moments) {
      const event = EVENTS[kind];
      if (!event) continue;
      const then = calls.filter((call) => call.atMs === atMs && keyIn(call.args) === id);
      const root = event === 'alert' ? then[0] : then.at(-1);
      lines.push({ t: atMs, id: service.id, text: wordsOf(event, root) });
    }
  }
  const roots = calls.filter(({ method, args }) => method === 'chat.postMessage' && args.thread_ts === undefined);
  return { lines: inOrder(lines), roots: roots.length };
}

const EVENTS: Partial<Record<string, Replayed['event']>> = {
  ...{ alert: 'alert', update: 'update', page: 'update', resolve: 'resolve', fixed: 'resolve' },
};

type Call = Workspace['calls'][number];

function wordsOf(event: Replayed['event'], root: Call | undefined): string {
  if (!root) return `${event}: not in Slack`;
  const text = String(root.args.text);
  if (event === 'resolve') return text.startsWith('✅') ? event : `${event}: ${text}`;
  if ((root.method === 'chat.postMessage') !== (event === 'alert')) return `${event}: by ${root.method}`;
  const level = JSON.stringify(root.args.blocks).includes(`${OWNER}: out of memory soon`) ? 'page' : 'message';
  return `${event} ${level} ${/ leaking: (\+[\d.,]+ .iB\/h)/.exec(text)?.[1] ?? text}`;
}

function keyIn({ metadata }: Call['args']): unknown {
  const told = typeof metadata === 'string' ? (JSON.parse(metadata) as unknown) : metadata;
  return (told as { event_payload?: { key?: unknown } } | undefined)?.event_payload?.key;
}

/** What `leakwatch replay` says of one history, in the same form. */
export function asSaid(events: Iterable<Replayed>): Line[] {
  return inOrder(
    [...events].map(({ id, t, event, level, growthBytesPerHour }) =>
      event === 'resolve' ? { t, id, text: event } : lineOf(t, id, event, level, growthBytesPerHour),
    ),
  );
}

function lineOf(t: number, id: string, event: string, level: string, growth: number | null): Line {
  return { t, id, text: `${event} ${level} ${growth === null ? '?' : `+${plainRate(growth)}`}` };
}

/** Of one tick by service: who is looked at first then is chance. */
export function inOrder(lines: readonly Line[]): Line[] {
  return lines.toSorted((a, b) => a.t - b.t || (a.id < b.id ? -1 : 1));
}

export function shown({ t, id, text }: Line): string {
  return `${new Date(t).toISOString()} ${id} ${text}`;
}
