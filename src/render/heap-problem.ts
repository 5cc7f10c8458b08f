import type { HeapFinding } from '../model/heap-taking.js';
import type { SlackMessage } from '../model/message.js';
import { plainMessage } from './plain-message.js';
import { escapeText } from './text.js';

/** What to do where nobody serves profiles, in one line of Go and one label. */
const HOW =
  'In a Go service: `import _ "net/http/pprof"`, `go http.ListenAndServe(":6060", nil)` (not on localhost), and the label `leakwatch.pprof=6060` or `pprof: 6060` in `leakwatch.yml`.';
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
