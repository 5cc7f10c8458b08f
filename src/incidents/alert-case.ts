import type { Alert, AlertCase } from '../model/alert.js';

/** More of one case are counted. */
const MAX_IN_CASE = 50;

/** A case begins anew when nothing of the one before fires any more. That one alert is over stays so, whatever comes late. */
export function heard(before: AlertCase | null, alert: Alert, key = `alert-${alert.id}`): AlertCase {
  const same = before?.alerts.find(({ id }) => id === alert.id);
  const goesOn = before !== null && (same !== undefined || before.alerts.some(({ status }) => status === 'firing'));
  if (!goesOn) return { key, alerts: [alert], more: 0 };
  if (same?.status === 'resolved') return before;
  const alerts = same ? before.alerts.map((one) => (one.id === alert.id ? alert : one)) : [...before.alerts, alert];
  const more = before.more + Math.max(0, alerts.length - MAX_IN_CASE);
  return { ...before, alerts: alerts.slice(-MAX_IN_CASE), more };
}

/** That it was over came first: when that it fires comes late, it says nothing. */
export function endedUnheard(before: AlertCase | null, { id }: Alert): AlertCase {
  const one = before ?? { key: `alert-${id}`, alerts: [], more: 0 };
  return { ...one, over: [...(one.over ?? []), id].slice(-MAX_IN_CASE) };
}

/** Nothing is to be said of it: it is over, as was heard before that it fires. */
export function isOver(before: AlertCase | null, { id }: Alert): boolean {
  return before?.over?.includes(id) ?? false;
}

/** It was said that it fires. */
export function isHeard(before: AlertCase | null, { id }: Alert): before is AlertCase {
  return before?.alerts.some((one) => one.id === id) ?? false;
}

/** One alert in one state: what is taken in once. */
export function markOf({ id, status }: Alert): string {
  return `${id} ${status}`;
}
