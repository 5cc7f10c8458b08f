import { decodeLine } from '../../../src/offline/decode-line.js';
import { isProblem } from '../../../src/offline/problem.js';
import { replayHistory } from '../../../src/offline/replay-history.js';
import type { HistoryLine } from '../fake-engine/play.js';
import { playWholeBot } from './play.js';
import { asSaid, inOrder, shown } from './said.js';

export type Asked = { readonly redisUrl: string; readonly lines: readonly HistoryLine[]; readonly everyMs: number };
export type Compared = { readonly live: readonly string[]; readonly replayed: readonly string[]; readonly roots: number };

/**
 * What the whole bot said of these histories, and what `leakwatch replay` says of the same lines of input. Left out is what is said at
 * a history's last sample or later: replay looks then because it ends, the watch when it is due.
 */
export async function compare(redisUrl: string, lines: readonly HistoryLine[], everyMs: number): Promise<Compared> {
  const ends = new Map(lines.map(({ id, samples }) => [id, samples.at(-1)?.t ?? 0]));
  const isBefore = ({ t, id }: { t: number; id: string }) => t < (ends.get(id) ?? 0);
  const said = await playWholeBot(redisUrl, lines, everyMs);
  const replayed = inOrder(lines.flatMap((line) => asSaid(replayHistory(historyOf(line)))));
  return {
    live: said.lines.filter(isBefore).map(shown),
    replayed: replayed.filter(isBefore).map(shown),
    roots: said.roots,
  };
}

function historyOf(line: HistoryLine) {
  const history = decodeLine(JSON.stringify(line));
  if (isProblem(history)) throw new Error(history.problem);
  return history;
}
