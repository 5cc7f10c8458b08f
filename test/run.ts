import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from './support/parts/engine.js';
import { startRedis } from './support/parts/redis.js';

/**
 * Runs Jest with one real Redis and one real Docker Engine beside it, both stopped afterwards; arguments go to Jest. The last
 * line, `N passed, N failed`, is counted from Jest's own JSON, so that a run without tests cannot pass for one.
 */
const report = join(tmpdir(), `leakwatch-jest-${process.pid}.json`);
const say = (line: string) => console.error(`• ${line}`);
const started = await Promise.all([startRedis(), startEngine(say)]);
const [redis, engine] = started;
let code = 1;
let passed = 0;
let failed = 0;
try {
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--json', `--outputFile=${report}`];
  const child = spawn(process.execPath, ['--no-warnings', ...jest, ...process.argv.slice(2)], {
    stdio: ['inherit', 'ignore', 'inherit'],
    env: { ...process.env, LEAKWATCH_TEST_REDIS: redis.url, LEAKWATCH_TEST_DOCKER: engine.socket },
  });
  code = await new Promise((resolve) => child.on('exit', (status) => resolve(status ?? 1)));
  const result = JSON.parse(await readFile(report, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
    numRuntimeErrorTestSuites: number;
  };
  passed = result.numPassedTests;
  failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
} finally {
  await rm(report, { force: true });
  await Promise.all(started.map((part) => part.stop()));
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(code === 0 && passed > 0 && failed === 0 ? 0 : 1);
