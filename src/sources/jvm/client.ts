import { worldError } from '../../errors.js';
import type { Inside, InsideResult } from '../../model/inside.js';

const LIST_MS = 20_000;
/** A full collection of 30 GB takes a minute with the slowest collector. */
const HISTOGRAM_MS = 60_000;
const LIST_BYTES = 256 * 1_024;
/** 100,000 classes. */
const HISTOGRAM_BYTES = 16 * 2 ** 20;
/** jcmd is a JVM too. What the container's own is started with (agents, ports) is not for it. */
const ENV = { JAVA_TOOL_OPTIONS: '', JDK_JAVA_OPTIONS: '', _JAVA_OPTIONS: '' } as const;
const HEAD = /^ *num +#instances/m;
const HEAD_BYTES = 64 * 1_024;
const BY_ITSELF = /^(?:jdk\.jcmd\/)?sun\.tools\.jcmd\.JCmd\b/;

/** What a JVM in a container says of its objects by class, after a full collection: `jcmd … GC.class_histogram`. */
export async function takeHistogram(inside: Inside, containerId: string, signal: AbortSignal): Promise<Buffer> {
  const run = (argv: readonly string[], mostMs: number, mostBytes: number) =>
    inside.run(containerId, { argv, env: ENV, mostMs, mostBytes }, signal);
  const listed = await run(['jcmd', '-l'], LIST_MS, LIST_BYTES);
  if (listed.how !== 'ended' || listed.exitCode !== 0) throw worldError(problemOf(listed));
  const pid = firstJvm(listed.out.toString('utf8')) ?? (await processOne(inside, containerId));
  if (!pid) throw worldError('jcmd finds no JVM in the container (another user, or -XX:+DisableAttachMechanism)');
  const taken = await run(['jcmd', pid, 'GC.class_histogram'], HISTOGRAM_MS, HISTOGRAM_BYTES);
  if (taken.how !== 'ended' || taken.exitCode !== 0) throw worldError(problemOf(taken));
  // Before it stand the number of the process, and what a JVM says of the options that it was given.
  const from = taken.out.toString('latin1', 0, HEAD_BYTES).search(HEAD);
  if (from < 0) throw worldError('jcmd answered with something that is no class histogram');
  return taken.out.subarray(from);
}

/** `7 com.example.Main --port 8080`: the one with the least number that is not jcmd itself. */
function firstJvm(listed: string): string | undefined {
  const found = listed.split(/\r?\n/).flatMap((line) => {
    const [, pid, what = ''] = /^(\d{1,10})(?: (.*))?$/.exec(line) ?? [];
    return pid && !BY_ITSELF.test(what) ? [Number(pid)] : [];
  });
  return found.length > 0 ? String(Math.min(...found)) : undefined;
}

/**
 * A JVM without a name for its user, or with `-XX:-UsePerfData`, is in no list, and can be asked all the same. Whoever else is process 1 would get
 * a SIGQUIT.
 */
async function processOne(inside: Inside, containerId: string): Promise<string | undefined> {
  const about = await inside.about(containerId);
  return about?.programs[0] === 'java' && !about.hasInit ? '1' : undefined;
}

/** What jcmd says itself may be anything (an exception's text), and is not told. */
function problemOf({ how, exitCode, leftPid }: InsideResult): string {
  const left = leftPid === null ? '' : `; it could not be ended, and is process ${leftPid} on the host`;
  if (how === 'missing')
    return 'there is no jcmd in the container: an image with a JDK has it (a JRE does not); on the host, as root: jcmd <pid> GC.class_histogram';
  if (how === 'late') return `jcmd did not come to an end and was ended${left}: the JVM does not answer`;
  if (how === 'flood') return `jcmd said more than ${HISTOGRAM_BYTES / 2 ** 20} MiB and was ended${left}`;
  return `jcmd could not reach the JVM (exit code ${exitCode})`;
}
