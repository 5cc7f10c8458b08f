import type { Alert, AlertCase, CaseAlert } from '../model/alert.js';

/** More of one case are counted. */
const MAX_IN_CASE = 50;

/** Who fires is sent again each four hours unless the sender was told otherwise (`repeat_interval`, Alertmanager's and Grafana's): two are missing. A choice. */
const UNHEARD_MS = 9 * 3_600_000;

/**
 * Marks those that fire and were not sent again for long: their end may be lost, or who sends them. That is no end. The same case when
 * nothing changed. `heardMs`: when each was sent last, by its id.
 */
export function withUnheard(one: AlertCase, heardMs: ReadonlyMap<string, number>, nowMs: number): AlertCase {
  const alerts = one.alerts.map(({ unheardSinceMs: _, ...alert }): CaseAlert => {
    const lastMs = heardMs.get(alert.id);
    const isLong = alert.status === 'firing' && lastMs !== undefined && nowMs - lastMs >= UNHEARD_MS;
    return isLong ? { ...alert, unheardSinceMs: lastMs } : alert;
  });
  return alerts.some(({ unheardSinceMs }, i) => unheardSinceMs !== one.alerts[i]?.unheardSinceMs) ? { ...one, alerts } : one;
}

/** A case begins anew when nothing of the one before fires any more, as far as was heard lately. That one alert is over stays so, whatever comes late. */
export function heard(before: AlertCase | null, alert: Alert, key = `alert-${alert.id}`): AlertCase {
  const same = before?.alerts.find(({ id }) => id === alert.id);
  const goesOn = before !== null && (same !== undefined || before.alerts.some(isFiring));
  if (!goesOn) return { key, alerts: [alert], more: 0 };
  if (same?.status === 'resolved') return before;
  const alerts = same ? before.alerts.map((one) => (one.id === alert.id ? alert : one)) : [...before.alerts, alert];
  const more = before.more + Math.max(0, alerts.length - MAX_IN_CASE);
  return { ...before, alerts: alerts.slice(-MAX_IN_CASE), more };
}

function isFiring({ status, unheardSinceMs }: CaseAlert): boolean {
  return status === 'firing' && unheardSinceMs === undefined;
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
