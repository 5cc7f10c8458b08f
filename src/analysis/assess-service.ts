import { median } from 'simple-statistics';
import type { Assessment, Range, ServiceAssessment } from '../model/assessment.js';
import type { ServiceRef } from '../model/replica.js';

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
  const growing = judged.filter((one) => one.verdict === 'leaking' || one.verdict === 'suspicious');
  const rated = (growing.length > 0 ? growing : judged).filter((one) => one.growthBytesPerHour);
  const byRate = [...rated].sort((a, b) => rateOf(b) - rateOf(a));
  const limited = growing.filter((one) => one.limitAtMs).sort((a, b) => (a.limitAtMs?.value ?? 0) - (b.limitAtMs?.value ?? 0));
  const onsets = growing.flatMap((one) => one.onsetMs ?? []);
  const [soonest, fastest, slowest, first] = [limited[0], byRate[0], byRate.at(-1), telling[0]];
  return {
    service,
    verdict,
    reason: first?.reason ?? 'no-data',
    explanation: first?.explanation ?? 'No replica is known.',
    replicas,
    growing: growing.length,
    scope: scopeOf(growing, judged),
    silentHosts,
    outliers: [],
    missing: [],
    ...(rated.length > 0 ? { growthBytesPerHour: middle(rated.flatMap((one) => one.growthBytesPerHour ?? [])) } : {}),
    ...(soonest ? { soonest } : {}),
    ...(fastest ? { fastest } : {}),
    ...(slowest ? { slowest } : {}),
    ...(onsets.length > 0 ? { onsetMs: Math.min(...onsets) } : {}),
  };
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

/** The middle replica's rate: one outlier does not speak for the service. */
function middle(rates: readonly Range[]): Range {
  return {
    value: median(rates.map(({ value }) => value)),
    low: median(rates.map(({ low }) => low)),
    high: median(rates.map(({ high }) => high)),
  };
}
