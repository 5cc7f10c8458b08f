import type { Level, OpenIncident, View, WatchEvent, WatchState } from '../model/watch.js';
import { comesTrue, forecastNow, isEndless } from './forecast.js';
import { hasLasted, isGoingOn, isYoung, levelOf, type Urgency, urgencyOf } from './level.js';
import { POLICY, type Policy } from './policy.js';
import { imagesOf, isQuiet, quietNow } from './quiet.js';

export type { WatchState } from '../model/watch.js';

/** What is remembered now, and what is to be said. */
export type Told = { readonly state: WatchState; readonly events: WatchEvent[] };

/**
 * The watch as a pure fold: what it remembered, what it sees, and the time give what it remembers then and what it says. Live and
 * `replay` are this. Looks without data (`unknown`) change nothing: they neither warm nor calm.
 *
 *     leaking ──believed──▶ alert ── changed by a quarter ──▶ update … ── calm for long ──▶ resolve
 */
export function step(before: WatchState | null, view: View, nowMs: number, policy: Policy = POLICY): Told {
  const urgency = urgencyOf(view, nowMs);
  const warmed = warm(before ?? { lookedMs: nowMs, quick: 0, slow: 0 }, view, urgency, nowMs, policy);
  const quiet = quietNow(warmed.quiet, view, policy);
  const forecast = forecastNow(warmed, view, urgency, nowMs, policy);
  const { quiet: _, forecast: __, ...rest } = warmed;
  const endless = isEndless(view, urgency) ? { endlessMs: nowMs } : {};
  const state: WatchState = { ...rest, ...(quiet ? { quiet } : {}), ...(forecast ? { forecast } : {}), ...endless };
  const unseenMs = before && view.verdict === 'unknown' ? Math.max(0, nowMs - before.lookedMs) : 0;
  if (state.incident) return goOn(state, unseen(state.incident, unseenMs), view, urgency, nowMs, policy);
  if (quiet && isQuiet(quiet, view)) return { state, events: [] };
  const level = believed(state, view, urgency, policy);
  if (level && level !== 'digest') return open(state, level, view, urgency, nowMs);
  const due = nowMs - (state.digestMs ?? Number.NEGATIVE_INFINITY) >= policy.digestEveryMs;
  if (!level || !due) return { state, events: [] };
  return { state: { ...state, digestMs: nowMs }, events: [eventOf('alert', 'digest', view)] };
}

/** How much of the recent past was leaking, each look weighted by the time since the one before. */
function warm(state: WatchState, view: View, urgency: Urgency, nowMs: number, policy: Policy): WatchState {
  const found = { leaking: 1, suspicious: policy.suspicious, stable: 0, unknown: null }[wordOf(view, urgency, policy)];
  if (found === null) return { ...state, lookedMs: nowMs };
  const { leftMs } = urgency;
  const { leastMs, mostMs } = policy.quick;
  const { ofLeft } = leftMs <= policy.imminent.leftMs ? policy.imminent : policy.quick;
  const whileMs = Math.min(mostMs, Math.max(leastMs, ofLeft * leftMs));
  const passedMs = Math.min(policy.mostPassedMs, Math.max(0, nowMs - state.lookedMs));
  const towards = (share: number, ms: number) => share + (found - share) * (1 - Math.exp(-passedMs / ms));
  return {
    ...state,
    lookedMs: nowMs,
    quick: towards(state.quick, whileMs),
    slow: towards(state.slow, policy.slow.whileMs),
  };
}

/** The level it may be said at; null when there is nothing to say. */
function believed(state: WatchState, view: View, urgency: Urgency, policy: Policy): Level | null {
  const word = wordOf(view, urgency, policy);
  if (word === 'suspicious') return state.slow >= policy.slow.share ? 'digest' : null;
  if (word !== 'leaking') return null;
  const level = levelOf(view, urgency, policy);
  const far = urgency.leftMs > policy.farMs;
  const livesAlike = view.reason === 'restart-cycle';
  const lasted = far
    ? state.slow >= policy.slow.share && urgency.lastedMs >= policy.slow.lastedMs && !isYoung(urgency, policy)
    : state.quick >= policy.quick.share && (livesAlike || hasLasted(urgency, policy));
  const holds = livesAlike || (isSurely(view, policy) && comesTrue(state.forecast, urgency, state.lookedMs, policy));
  if (lasted && holds) return level;
  return state.quick >= policy.quick.share ? 'digest' : null;
}

/** A leak that may be a rise that has ended is a suspicion. Of lives that climb alike the present one is not the question. */
function wordOf({ verdict, reason }: View, urgency: Urgency, policy: Policy): View['verdict'] {
  const mayHaveEnded = verdict === 'leaking' && reason !== 'restart-cycle' && !isGoingOn(urgency, policy);
  return mayHaveEnded ? 'suspicious' : verdict;
}

