import { worldError } from '../../errors.js';
import type { Inside, InsideResult } from '../../model/inside.js';
import { INSPECT } from './inspect-script.js';

/** Long enough for a leak that is worth a page: 40 MiB/h leave 170 KB, ten samples. */
const SECONDS = 15;
const SAMPLE_BYTES = 16 * 1_024;
const MOST_MS = (SECONDS + 25) * 1_000;
const MOST_BYTES = 32 * 2 ** 20;
/** The service's own options (`--inspect`, `--require` of its code) are not for the one that asks. */
const ENV = { NODE_OPTIONS: '' } as const;

const SENTENCES: Readonly<Record<string, string>> = {
  'not-node':
    'process 1 of the container is not node (an init or a shell is): a SIGUSR1 could end it. Start node itself, without --init',
  deaf: 'node does not listen to SIGUSR1 there (--disable-sigusr1)',
  closed: 'node did not open its inspector on SIGUSR1 (the program has a handler of its own for it, or is busy)',
  busy: 'the inspector answered with an error: somebody else may be sampling',
};

/**
 * What Node allocated during some seconds and still holds after a collection: V8's sampling heap profile, over the inspector, from inside of the
 * container. It is a growth by itself.
 */
export async function takeSampling(
  inside: Inside,
  containerId: string,
  nowMs: () => number,
  signal: AbortSignal,
): Promise<{ readonly bytes: Buffer; readonly sinceMs: number; readonly sampledEvery: number }> {
  const sinceMs = nowMs();
  const argv = ['node', '-e', INSPECT, String(SECONDS), String(SAMPLE_BYTES)];
  const taken = await inside.run(containerId, { argv, env: ENV, mostMs: MOST_MS, mostBytes: MOST_BYTES }, signal);
  if (taken.how !== 'ended' || taken.exitCode !== 0) throw worldError(problemOf(taken));
  return { bytes: taken.out, sinceMs, sampledEvery: SAMPLE_BYTES };
}

function problemOf({ how, err, exitCode, leftPid }: InsideResult): string {
  const left = leftPid === null ? '' : `; it could not be ended, and is process ${leftPid} on the host`;
  if (how === 'missing') return 'there is no node in the container’s path that could ask the one that runs';
  if (how === 'late') return `node did not answer and what asked it was ended${left}`;
  if (how === 'flood') return `node answered with more than ${MOST_BYTES / 2 ** 20} MiB, and what asked it was ended${left}`;
  return SENTENCES[err.trim()] ?? `what asked node ended with exit code ${exitCode}`;
}
