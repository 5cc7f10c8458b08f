import type { HeapFinding } from '../model/heap-taking.js';
import type { SlackMessage } from '../model/message.js';
import type { OwnGrowth } from '../model/own-metrics.js';
import { context } from './blocks.js';
import { ownLine } from './own-metrics.js';
import { plainMessage } from './plain-message.js';
import { escapeText } from './text.js';

/** What to do where nobody serves profiles, in one line of Go and one label. */
const HOW =
  'In a Go service: `import _ "net/http/pprof"`, `go http.ListenAndServe(":6060", nil)` (not on localhost), and the label `leakwatch.pprof=6060` or `pprof: 6060` in `leakwatch.yml`.';
const MAX_PROBLEM = 500;

/**
 * There is no heap: why, and what to do about it where that is one line of Go. What the process exports of itself costs nothing, and is
 * said all the same; `missing`: why that, or some of it, could not be asked for, in words that are not escaped.
 */
export function noHeapMessage(
  { problem, needsPprof }: Extract<HeapFinding, { problem: string }>,
  own?: OwnGrowth,
  missing?: string,
): SlackMessage {
  const why = `No heap. ${escapeText(problem.replace(/\.$/, ''), MAX_PROBLEM)}.${needsPprof ? ` ${HOW}` : ''}`;
  const line = ownLine(own);
  const { blocks } = plainMessage(line === undefined ? why : `${why}\n${line}`);
  const note = missing && context(escapeText(missing, 200));
  return { text: line === undefined ? why : `${why} ${line}`, blocks: [...blocks, ...(note ? [note] : [])] };
}

/** It should be there by now; what was asked for may still come, and then stands in this one's place. */
export function lateMessage(replica: string): SlackMessage {
  return plainMessage(
    `The heap of ${escapeText(replica, 80)} is not there after 90 s: its agent is busy with others, or gone. If it comes, it is said here.`,
  );
}
