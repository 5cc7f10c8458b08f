import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The command as it is built, or another build of it: what it printed, what it said on standard error, and its exit code. */
export async function runCommand(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}, cli = 'dist/src/cli.js') {
  const child = spawn(process.execPath, [cli, ...args], { stdio: 'pipe', env: { PATH: process.env.PATH, ...env } });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, output, errors };
}

/** What it printed, as JSON. */
export const rows = (output: string) =>
  output
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
