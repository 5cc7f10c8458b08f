import { modeFast } from 'simple-statistics';
import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import type { ServiceRef } from '../model/replica.js';
import { middle, outliersOf } from './unlike.js';

/** The worst word there is evidence for wins; `unknown` beats `stable`, because missing data never means healthy. */
const ORDER = ['leaking', 'suspicious', 'unknown', 'stable'] as const;

/**
 * The service over its replicas: how many grow, what they have in common, who is out of memory first.
 *
 *   all of them → the code · all on one host, others calm → the host · one of many → that replica
 */
export function assessService(
  service: ServiceRef,
  replicas: readonly Assessment[],
  silentHosts: ServiceAssessment['silentHosts'],
): ServiceAssessment {
  const running = replicas.filter(({ replica }) => replica.running);
  const judged = running.length > 0 ? running : replicas;
  const verdict = ORDER.find((word) => judged.some((one) => one.verdict === word)) ?? 'unknown';
  const telling = judged.filter((one) => one.verdict === verdict);
  const growing = growingOf(judged);
  const rated = (growing.length > 0 ? growing : judged).filter((one) => one.growthBytesPerHour);
  const byRate = [...rated].sort((a, b) => rateOf(b) - rateOf(a));
  const [soonest, fastest, slowest, first] = [soonestOf(growing), byRate[0], byRate.at(-1), speakerOf(verdict, telling)];
  const earliest = earliestOf(telling);
  return {
    service,
    verdict,
    reason: first?.reason ?? 'no-data',
    explanation: first?.explanation ?? 'No replica is known.',
    replicas,
    growing: growing.length,
    scope: scopeOf(growing, judged),
    silentHosts,
    outliers: outliersOf(growing),
    missing: running.filter((one) => one.verdict === 'unknown' && one.reason === 'no-data'),
    ...(rated.length > 0 ? { growthBytesPerHour: middle(rated.flatMap((one) => one.growthBytesPerHour ?? [])) } : {}),
    ...(soonest ? { soonest } : {}),
    ...(fastest ? { fastest } : {}),
    ...(slowest ? { slowest } : {}),
    ...(earliest?.onsetMs === undefined ? {} : { onsetMs: earliest.onsetMs }),
    ...(earliest?.onsetNear ? { onsetNear: earliest.onsetNear } : {}),
  };
}

/**
 * Who leaks or may leak. Beside one that leaks, a suspicion that may as well be nothing, and is slower than half of that at its most, is not
 * the same growth: it would halve the rate of the service, and make of one replica's leak one of the code.
 *
 *     #1                     ├─·─┤  leaks
 *     #2              ├────·────┤   as likely as not: the same
 *     #3  ├─·──┤                    not counted
 *        ───0────────────────────── bytes per hour
 */
function growingOf(judged: readonly Assessment[]): Assessment[] {
  const rates = judged.flatMap(({ verdict, growthBytesPerHour: rate }) => (verdict === 'leaking' && rate ? rate : []));
  const leak = rates.length > 0 ? middle(rates).value : 0;
  return judged.filter(({ verdict, growthBytesPerHour: rate }) => {
    if (verdict !== 'suspicious') return verdict === 'leaking';
    return !rate || rate.low > 0 || 2 * rate.high >= leak;
  });
}

function scopeOf(growing: readonly Assessment[], judged: readonly Assessment[]): ServiceAssessment['scope'] {
  if (growing.length === 0) return 'none';
  if (growing.length === judged.length) return 'code';
  const hosts = new Set(growing.map(({ replica }) => replica.host));
  const elsewhere = judged.some(({ replica }) => !hosts.has(replica.host));
  const wholeHost = judged.filter(({ replica }) => hosts.has(replica.host)).length === growing.length;
  if (hosts.size === 1 && elsewhere && wholeHost && growing.length > 1) return 'host';
  return growing.length === 1 ? 'replica' : 'code';
}

function rateOf(one: Assessment): number {
  return one.growthBytesPerHour?.value ?? 0;
}

/** Out of memory first. */
function soonestOf(replicas: readonly Assessment[]): Assessment | undefined {
  return replicas
    .filter((one) => one.limitAtMs)
    .reduce<Assessment | undefined>((best, one) => (best && limitMs(best) <= limitMs(one) ? best : one), undefined);
}

function limitMs(one: Assessment): number {
  return one.limitAtMs?.value ?? Number.POSITIVE_INFINITY;
}

/**
 * Whose reason and explanation are the service's. Of those that grow, the one that is out of memory first, else the fastest; of
 * others, the first that has the reason most of them have. Who gave nothing speaks only where nobody else can.
 */
function speakerOf(verdict: Assessment['verdict'], telling: readonly Assessment[]): Assessment | undefined {
  if (verdict === 'leaking' || verdict === 'suspicious') {
    const fastest = [...telling].sort((a, b) => rateOf(b) - rateOf(a))[0];
    return soonestOf(telling) ?? fastest;
  }
  const measured = telling.filter(({ reason }) => reason !== 'no-data');
  const able = measured.length > 0 ? measured : telling;
  const usual = able.length > 0 ? modeFast(able.map(({ reason }) => reason)) : undefined;
  return able.find(({ reason }) => reason === usual);
}

/** The one that began to grow first; nobody where most have grown for longer than was seen: then it is not known. */
function earliestOf(telling: readonly Assessment[]): Assessment | undefined {
  const known = telling.filter(({ onsetMs }) => onsetMs !== undefined);
  if (known.length * 2 < telling.length) return undefined;
  return known.reduce<Assessment | undefined>((best, one) => (best && onset(best) <= onset(one) ? best : one), undefined);
}

function onset(one: Assessment): number {
  return one.onsetMs ?? Number.POSITIVE_INFINITY;
}
