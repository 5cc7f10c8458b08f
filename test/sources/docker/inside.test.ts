import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { makeInside } from '../../../src/sources/docker/inside.js';
import { makeInsideClient } from '../../../src/sources/docker/inside-client.js';
import { askMassif } from '../../../src/sources/massif/live.js';
import { removeContainers, runContainer } from '../../support/parts/containers.js';
import { massifImage } from '../../support/parts/native.js';
import { until } from '../../support/parts/process.js';
import { buildProgramImage } from '../../support/parts/program-image.js';
import { patient } from '../../support/patience.js';

const socketPath = process.env.LEAKWATCH_TEST_DOCKER ?? '';
const docker = new Docker({ socketPath });
const inside = makeInside(makeInsideClient({ dockerHost: `unix://${socketPath}`, certPath: undefined, tlsVerify: false }));
const RUN = `inside-${process.pid}`;
const { signal } = new AbortController();
const called = (name: string) => `${name}-${process.pid}`;
const ids = new Map<string, string>();
const idOf = (name: string) => ids.get(name) ?? '';
/** It says nothing, does not go when it is asked to, and has begun something that would outlive it. */
const STUBBORN = `#!/bin/sh\ntrap '' TERM INT\nsleep 1000 &\nwhile :; do sleep 1000; done\n`;

beforeAll(async () => {
  const usual = await massifImage('leakwatch-test/massif:1');
  await buildProgramImage(docker, usual);
  await buildProgramImage(
    docker,
    await massifImage('leakwatch-test/hostile:1', {
      files: { '/bin/vgdb': STUBBORN },
      dockerfile: ['ENV PATH=/bin', ...usual.dockerfile.slice(1)],
    }),
  );
  await buildProgramImage(docker, {
    ...{ tag: 'leakwatch-test/shell-less:1', programs: ['/bin/sleep', '/usr/bin/yes'] },
    dockerfile: ['ENV PATH=/bin:/usr/bin', 'ENTRYPOINT ["/bin/sleep", "1000"]'],
  });
  const start = async (name: string, image: string, more: object = {}) =>
    ids.set(name, (await runContainer(docker, { image, name: called(name), runId: RUN, ...more })).id);
  await Promise.all([
    start('usual', usual.tag, { entrypoint: ['/bin/sleep', '1000'], tmpfs: { '/memory': 2 ** 20 } }),
    start('hostile', 'leakwatch-test/hostile:1'),
    start('blocked', usual.tag, { env: { PAUSE: '1' } }),
    start('shell-less', 'leakwatch-test/shell-less:1'),
  ]);
}, 90_000);
afterAll(() => removeContainers(docker, RUN), 60_000);

async function programsIn(name: string): Promise<string[]> {
  const { Processes } = await docker.getContainer(called(name)).top();
  return Processes.map((row: string[]) => row.at(-1) ?? '');
}
const run = (name: string, argv: string[], mostMs = 2_000, mostBytes = 100_000) =>
  inside.run(idOf(name), { argv, mostMs, mostBytes }, signal);

test('both outputs and the exit code of a command', async () => {
  const { how, out, err, exitCode } = await run('usual', ['sh', '-c', 'echo out; echo err >&2; exit 7']);
  expect({ how, out: out.toString(), err, exitCode }).toEqual({ how: 'ended', out: 'out\n', err: 'err\n', exitCode: 7 });
});

test.each(['usual', 'shell-less'])(
  '%s: what hangs, what floods and what is not there is ended in time, and nothing is left',
  async (name) => {
    const before = await programsIn(name);
    const begun = performance.now();
    expect(await run(name, ['sleep', '999'])).toMatchObject({ how: 'late', leftPid: null });
    const flood = await run(name, ['yes'], 20_000);
    expect(flood).toMatchObject({ how: 'flood', leftPid: null });
    expect(flood.out.length).toBeLessThan(200_000);
    expect(await run(name, ['jcmd', '-l'])).toMatchObject({ how: 'missing' });
    expect(performance.now() - begun).toBeLessThan(patient(15_000));
    expect(await programsIn(name)).toEqual(before);
  },
  30_000,
);

test('what does not want to go, and what it began, is killed', async () => {
  const before = await programsIn('hostile');
  const result = await inside.run(idOf('hostile'), { argv: ['vgdb', '-l'], mostMs: 1_000, mostBytes: 1_000 }, signal);
  expect(result).toMatchObject({ how: 'late', leftPid: null });
  expect(await programsIn('hostile')).toEqual(before);
}, 30_000);

test('a vgdb that hangs is an answer, and Massif runs on', async () => {
  expect(await askMassif(inside, idOf('hostile'), ['/tmp'], signal, 1)).toMatchObject({
    problem: expect.stringContaining('not heard'),
  });
  expect(await programsIn('hostile')).toHaveLength(1);
}, 40_000);

test('a program under Massif, process 1, that waits in one system call: not stopped by force, said so, and it runs on', async () => {
  await until('Massif in its pause', 20_000, async () => (await inside.about(idOf('blocked')))?.isUnderMassif ?? false);
  const before = await programsIn('blocked');
  const asked = await askMassif(inside, idOf('blocked'), ['/tmp'], signal, 2);
  expect(asked).toMatchObject({ problem: expect.stringContaining('waits in a system call') });
  expect(await programsIn('blocked')).toEqual(before);
}, 60_000);

test('files: by globs in a folder, newest first, through links, of a folder in memory by a command', async () => {
  await run('usual', [
    'sh',
    '-c',
    'echo one > /var/massif/massif.out.1; echo two > /var/massif/massif.out.2; echo no > /var/massif/other',
  ]);
  await run('usual', ['sh', '-c', 'echo in memory > /memory/massif.out.7']);
  const files = await inside.files(idOf('usual'), '/var/massif/massif.out.*', signal);
  expect(files.map(({ path }) => path).sort()).toEqual(['/var/massif/massif.out.1', '/var/massif/massif.out.2']);
  expect(await textOf('/var/massif/massif.out.2')).toBe('two\n');
  expect(await textOf('/bin/sh')).toMatch(/^\x7fELF/);
  expect(await inside.files(idOf('usual'), '/memory/massif.*', signal)).toMatchObject([{ path: '/memory/massif.out.7' }]);
  expect(await textOf('/memory/massif.out.7')).toBe('in memory\n');
  expect(await textOf('/memory/nothing')).toBeNull();
  expect(await textOf('/nothing/here')).toBeNull();
  expect(await inside.files(idOf('usual'), '/nothing/*.out', signal)).toEqual([]);
  await expect(inside.files(idOf('usual'), '../etc/*', signal)).rejects.toThrow('no path');
  await expect(inside.files(idOf('usual'), '/var/*/massif.out', signal)).rejects.toThrow('no path');

  async function textOf(path: string): Promise<string | null> {
    const bytes = await inside.read(idOf('usual'), path, signal);
    if (!bytes) return null;
    const chunks: Buffer[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return Buffer.concat(chunks).toString('latin1');
  }
}, 30_000);

test('of an inspect and a list of processes, no value and no argument goes on', async () => {
  const about = await inside.about(idOf('blocked'));
  expect(about).toMatchObject({ program: '/usr/bin/valgrind.bin', variables: ['PAUSE', 'PATH'], programs: ['valgrind.bin'] });
  expect(JSON.stringify(about)).not.toContain('--tool');
});