/** Whoever is told a rate is told one that is there, whichever of the likely shapes it is. */
function isSurely({ growthBytesPerHour }: View, { surely }: Policy): boolean {
  return growthBytesPerHour === undefined || growthBytesPerHour.low >= surely * growthBytesPerHour.value;
}

/** It is said from now on, at this level. */
export function open(state: WatchState, level: OpenIncident['level'], view: View, { lastedMs }: Urgency, nowMs: number): Told {
  const event = eventOf('alert', level, view);
  const incident = { level, openedMs: nowMs, saidMs: nowMs, said: saidIn(event), lastedMs, images: imagesOf(view) };
  return { state: { ...state, incident }, events: [event] };
}

function goOn(state: WatchState, incident: OpenIncident, view: View, urgency: Urgency, nowMs: number, policy: Policy): Told {
  if (view.verdict === 'unknown') return { state: { ...state, incident }, events: [] };
  if (view.verdict !== 'leaking') return calmDown(state, incident, view, nowMs, policy);
  const { calmSinceMs: _, ...going } = incident;
  const worse = incident.level === 'message' && believed(state, view, urgency, policy) === 'page';
  const level = worse ? 'page' : incident.level;
  const event = eventOf('update', level, view);
  const due = nowMs - incident.saidMs >= policy.update.everyMs && hasChanged(incident, event, nowMs, policy);
  if (!worse && !due) return { state: { ...state, incident: going }, events: [] };
  return { state: { ...state, incident: { ...going, level, saidMs: nowMs, said: saidIn(event) } }, events: [event] };
}

/**
 * Calm is what was seen to be calm: it goes on after a time in which nothing was.
 *
 *     stable ───── no data ───── stable         calm since ← as much later
 */
function unseen(incident: OpenIncident, ms: number): OpenIncident {
  return incident.calmSinceMs === undefined ? incident : { ...incident, calmSinceMs: incident.calmSinceMs + ms };
}

/**
 * Resolved on evidence of recovery: calm for as long as it had grown, and surely slower than half of what was said. The same image
 * may be calm for an hour only because its load is; another one in its place was deployed to be calm.
 */
function calmDown(state: WatchState, incident: OpenIncident, view: View, nowMs: number, policy: Policy): Told {
  const { calmSinceMs, ...going } = incident;
  const { leastMs, replacedMs, replacedShare, mostMs, rateShare } = policy.calm;
  const rate = incident.said.growthBytesPerHour;
  const slower = rate === null || (view.growthBytesPerHour !== undefined && view.growthBytesPerHour.high < rateShare * rate);
  if (view.verdict !== 'stable' || !slower) return { state: { ...state, incident: going }, events: [] };
  const replacedAtMs = replacedMsOf(incident, view);
  const sinceMs = replacedAtMs ?? calmSinceMs ?? nowMs;
  const asLongMs =
    replacedAtMs === null ? Math.max(leastMs, incident.lastedMs) : Math.max(replacedMs, replacedShare * incident.lastedMs);
  const neededMs = Math.min(mostMs, asLongMs);
  if (nowMs - sinceMs < neededMs) return { state: { ...state, incident: { ...going, calmSinceMs: sinceMs } }, events: [] };
  const { incident: _, forecast: __, ...rest } = state;
  return { state: { ...rest, quick: 0, slow: 0 }, events: [eventOf('resolve', incident.level, view)] };
}

/** Since when none of the images that leaked runs any more; null while one does. */
function replacedMsOf({ images }: OpenIncident, view: View): number | null {
  const now = imagesOf(view);
  if (images.length === 0 || now.length === 0 || now.some((image) => images.includes(image))) return null;
  return view.replicas.reduce((last, { replica }) => Math.max(last, replica.run.startedAtMs), Number.NEGATIVE_INFINITY);
}

function hasChanged({ said, saidMs }: OpenIncident, event: WatchEvent, nowMs: number, { update }: Policy): boolean {
  const differs = (now: number, then: number) => Math.abs(now - then) > update.change * Math.abs(then);
  const rate = differs(event.growthBytesPerHour ?? 0, said.growthBytesPerHour ?? 0);
  if (said.limitAtMs === null || event.limitAtMs === null) return rate || said.limitAtMs !== event.limitAtMs;
  // Time runs: what was said is wrong when the moment has moved, not when it has come nearer.
  return rate || Math.abs(event.limitAtMs - said.limitAtMs) > update.change * Math.max(said.limitAtMs - nowMs, nowMs - saidMs);
}

function eventOf(event: WatchEvent['event'], level: Level, { verdict, reason, growthBytesPerHour, soonest }: View): WatchEvent {
  return {
    ...{ event, level, verdict, reason },
    growthBytesPerHour: growthBytesPerHour?.value ?? null,
    limitAtMs: soonest?.limitAtMs?.value ?? null,
  };
}

function saidIn({ growthBytesPerHour, limitAtMs }: WatchEvent): OpenIncident['said'] {
  return { growthBytesPerHour, limitAtMs };
}
