import { StringDecoder } from 'node:string_decoder';
import type { EngineEvent } from '../../model/engine.js';
import { asEvent } from './types.js';

export const ACTIONS = ['start', 'die', 'oom', 'rename', 'update', 'destroy'] as const satisfies readonly EngineEvent['action'][];
/** A line beyond this is no event: it is dropped up to its end. */
const MAX_LINE = 1_000_000;
/** The engine itself repeats no more than its last 256 events. */
const MAX_REMEMBERED = 1_024;

/**
 * Chunks of the event stream → events. Lines (JSON each) are split and merged by chunks as it happens, characters too. Only
 * `Action` and `Actor` are read: API 1.52 has no `status`, `id` and `from` any more.
 */
export function eventReader(): (chunk: Uint8Array) => EngineEvent[] {
  const decoder = new StringDecoder('utf8');
  let open = '';
  let overlong = false;
  return (chunk) => {
    const lines = (open + decoder.write(Buffer.from(chunk))).split('\n');
    open = lines.pop() ?? '';
    if (overlong && lines.length > 0) {
      lines.shift();
      overlong = false;
    }
    if (overlong || open.length > MAX_LINE) {
      overlong = true;
      open = '';
    }
    return lines.flatMap((line) => decodeEvent(line) ?? []);
  };
}

/** One line; null for what is no event of a container that we follow. */
export function decodeEvent(line: string): EngineEvent | null {
  let answer: unknown;
  try {
    answer = JSON.parse(line);
  } catch {
    return null;
  }
  const { Type, Action, Actor } = asEvent(answer);
  const action = ACTIONS.find((one) => one === Action);
  // As digits: as a number it would lose the last three.
  const at = /"timeNano":(\d{1,19})/.exec(line)?.[1];
  if (Type !== 'container' || !action || !Actor?.ID || !at) return null;
  const exitCode = Number.parseInt(Actor.Attributes?.exitCode ?? '', 10);
  return { containerId: Actor.ID, action, at: BigInt(at), ...(Number.isInteger(exitCode) ? { exitCode } : {}) };
}

/** After a break the engine repeats what it still has: true for an event that was not seen yet. */
export function eventFilter(): (event: EngineEvent) => boolean {
  const seen = new Set<string>();
  return ({ at, containerId, action }) => {
    const id = `${at} ${containerId} ${action}`;
    if (seen.has(id)) return false;
    seen.add(id);
    for (const oldest of seen) {
      if (seen.size <= MAX_REMEMBERED) break;
      seen.delete(oldest);
    }
    return true;
  };
}
