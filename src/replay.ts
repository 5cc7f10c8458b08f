import { type Answerer, answerFile, type Streams } from './offline/answer.js';
import type { ReplayLine, Span } from './offline/compare-replays.js';
import { replayCompared } from './offline/replay-compared.js';
import { replayHistory } from './offline/replay-history.js';
import { duration } from './render/times.js';
import { count } from './render/units.js';
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
  if (!address) return tell ? answerFile(file ?? '', telling(tell), streams) : replayFile(file ?? '', streams);
  const { replayPrometheus } = await import('./from-prometheus.js');
  return replayPrometheus({ services, since: span ?? since ?? SINCE, json, tell, only }, address, streams);
}

/** A line for each message. That there was none is no result, but it is said: who sees nothing cannot tell it from a failure. */
async function replayFile(file: string, streams: Streams): Promise<number> {
  let [histories, messages] = [0, 0];
  const counted: Answerer = function* (history, onTick) {
    histories += 1;
    for (const line of replayHistory(history, onTick)) {
      messages += 1;
      yield line;
    }
  };
  const code = await answerFile(file, counted, streams);
  if (histories > 0 && messages === 0)
    streams.stderr.write(
      `leakwatch: nothing would have been posted of ${count(histories, 'history', 'histories')}; assess says how each ended.\n`,
    );
  return code;
}

/** Nothing is printed of it. */
function telling(tell: (line: ReplayLine) => void): Answerer {
  return (history, onTick) => {
    for (const line of replayHistory(history, onTick)) tell(line);
    return [];
  };
}
