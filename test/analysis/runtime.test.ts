import { expect, test } from '@jest/globals';
import { runtimeOf } from '../../src/analysis/runtime.js';
import { decodeAbout } from '../../src/sources/docker/decode-about.js';

const seen = (Path: string, Env: readonly string[], commands: readonly string[]) =>
  decodeAbout(
    { State: { Running: true }, Path, Config: { Env }, HostConfig: { Init: false, Tmpfs: { '/tmp': 'size=1m' } } },
    { Titles: ['UID', 'PID', 'CMD'], Processes: commands.map((command, i) => ['root', String(i + 1), command]) },
  );

test.each([
  ['jvm', '/entrypoint.sh', [], ['/sbin/tini -- /entrypoint.sh', '/opt/java/bin/java -jar app.jar --password=hunter2']],
  ['jvm', './run', ['JAVA_HOME=/opt/java'], []],
  ['node', 'docker-entrypoint.sh', ['NODE_VERSION=20.1.0'], ['node /app/server.js']],
  ['python', 'python3.11', [], []],
  ['native', '/usr/bin/valgrind.bin', [], ['/usr/bin/valgrind.bin --tool=massif /app']],
  // An image of one runtime that runs another, and one that nothing is known of.
  ['node', '/start', ['JAVA_HOME=/opt/java'], ['/start', '/usr/bin/node a.js']],
  [null, '/app', ['PATH=/bin'], ['/app --serve']],
] as const)('%s: by what runs, else by what it was started with, else by its image (%s)', (runtime, path, env, commands) => {
  expect(runtimeOf(seen(path, env, commands))).toBe(runtime);
});

test('of commands the program’s name alone is kept, and whether one is Massif; of variables their names and PATH', () => {
  const about = seen(
    '/app',
    ['TOKEN=hunter2', 'PATH=/a:/b'],
    ['/usr/bin/valgrind.bin -q --tool=massif /app --key=hunter2', 'sh -c hunter2'],
  );
  expect(about).toMatchObject({
    programs: ['valgrind.bin', 'sh'],
    isUnderMassif: true,
    variables: ['TOKEN', 'PATH'],
    path: ['/a', '/b'],
  });
  expect(JSON.stringify(about)).not.toContain('hunter2');
  expect(seen('/app', [], ['/app --tool=massif', 'valgrind.bin --tool=memcheck /app']).isUnderMassif).toBe(false);
  expect(decodeAbout(null, null)).toMatchObject({ running: false, program: '', programs: [] });
});
