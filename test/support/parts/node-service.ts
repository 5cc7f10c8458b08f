import { realpathSync } from 'node:fs';
import type { ProgramImage } from './program-image.js';

/** A Node service that leaks: `cachePut` in line 4 keeps 1 MB a second of numbers, `answer` makes as much garbage. (Async, as a service is: V8 does not see
 * functions that it has inlined into others.) */
const SERVICE = `const kept = [];
async function cachePut() {
  await null;
  kept.push(Array.from({ length: 1250 }, (_, i) => i + 0.5));
}
async function answer() {
  await null;
  return Array.from({ length: 1250 }, (_, i) => String(i));
}
setInterval(() => { cachePut(); answer(); if (kept.length > 6000) kept.length = 0; }, 10);
`;

export function nodeImage(tag: string): ProgramImage {
  const node = realpathSync(process.execPath);
  return {
    tag,
    programs: [node, '/bin/dash'],
    files: { '/app/service.js': SERVICE },
    links: { '/bin/sh': 'dash', '/usr/local/bin/node': node },
    dockerfile: ['ENV PATH=/usr/local/bin:/bin NODE_OPTIONS=--max-old-space-size=300', 'ENTRYPOINT ["node", "/app/service.js"]'],
  };
}
