import { type Answerer, answerFile, type Streams } from './offline/answer.js';
import type { ReplayLine, Span } from './offline/compare-replays.js';
import { replayCompared } from './offline/replay-compared.js';
import { replayHistory } from './offline/replay-history.js';
import { duration } from './render/times.js';
import type { PrometheusAddress } from './sources/prometheus/client.js';
import { VERSION } from './version.js';

const SINCE = '14d';

export type ReplayAsked = {
  /** Either this, or an address. */
  readonly file: string | undefined;
  readonly address: PrometheusAddress | undefined;
  /** Null: not said, which is two weeks, or what the other was asked of. */
  readonly since: string | null;
  /** Names or ids, of a Prometheus; none: all. */
  readonly services: readonly string[];
  readonly json: boolean | undefined;
  readonly compare: string | undefined;
};

/** `leakwatch replay`, of a file or of a Prometheus, printed or held against what another version printed. Gives the exit code. */
export async function replayAsked({ compare, ...asked }: ReplayAsked, streams: Streams): Promise<number> {
  if (compare === undefined) return replay(asked, streams);
  const { json, address } = asked;
  const words = { path: compare, json, duration, version: VERSION, isMoving: address !== undefined };
  return replayCompared(words, (tell, span, only) => replay(asked, streams, { tell, only }, span), streams);
}

async function replay(
  { file, address, since, services, json }: Omit<ReplayAsked, 'compare'>,
  streams: Streams,
  { tell, only }: { tell?: (line: ReplayLine) => void; only?: (ids: readonly string[]) => void } = {},
  span: Span | null = null,
): Promise<number> {
  if (!address) return answerFile(file ?? '', tell ? telling(tell) : replayHistory, streams);
  const { replayPrometheus } = await import('./from-prometheus.js');
  return replayPrometheus({ services, since: span ?? since ?? SINCE, json, tell, only }, address, streams);
}

/** Nothing is printed of it. */
function telling(tell: (line: ReplayLine) => void): Answerer {
  return (history, onTick) => {
    for (const line of replayHistory(history, onTick)) tell(line);
    return [];
  };
}
