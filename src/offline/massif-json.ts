import type { Massif, SiteRow } from '../model/massif.js';
import type { MassifGrowth } from './massif-growth.js';

/** As many rows as make a piece worth writing. */
const PIECE = 1_000;

/**
 * A file of Massif's as one JSON object, a snapshot and a row in each line, in pieces. What is below Massif's threshold is the last
 * row, so that all rows together are the growth; `top` is of places.
 */
export function* massifJson(
  { command, timeUnit, peak, snapshots }: Massif,
  growth: MassifGrowth | null,
  top?: number,
): Generator<string> {
  yield `{"command":${JSON.stringify(command)},"timeUnit":"${timeUnit}","peak":${peak},"snapshots":[\n`;
  yield* pieces(snapshots.map((snapshot) => JSON.stringify(snapshot)));
  yield `],"growth":{"from":${growth?.from?.index ?? null},"to":${growth?.to.index ?? null},"rows":[\n`;
  const rows = growth?.rows.slice(0, top) ?? [];
  yield* pieces([...rows, ...(growth?.below ? [growth.below] : [])].map(rowJson));
  yield ']}}\n';
}

/** With all digits, also above 2^53. */
function rowJson({ function: name, file, line, bytes }: SiteRow): string {
  return `{"function":${JSON.stringify(name)},"file":${JSON.stringify(file)},"line":${line},"bytes":${bytes}}`;
}

function* pieces(lines: readonly string[]): Generator<string> {
  for (let from = 0; from < lines.length; from += PIECE) {
    yield `${lines.slice(from, from + PIECE).join(',\n')}${from + PIECE < lines.length ? ',' : ''}\n`;
  }
}
