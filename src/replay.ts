import { type Answerer, answerFile, type Streams } from './offline/answer.js';
import type { ReplayLine } from './offline/compare-replays.js';
import { replayCompared } from './offline/replay-compared.js';
import { replayHistory } from './offline/replay-history.js';
import { duration } from './render/times.js';
import type { PrometheusAddress } from './sources/prometheus/client.js';

export type ReplayAsked = {
  /** Either this, or an address. */
  readonly file: string | undefined;
  readonly address: PrometheusAddress | undefined;
  readonly since: string;
  readonly json: boolean | undefined;
  readonly compare: string | undefined;
};

/** `leakwatch replay`, of a file or of a Prometheus, printed or held against what another version printed. Gives the exit code. */
export async function replayAsked({ compare, ...asked }: ReplayAsked, streams: Streams): Promise<number> {
  if (compare === undefined) return replay(asked, streams);
  const { json } = asked;
  return replayCompared({ path: compare, json, span: duration }, (tell) => replay(asked, streams, tell), streams);
}

async function replay(
  { file, address, since, json }: Omit<ReplayAsked, 'compare'>,
  streams: Streams,
  tell?: (line: ReplayLine) => void,
): Promise<number> {
  if (!address) return answerFile(file ?? '', tell ? telling(tell) : replayHistory, streams);
  const { replayPrometheus } = await import('./from-prometheus.js');
  return replayPrometheus({ since, json, tell }, address, streams);
}

/** Nothing is printed of it. */
function telling(tell: (line: ReplayLine) => void): Answerer {
  return (history, onTick) => {
    for (const line of replayHistory(history, onTick)) tell(line);
    return [];
  };
}
