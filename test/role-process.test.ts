import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { bundle } from './support/bundle.js';
import { endProcess, launch, until } from './support/parts/process.js';

let entry: Awaited<ReturnType<typeof bundle>>;
let part: ReturnType<typeof launch> | undefined;
beforeAll(async () => {
  entry = await bundle(new URL('./support/role-process.ts', import.meta.url));
});
afterEach(() => part && endProcess(part.child));
afterAll(() => entry.remove());

/** A role as a process of its own, and how it ends. */
function run(does: string) {
  const { child, output } = launch(process.execPath, [entry.file, does]);
  part = { child, output };
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
  return { child, output, ended, running: () => until(`it runs: ${output()}`, 5_000, async () => output().includes('running')) };
}
const lines = (output: string) =>
  output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('an event loop that stands still is ended, and the log says why; one that was only stopped goes on', async () => {
  const stuck = run('blocks');
  expect(await stuck.ended).toBe('SIGKILL');
  expect(lines(stuck.output()).at(-1)).toMatchObject({
    level: 'fatal',
    role: 'worker',
    msg: expect.stringMatching(/stood still for 0.4 s/),
  });

  const stopped = run('lives');
  await stopped.running();
  stopped.child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  stopped.child.kill('SIGCONT');
  await new Promise((resolve) => setTimeout(resolve, 300));
  stopped.child.kill('SIGTERM');
  expect(await stopped.ended).toBe(0);
});

test.each([
  ['throws', 'redis://[credentials]@redis:6379', 'correct-horse'],
  ['rejects', 'refused: [token]', 'xoxb-1-secret'],
])('an error that nobody catches (%s): one line without its secret, and exit 1', async (does, words, secret) => {
  const { ended, output } = run(does);
  expect(await ended).toBe(1);
  expect(JSON.stringify(lines(output()).at(-1))).toContain(words);
  expect(output()).not.toContain(secret);
});

test('SIGUSR1 opens no inspector', async () => {
  const { child, running, ended, output } = run('lives');
  await running();
  child.kill('SIGUSR1');
  await until('the signal to be heard', 5_000, async () => output().includes('no inspector'));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(output()).not.toContain('Debugger listening');
});

test('what cannot be stopped in time is handed back: exit 0 all the same', async () => {
  const { child, running, ended } = run('stops never');
  await running();
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
