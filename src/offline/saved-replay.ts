import type { Readable } from 'node:stream';
import { personError } from '../errors.js';
import { openBytes } from './bytes.js';
import type { ReplayLine } from './compare-replays.js';
import { readLines } from './lines.js';
import { harmless } from './problem.js';

const EVENTS: readonly string[] = ['alert', 'update', 'resolve'] satisfies ReplayLine['event'][];
const LEVELS: readonly string[] = ['page', 'message', 'digest'] satisfies ReplayLine['level'][];

/** What `leakwatch replay` printed once, by any version: its lines by id. Throws a person's error that names the first line that is none. */
export async function readReplay(path: string, stdin: Readable): Promise<Map<string, ReplayLine[]>> {
  const byId = new Map<string, ReplayLine[]>();
  const bytes = await openBytes(path, stdin, 'what leakwatch replay printed, a JSON object in each line,');
  for await (const { number, text } of readLines(bytes.chunks)) {
    if (text?.trim() === '') continue;
    const line = lineIn(text ?? '');
    if (typeof line === 'string')
      throw personError(`${path}:${number}: ${line}. What leakwatch replay printed as JSON is expected.`);
    byId.set(line.id, [...(byId.get(line.id) ?? []), line]);
  }
  return byId;
}

/** The line, or what is wrong with it. */
function lineIn(text: string): ReplayLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is no JSON';
  }
  if (typeof value !== 'object' || value === null) return 'is no object';
  const { id, t, event, level, verdict, reason } = value as Record<string, unknown>;
  if (typeof id !== 'string') return 'id: must be text';
  if (typeof t !== 'number' || !Number.isFinite(t)) return 't: must be a number (Unix ms)';
  if (!EVENTS.includes(String(event))) return `event: "${harmless(String(event))}" is none`;
  if (!LEVELS.includes(String(level))) return `level: "${harmless(String(level))}" is none`;
  // Another version may know verdicts and reasons that this one does not: they are only held against ours.
  return { id, t, event, level, verdict: String(verdict), reason: String(reason) } as ReplayLine;
}
