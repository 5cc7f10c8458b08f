import { columnsOf } from '../../src/analysis/columns.js';
import { type Life, livesOf } from '../../src/analysis/lives.js';
import type { Series } from '../../src/model/assessment.js';

/** The lives that analysis sees in a series. */
export function livesIn(series: Series): Life[] {
  return livesOf(columnsOf(series.samples), series);
}
