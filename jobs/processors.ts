import { JOB_NAMES, type JobName } from '../src/queue/catalogue.js';
import type { Processor } from './context.js';

export type Processors = { readonly [N in JobName]?: Processor<N> };

/** Every job of the catalogue has exactly one processor, in the worker or in the agent: checked when either starts. */
export const DONE_BY = {
  worker: [
    'check',
    'top',
    'limits',
    'share',
    'chart',
    'deliver',
    'rounds',
    'watch',
    'tell',
    'act',
    'report',
    'trend',
    'digest',
    'home',
    'freeze',
    'collect',
    'heap',
    'say-heap',
    'heap-rounds',
    'flame',
    'alert',
    'page',
    'dropped',
    'read-files',
    'annotate',
  ],
  agent: ['sample', 'take-heap'],
} as const satisfies Record<string, readonly JobName[]>;

/** Throws when a job has no processor or more than one, or when a role has one that is not its own. */
export function assertComplete(
  role: keyof typeof DONE_BY,
  processors: Processors,
  table: Record<string, readonly JobName[]> = DONE_BY,
): void {
  const all = Object.values(table).flat();
  const missing = JOB_NAMES.filter((name) => !all.includes(name));
  const doubled = all.filter((name, index) => all.indexOf(name) !== index);
  const own = new Set<string>(table[role]);
  const wrong = [
    ...Object.keys(processors).filter((name) => !own.has(name)),
    ...[...own].filter((name) => !Object.hasOwn(processors, name)),
  ];
  const problems = [
    ...missing.map((name) => `no role does ${name}`),
    ...doubled.map((name) => `${name} is done twice`),
    ...wrong.map((name) => `${name} is not as the table says for the ${role}`),
  ];
  if (problems.length > 0) throw new Error(`jobs: ${problems.join('; ')}`);
}
