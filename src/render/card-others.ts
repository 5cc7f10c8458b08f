import type { Assessment, ServiceAssessment } from '../model/assessment.js';
import { judgedOf, listed } from './card-view.js';
import { replicaName } from './memory.js';
import { calmRate, count, rate } from './units.js';

/** Replicas beside the one that matters: how far apart they are, which is unlike the others, which gave nothing. */

/** Replicas whose rates are nearer than this are alike. A choice. */
const ALIKE = 0.05;

/** Outliers say more than how far apart the ends are. */
export function spreadLine(assessment: ServiceAssessment): string | undefined {
  return outliersLine(assessment) ?? endsLine(assessment);
}

/** `Fastest: #7 on hv-03 +44 MiB/h (35–53) · slowest: #2 on hv-11 +38 MiB/h (30–47)`. */
function endsLine({ fastest, slowest, replicas }: ServiceAssessment): string | undefined {
  if (!fastest?.growthBytesPerHour || !slowest?.growthBytesPerHour || fastest.replica.key === slowest.replica.key)
    return undefined;
  if (slowest.growthBytesPerHour.value > (1 - ALIKE) * fastest.growthBytesPerHour.value) return undefined;
  const one = (word: string, { replica, growthBytesPerHour }: Assessment) =>
    growthBytesPerHour ? [`${word}: ${replicaName(replica, replicas)} ${rate(growthBytesPerHour)}`] : [];
  return [...one('Fastest', fastest), ...one('slowest', slowest)].join(' · ');
}

/** `Not like the others: #7 on hv-03 +180 MiB/h (170–190)`. */
function outliersLine({ outliers, replicas }: ServiceAssessment): string | undefined {
  if (outliers.length === 0) return undefined;
  const names = outliers.map(({ replica, verdict, growthBytesPerHour: growth }) => {
    const words = growth ? (verdict === 'stable' ? calmRate(growth) : rate(growth)) : verdict;
    return `${replicaName(replica, replicas)} ${words}`;
  });
  return `Not like the others: ${listed(names)}`;
}

/** `2 of 12 replicas gave no samples: #3 on hv-02, #9 on hv-05`: they run, and nothing is known of them. Of the only one the headline says it. */
export function missingLine(assessment: ServiceAssessment): string | undefined {
  const { missing, replicas } = assessment;
  if (missing.length === 0 || replicas.length === 1) return undefined;
  const all = Math.max(judgedOf(assessment).length, missing.length);
  return `${missing.length} of ${count(all, 'replica')} gave no samples: ${listed(missing.map(({ replica }) => replicaName(replica, replicas)))}`;
}
