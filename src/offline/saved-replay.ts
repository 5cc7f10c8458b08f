import type { Readable } from 'node:stream';
import { personError } from '../errors.js';
import { openBytes } from './bytes.js';
import type { ReplayLine, Span } from './compare-replays.js';
import { readLines } from './lines.js';
import { harmless, inputName } from './problem.js';

const EVENTS: readonly string[] = ['alert', 'update', 'resolve'] satisfies ReplayLine['event'][];
const LEVELS: readonly string[] = ['page', 'message', 'digest'] satisfies ReplayLine['level'][];

export type SavedReplay = {
  readonly byId: ReadonlyMap<string, readonly ReplayLine[]>;
  /** What it was asked of; null: of files, or by a version that does not say it. */
  readonly span: Span | null;
};

/** What `leakwatch replay` printed once, by any version. Throws a person's error that names the first line that is none. */
export async function readReplay(path: string, stdin: Readable): Promise<SavedReplay> {
  const byId = new Map<string, ReplayLine[]>();
  let span: Span | null = null;
  const bytes = await openBytes(path, stdin, 'what leakwatch replay printed, a JSON object in each line,');
  for await (const { number, text } of readLines(bytes.chunks)) {
    if (text?.trim() === '') continue;
    const found = lineIn(text ?? '');
    if (typeof found === 'string')
      throw personError(`${inputName(path)}:${number}: ${found}. What leakwatch replay printed as JSON is expected.`);
    const { line } = found;
    span ??= spanIn(found.of);
    byId.set(line.id, [...(byId.get(line.id) ?? []), line]);
  }
  return { byId, span };
}

/** The line, or what is wrong with it. */
function lineIn(text: string): { readonly line: ReplayLine; readonly of: unknown } | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is no JSON';
  }
  if (typeof value !== 'object' || value === null) return 'is no object';
  const { id, t, event, level, verdict, reason, of } = value as Record<string, unknown>;
  if (typeof id !== 'string') return 'id: must be text';
  if (typeof t !== 'number' || !Number.isFinite(t)) return 't: must be a number (Unix ms)';
  if (!EVENTS.includes(String(event))) return `event: "${harmless(String(event))}" is none`;
  if (!LEVELS.includes(String(level))) return `level: "${harmless(String(level))}" is none`;
  // Another version may know verdicts and reasons that this one does not: they are only held against ours.
  return { line: { id, t, event, level, verdict: String(verdict), reason: String(reason) } as ReplayLine, of };
}

function spanIn(of: unknown): Span | null {
  const [fromMs, toMs] = Array.isArray(of) ? of : [];
  return Number.isFinite(fromMs) && Number.isFinite(toMs) && 0 < fromMs && fromMs < toMs ? { fromMs, toMs } : null;
}
