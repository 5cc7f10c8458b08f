import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from './support/parts/engine.js';
import { startRedis } from './support/parts/redis.js';

/**
 * Runs Jest with one real Redis and one real Docker Engine beside it, both stopped afterwards; arguments go to Jest. The last
 * line, `N passed, N failed`, is counted from Jest's own JSON, so that a run without tests cannot pass for one. A run whose
 * tests left something open never ends by itself: it is killed 10 s after its report, and fails.
 */
const LEFTOVER_GRACE_MS = 10_000;
/** See `support/patience.ts`. */
const PATIENCE = '4';
const report = join(tmpdir(), `leakwatch-jest-${process.pid}.json`);
const parts: { stop(): Promise<void> }[] = [];
let counts = { passed: 0, failed: 0 };
let clean = false;

try {
  console.error('• starting Redis and looking for a Docker Engine');
  const redis = await startRedis();
  parts.push(redis);
  const engine = await startEngine((line) => console.error(`• ${line}`));
  parts.push(engine);
  clean = await jest({ LEAKWATCH_TEST_REDIS: redis.url, LEAKWATCH_TEST_DOCKER: engine.socket });
  counts = await count();
} catch (error) {
  console.error(error);
} finally {
  await rm(report, { force: true });
  await Promise.all(parts.map((part) => part.stop()));
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(clean && counts.passed > 0 && counts.failed === 0 ? 0 : 1);

async function jest(env: Record<string, string>): Promise<boolean> {
  const args = [
    '--no-warnings',
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${report}`,
  ];
  const child = spawn(process.execPath, [...args, ...process.argv.slice(2)], {
    stdio: ['inherit', 'ignore', 'pipe'],
    env: { ...process.env, LEAKWATCH_TEST_PATIENCE: PATIENCE, ...env },
  });
  let killer: NodeJS.Timeout | undefined;
  let leftover = false;
  child.stderr.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    if (!killer && chunk.includes('Ran all test suites')) {
      killer = setTimeout(() => {
        console.error('• something was left running after the tests: see the open handles with --detectOpenHandles');
        leftover = true;
        child.kill('SIGKILL');
      }, LEFTOVER_GRACE_MS);
    }
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(killer);
  return code === 0 && !leftover;
}

async function count(): Promise<typeof counts> {
  const result = JSON.parse(await readFile(report, 'utf8')) as Record<string, number>;
  return {
    passed: result.numPassedTests ?? 0,
    failed: (result.numFailedTests ?? 0) + (result.numRuntimeErrorTestSuites ?? 0),
  };
}
