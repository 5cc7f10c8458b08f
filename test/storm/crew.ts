import { type LeakwatchPart, spawnLeakwatch } from '../support/parts/leakwatch.js';

export type Role = 'bot' | 'worker' | 'agent';
export type Post = { readonly name: string; readonly role: Role; readonly env: Record<string, string> };
type Manned = { readonly post: Post; part: LeakwatchPart; killed: boolean };

/** What the log may not hold: an error that was ours, or one that nobody caught. */
const OURS = /"level":(50|60)/;

/**
 * Processes of the build, each at its post. One that is killed is replaced at once; one that ends unasked is told of, and is not
 * replaced: it is a bug.
 */
export async function makeCrew(posts: readonly Post[], logDir?: string) {
  const ended: string[] = [];
  const errors: string[] = [];
  const crew = await Promise.all(posts.map(async (post) => man({ post, killed: false })));
  let kills = 0;
  let stopping = false;

  async function man({ post }: Pick<Manned, 'post' | 'killed'>): Promise<Manned> {
    const part = await spawnLeakwatch(post.env, post.role, logDir && `${logDir}/${post.name}-${Date.now()}.log`);
    const manned: Manned = { post, part, killed: false };
    watch(manned);
    return manned;
  }

  function watch(manned: Manned): void {
    const { part, post } = manned;
    let rest = '';
    part.child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      errors.push(...lines.filter((line) => OURS.test(line)).map((line) => `${post.name}: ${line}`));
    });
    part.child.once('close', (code, signal) => {
      if (!manned.killed && !stopping) ended.push(`${post.name} ended (${code ?? signal}):\n${part.output().slice(-2_000)}`);
    });
  }

  return {
    /** Ended by themselves. */
    ended: ended as readonly string[],
    /** Lines of their logs that tell of an error of ours. */
    errors: errors as readonly string[],
    kills: () => kills,
    names: () => crew.map(({ post }) => post.name),
    /** `kill -9`, and another one in its place at once. */
    async kill(name: string): Promise<void> {
      const at = crew.findIndex(({ post }) => post.name === name);
      const old = crew[at];
      if (!old) throw new Error(`nobody is ${name}`);
      old.killed = true;
      const gone = new Promise((resolve) => old.part.child.once('exit', resolve));
      const { exitCode, signalCode } = old.part.child;
      old.part.child.kill('SIGKILL');
      if (exitCode === null && signalCode === null) await gone;
      kills += 1;
      crew[at] = await man({ post: old.post, killed: false });
    },
    async stop(): Promise<void> {
      stopping = true;
      await Promise.all(crew.map(({ part }) => part.stop()));
    },
  };
}
