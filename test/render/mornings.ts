import type { SlowGrower } from '../../src/model/digest.js';
import type { Incident } from '../../src/model/incident.js';
import type { DigestView } from '../../src/render/digest.js';
import type { HandedOver } from '../../src/render/digest-handover.js';
import { incident } from '../support/incidents.js';
import { DAY, HOUR, MIB, MINUTE, NOW } from './scenes.js';

/** Mornings as they are found: what was handed over, and who grows slowly. */

/** As Slack gives it of a message in a thread. */
const LINK = (id: string) => `https://home.slack.com/archives/C1/p${id}?thread_ts=1.2&cid=C1`;

export function handed(name: string, over: Partial<Incident> = {}, more: Partial<HandedOver> = {}): HandedOver {
  return { incident: incident(`i-${name}`, `shop/${name}`, { openedMs: NOW - 11 * HOUR, ...over }), ...more };
}

export function grower(name: string, mibPerHour: number | null, days: number | null, over: Partial<SlowGrower> = {}): SlowGrower {
  return {
    ...{ service: { id: `shop/${name}`, name, project: 'shop' }, atMs: NOW, verdict: 'leaking' },
    growthBytesPerHour: mibPerHour === null ? null : mibPerHour * MIB,
    limitAtMs: days === null ? null : NOW + days * DAY,
    ...over,
  };
}

const latest = (mibPerHour: number, leftMs: number | null) => ({
  ...{ growthBytesPerHour: mibPerHour * MIB, limitAtMs: leftMs === null ? null : NOW + leftMs, hosts: ['hv-03'] },
});
const fixed = { atMs: NOW - 5 * HOUR, how: 'fixed' } as const;

export const MORNINGS: Readonly<Record<string, DigestView>> = {
  'a night of work': {
    ...{ nowMs: NOW, sinceMs: NOW - DAY, silent: [] },
    incidents: [
      handed('search', { closed: fixed, acknowledged: { by: 'UANA', atMs: NOW - 9 * HOUR }, oomKills: 2 }, { link: LINK('1') }),
      handed('cart', { acknowledged: { by: 'UANA', atMs: NOW - 9 * HOUR }, latest: latest(9, 2 * DAY) }, { link: LINK('2') }),
      handed('api-svc', { latest: latest(41, 170 * MINUTE), openedMs: NOW - 3 * HOUR }, { link: LINK('3') }),
      handed('mail', { openedMs: NOW - 4 * DAY }, { calmSinceMs: NOW - 40 * MINUTE }),
    ],
    growers: [
      grower('orders', 0.4, 23),
      grower('web', 0.2, 16, { verdict: 'suspicious', wouldHelp: 'a-whole-day' }),
      grower('worker', 1.5, null, { verdict: 'suspicious', noLimit: true, wouldHelp: 'a-limit' }),
      grower('billing', 0.7, 0.1, { atLimitBefore: true }),
    ],
  },
  'all closed': {
    ...{ nowMs: NOW, sinceMs: NOW - DAY, growers: [], silent: [{ host: 'hv-37', sinceMs: NOW - 11 * HOUR }] },
    incidents: [
      handed('search', { closed: fixed }),
      handed('web', { closed: { atMs: NOW - HOUR, how: 'not-a-leak', by: 'UBO' }, acknowledged: { by: 'UBO', atMs: NOW } }),
      handed('cart', { closed: { atMs: NOW - 2 * HOUR, how: 'resolved', by: 'UBO' }, acknowledged: { by: 'UANA', atMs: NOW } }),
    ],
  },
  'slow growers alone': {
    ...{ nowMs: NOW, sinceMs: NOW - DAY, incidents: [], silent: [] },
    growers: [
      grower('orders', 0.4, 23, { atMs: NOW - 8 * HOUR }),
      grower('cpu', 0.3, 30, { verdict: 'suspicious', wouldHelp: 'cpu-and-net' }),
      grower('young', null, null, { verdict: 'suspicious', wouldHelp: 'time', noLimit: true }),
    ],
  },
  'left over': {
    ...{ nowMs: NOW, sinceMs: NOW - DAY, growers: [], silent: [] },
    incidents: [
      handed('old-svc', { openedMs: NOW - 9 * DAY }, { gone: true }),
      handed('api-svc', {
        latest: latest(41, -MINUTE),
        snoozed: { by: 'UBO', atMs: NOW, untilMs: NOW + 4 * HOUR, bytesPerHour: null },
      }),
      handed('slow-svc', { latest: latest(3, null), snoozed: { by: 'UBO', atMs: NOW, untilMs: null, bytesPerHour: 3 * MIB } }),
    ],
  },
  'a bad week': {
    ...{ nowMs: NOW, sinceMs: NOW - DAY, silent: [{ host: 'hv-37', sinceMs: NOW - 11 * HOUR }] },
    incidents: Array.from({ length: 14 }, (_, n) => handed(`api-${n}`, { latest: latest(41, (14 - n) * HOUR) })),
    growers: Array.from({ length: 40 }, (_, n) => grower(`slow-${n}`, 0.4, 60 - n)),
  },
};
