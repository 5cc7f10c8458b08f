import type { OwnMetrics } from '../../model/own-metrics.js';
import type { PrometheusClient } from './client.js';
import { decodeLabels, decodeRows } from './decode-answer.js';
import { decodeOwn } from './decode-own.js';
import { ANSWER_MS, inTime, partOf } from './in-time.js';
import { ownQuery, ownSelectors, targetsOf } from './own-query.js';
import { gridOf } from './query.js';

/** A process that nobody has scraped for so long is another's past. */
const ALIVE_MS = 10 * 60_000;

/** What processes tell of themselves, from a Prometheus: which there are, and then their figures. Two questions. */
export function makeOwnMetrics(client: PrometheusClient, answerMs = ANSWER_MS): OwnMetrics {
  return {
    of: (asked, fromMs, toMs) =>
      inTime(answerMs, async (signal) => {
        const found = decodeLabels(await client.series(ownSelectors(asked), toMs - ALIVE_MS, toMs, signal));
        const targets = targetsOf(found.series, asked);
        if (targets.length === 0) return { processes: [], ...partOf(found.warnings) };
        const grid = gridOf(fromMs, toMs);
        const { rows, warnings } = decodeRows(await client.range(ownQuery(targets), grid, signal), grid);
        return { processes: decodeOwn(rows, targets, grid), ...partOf([...found.warnings, ...warnings]) };
      }),
  };
}
