import { type ChildProcess, fork } from 'node:child_process';

/**
 * All roles on one machine, each a process of its own. When one ends, all do, with its exit code: half of Leakwatch
 * looks like a quiet fleet. SIGTERM and SIGINT are passed on.
 */
export async function startAll(
  cliPath: string,
  roles: readonly string[],
  env: (role: string) => NodeJS.ProcessEnv,
): Promise<void> {
  const children = roles.map((role) => ({ role, child: fork(cliPath, [role], { stdio: 'inherit', env: env(role) }) }));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(children.map(({ child }) => child)));
  const first = await Promise.race(
    children.map(
      ({ role, child }) =>
        new Promise<{ role: string; code: number }>((resolve) => child.on('exit', (code) => resolve({ role, code: code ?? 1 }))),
    ),
  );
  if (first.code !== 0) console.error(`leakwatch: the ${first.role} ended (exit ${first.code}); ending the others`);
  const alive = children.map(({ child }) => child).filter((child) => child.exitCode === null && child.signalCode === null);
  end(alive);
  await Promise.all(alive.map((child) => new Promise((resolve) => child.once('exit', resolve))));
  process.exit(first.code);
}

function end(children: readonly ChildProcess[]): void {
  for (const child of children) child.kill('SIGTERM');
}
