import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Asked, Compared } from './compare.js';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

/** `compare` in a process of its own: inside Jest, thousands of looks take two to three times as long. Rejects with what it said. */
export async function compareApart(asked: Asked): Promise<Compared> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD], { stdio: 'pipe' });
  child.stdin.end(JSON.stringify(asked));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [told, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if ((await ended) !== 0) throw new Error(`the whole bot ended early: ${problems.slice(-4_000)}`);
  return JSON.parse(told) as Compared;
}
