import { drawn, MIB } from './draw-series.js';
import { composeLabels, type Told } from './open-metrics.js';

const [MINUTE, HOUR] = [60_000, 3_600_000];

/** A container of Compose as cAdvisor would have told of it each minute until `endMs`: an hour a letter, 8 MiB a stroke (draw-series.ts). */
export function drawnTold(
  service: string,
  number: number,
  picture: string,
  endMs: number,
  over: Record<string, string> = {},
): Told {
  const { samples, runs, toMs } = drawn(picture, {
    charMs: HOUR,
    intervalMs: MINUTE,
    stepBytes: 8 * MIB,
    noiseBytes: MIB,
    seed: number,
  });
  const at = (ms: number) => ms + endMs - toMs;
  const id = Buffer.from(`${service}${number}`).toString('hex').slice(0, 64).padStart(64, 'a1');
  return {
    labels: composeLabels(id, service, number, over),
    samples: samples.map((sample) => ({ ...sample, t: at(sample.t) })),
    startedAtMs: (t) => Math.max(...runs.map(({ startedAtMs }) => at(startedAtMs)).filter((ms) => ms <= t)),
  };
}
