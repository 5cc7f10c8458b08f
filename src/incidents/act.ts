import { personError } from '../errors.js';
import { type Act, type Incident, isSamePlace, type Watched } from '../model/incident.js';
import type { News } from '../model/news.js';
import type { View } from '../model/watch.js';
import { aloud, notALeak } from './quiet.js';

type Acted = { readonly incident: Incident; readonly watched: Watched; readonly news: News[] };
type By = { readonly by: string; readonly atMs: number };

/**
 * What a person does with an incident, once: the second of two who do the same is told who was first. `view` is needed for *not a
 * leak* alone: what runs now. Throws a person's error, in words, when it cannot be done.
 */
export function act(incident: Incident, watched: Watched, what: Act, { by, atMs }: By, view: View): Acted {
  const { closed } = incident;
  if (what.kind === 'reopen') return reopen(incident, watched, { by, atMs });
  if (closed)
    throw personError(
      `That was closed ${closed.by ? `by <@${closed.by}> ` : ''}already. \`/leak reopen &lt;service&gt;\` opens it again.`,
    );
  // The clock of who was asked may be behind that of who opened it: nobody takes what is not there yet.
  const taken = { by, atMs: Math.max(atMs, incident.openedMs) };
  switch (what.kind) {
    case 'acknowledge': {
      if (incident.acknowledged) throw personError(`<@${incident.acknowledged.by}> has it already.`);
      return { incident: { ...incident, acknowledged: taken }, watched, news: [{ kind: 'acknowledge', atMs, by }] };
    }
    case 'snooze': {
      const bytesPerHour = view.growthBytesPerHour?.value ?? incident.opening.growthBytesPerHour?.value ?? null;
      const { untilMs } = what;
      return {
        incident: { ...incident, snoozed: { ...taken, untilMs, bytesPerHour } },
        watched,
        news: [{ kind: 'snooze', atMs, by, untilMs }],
      };
    }
    case 'not-a-leak': {
      const { reason, ceilingBytes, bytesPerHour } = what;
      const state = watched.state ? notALeak(watched.state, view, ceilingBytes, bytesPerHour) : null;
      const shut: Incident = { ...incident, closed: { atMs, by, how: 'not-a-leak', reason } };
      const news: News = { kind: 'not-a-leak', atMs, by, reason, ceilingBytes, bytesPerHour };
      return { incident: shut, watched: { ...watched, state }, news: [news] };
    }
    case 'resolve': {
      const shut: Incident = { ...incident, closed: { atMs, by, how: 'resolved' } };
      return {
        incident: shut,
        watched: { ...watched, state: forgotten(watched.state) },
        news: [{ kind: 'resolve-by', atMs, by }],
      };
    }
    case 'collect':
      return { ...collect(incident, what, { by, atMs }), watched };
    case 'split': {
      if (!incident.storm) throw personError('It has a message of its own already.');
      return { incident: ownRoot(incident), watched, news: [{ kind: 'split', atMs, by }] };
    }
  }
}

/**
 * Evidence goes to another thread from now on. A root that is somewhere stays there, and says where evidence goes; one in a storm's
 * message leaves it.
 *
 *     root in #ops ── collect in A ──▶ root in #ops: "→ A" ── collect in B ──▶ root in #ops: "→ B", one line in A
 *     in a storm   ── collect in A ──▶ root in A           ── collect in B ──▶ root in A:    "→ B", one line in A
 */
function collect(
  incident: Incident,
  { place, link }: Extract<Act, { kind: 'collect' }>,
  { by, atMs }: By,
): Pick<Acted, 'incident' | 'news'> {
  const { service, place: before, storm, collected } = incident;
  if (!storm && isSamePlace(place, before)) throw personError(collectedAlready(incident));
  const root = collected?.root ?? (storm ? place : before);
  const address = link ? { link } : {};
  const { collected: _, ...own } = ownRoot(incident);
  const elsewhere = isSamePlace(root, place) ? {} : { collected: { root, by, atMs, ...address } };
  const from = before.threadTs ? { from: { channel: before.channel, threadTs: before.threadTs } } : {};
  return {
    incident: { ...own, place, ...elsewhere },
    news: [{ kind: 'collect', atMs, by, service: service.name, ...address, ...from }],
  };
}

/** For the second of two who want the same. */
export function collectedAlready({ moments }: Pick<Incident, 'moments'>): string {
  const by = moments.findLast(({ kind }) => kind === 'collect')?.by;
  return `What is found about it comes to this thread already${by ? ` (asked by <@${by}>)` : ''}.`;
}

/** Open again, as it was; the watch goes on from its last look. That it was no leak is taken back by it. */
function reopen(incident: Incident, watched: Watched, { by, atMs }: By): Acted {
  const { closed, ...open } = incident;
  if (!closed) throw personError('It is open.');
  // The next look would close it again.
  if (watched.unwatched)
    throw personError(`<@${watched.unwatched.by}> took it off the watch. First \`/leak watch &lt;service&gt;\`, then this.`);
  if (watched.incidentId !== incident.id)
    throw personError('There is a newer incident of that service: `/leak history &lt;service&gt;` shows it.');
  const state = watched.state && {
    ...aloud(watched.state),
    incident: {
      level: incident.level,
      openedMs: incident.openedMs,
      saidMs: atMs,
      said: { growthBytesPerHour: incident.opening.growthBytesPerHour?.value ?? null, limitAtMs: incident.opening.limitAtMs },
      lastedMs: 0,
      images: incident.opening.images,
    },
  };
  return { incident: open, watched: { ...watched, state }, news: [{ kind: 'reopen', atMs, by }] };
}

/** It is over, whatever the watch saw: it begins anew, and says so if it is not. */
export function forgotten(state: Watched['state']): Watched['state'] {
  if (!state) return null;
  const { incident: _, forecast: __, ...rest } = state;
  return { ...rest, quick: 0, slow: 0 };
}

/** Out of its storm's message, for a root of its own. */
export function ownRoot({ storm, ...rest }: Incident): Incident {
  return storm ? { ...rest, leftStorm: storm } : rest;
}
