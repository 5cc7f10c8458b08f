import { createHash } from 'node:crypto';
import type { MemoryAt } from './memory.js';

export type FakeSpec = {
  readonly name: string;
  readonly image: string;
  readonly memory: MemoryAt;
  readonly labels?: Readonly<Record<string, string>>;
  /** Bytes; without it there is no limit. */
  readonly limitBytes?: number | null;
  readonly env?: readonly string[];
  readonly restart?: 'no' | 'always';
  /** Ports of the container that are published on loopback. */
  readonly published?: readonly Published[];
};
export type Published = { readonly port: number; readonly hostPort: number };

/** A container as the engine keeps it. Times in Unix ms; null: never. */
export type FakeContainer = {
  readonly id: string;
  readonly image: string;
  readonly imageId: string;
  readonly createdAtMs: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: readonly string[];
  readonly restart: 'no' | 'always';
  readonly published: readonly Published[];
  memory: MemoryAt;
  name: string;
  limitBytes: number | null;
  running: boolean;
  startedAtMs: number | null;
  finishedAtMs: number | null;
  exitCode: number;
  oomKilled: boolean;
  restartCount: number;
};

/** `seed` makes ids that nobody has and that are the same in every run. */
export function makeContainer(spec: FakeSpec, seed: string, nowMs: number): FakeContainer {
  return {
    id: sha256(`${seed} ${spec.name}`),
    image: spec.image,
    imageId: `sha256:${sha256(spec.image)}`,
    createdAtMs: nowMs,
    labels: spec.labels ?? {},
    env: spec.env ?? [],
    restart: spec.restart ?? 'no',
    published: spec.published ?? [],
    memory: spec.memory,
    name: spec.name,
    limitBytes: spec.limitBytes ?? null,
    running: false,
    startedAtMs: null,
    finishedAtMs: null,
    exitCode: 0,
    oomKilled: false,
    restartCount: 0,
  };
}

export function statusOf({ running, startedAtMs }: FakeContainer): 'created' | 'running' | 'exited' {
  if (running) return 'running';
  return startedAtMs === null ? 'created' : 'exited';
}

/** RFC 3339 as Go prints it: no zeros at the end of the fraction; never is the year 1. */
export function goTime(ms: number | null): string {
  return ms === null ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
