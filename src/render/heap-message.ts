import type { HeapFinding } from '../model/heap-taking.js';
import type { SlackMessage } from '../model/message.js';
import { plainMessage } from './plain-message.js';
import { escapeText } from './text.js';
import { bytes } from './units.js';

const HOW =
  'In a Go service: `import _ "net/http/pprof"`, `go http.ListenAndServe(":6060", nil)` (not on localhost), and the label `leakwatch.pprof=6060`.';
const MAX_PROBLEM = 500;

/** There is no heap: why, and what to do about it where that is one line of Go. */
export function noHeapMessage({ problem, needsPprof }: Extract<HeapFinding, { problem: string }>): SlackMessage {
  return plainMessage(`No heap. ${escapeText(problem, MAX_PROBLEM)}.${needsPprof ? ` ${HOW}` : ''}`);
}

/** It should be there by now; what was asked for may still come, and then stands in this one's place. */
export function lateMessage(replica: string): SlackMessage {
  return plainMessage(
    `The heap of ${escapeText(replica, 80)} is not there after 90 s: its agent is busy with others, or gone. If it comes, it is said here.`,
  );
}

/** Until there are better words: a table. */
export function heapMessage({ course, heaps }: Extract<HeapFinding, { heaps: unknown }>): SlackMessage {
  const [first, last] = [heaps[0], heaps.at(-1)];
  const lines = course.rows.slice(0, 8).map(({ function: name, held, file, line }) => {
    const grown = (held.at(-1) ?? 0) - (held.length > 1 ? (held[0] ?? 0) : 0);
    return `${held.length > 1 ? '+' : ''}${bytes(grown)} ${escapeText(name, 60)} ${file ? `${escapeText(file.split('/').at(-1) ?? '', 30)}:${line}` : ''}`;
  });
  const head = `What ${heaps.length > 1 ? 'grew' : 'is held'}, ${escapeText(last?.name ?? '', 60)}`;
  return plainMessage([head, ...lines, `${heaps.length} heaps, since ${first?.takenAtMs}`].join('\n'));
}
