import { assess } from '../../src/analysis/assess.js';
import type { Assessment, Series } from '../../src/model/assessment.js';
import type { Answer } from './rule.js';

/** Leakwatch itself, by the function that answers `/leak check`; judged at the last sample. */
export function ourAnswer(series: Series): Answer {
  return answerOf(assess(series, series.samples.at(-1)?.t ?? series.toMs));
}

function answerOf({ verdict, growthBytesPerHour, limitAtMs }: Assessment): Answer {
  return {
    verdict,
    growthBytesPerHour: growthBytesPerHour?.value ?? null,
    growthLow: growthBytesPerHour?.low ?? null,
    growthHigh: growthBytesPerHour?.high ?? null,
    limitAtMs: limitAtMs?.value ?? null,
  };
}
