import { linearRegression } from 'simple-statistics';
import { endOf, firing, HOUR_MS, pointsOf, QUIET, type Rule, startsOf, UNKNOWN } from './rule.js';

const RANGE_HOURS = 1;
const AHEAD_HOURS = 8;

/**
 * The alert that many Prometheus users have: `predict_linear(container_memory_working_set_bytes[1h], 8 * 3600) > limit`, and not
 * for what has started within the hour, whose warm-up would reach any limit. `predict_linear` is the least-squares line over the
 * range, from the time of evaluation (prometheus.io/docs/prometheus/latest/querying/functions).
 *
 *   limit ----------------------+--
 *                           . ´
 *                      . ´       in 8 h
 *            ______/´
 *            |←1 h→|
 */
export const predictLinear: Rule = (line) => {
  if (line.limitBytes === null) return UNKNOWN;
  const from = endOf(line) - RANGE_HOURS * HOUR_MS;
  if (startsOf(line).some((t) => t > from)) return QUIET;
  const points = pointsOf(line, 'workingSet', from);
  // "At least two" is Prometheus's own condition.
  if (points.length < 2) return UNKNOWN;
  const { m: slope, b: levelNow } = linearRegression(points);
  return levelNow + AHEAD_HOURS * slope > line.limitBytes ? firing(line, slope, levelNow) : QUIET;
};
