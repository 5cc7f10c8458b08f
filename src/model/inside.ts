import type { Runtime } from './profiler.js';

/** A file in a container. Null: how it was found does not say. */
export type FileSeen = { readonly path: string; readonly bytes: number | null; readonly changedAtMs: number | null };

/** A command that is run in a container beside what runs there, and how much of it is waited for. */
export type InsideCommand = {
  readonly argv: readonly string[];
  /** Set over the container's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly mostMs: number;
  /** Of both outputs together. */
  readonly mostBytes: number;
};

/**
 * How it ended. `missing`: there is no such program. `late`, `flood`: it was ended because it took too long or said too much; `leftPid`: and
 * did not go all the same (its number on the host), which is said.
 */
export type InsideResult = {
  readonly how: 'ended' | 'missing' | 'late' | 'flood';
  readonly exitCode: number | null;
  readonly out: Buffer;
  readonly err: string;
  readonly leftPid: number | null;
};

/** What a container is, without looking into it: no more of its environment than the names, no more of its arguments than how many. */
export type ContainerAbout = {
  readonly running: boolean;
  /** The program that it was started with (`/app`, `node`), and where that is looked for. */
  readonly program: string;
  readonly folder: string;
  readonly path: readonly string[];
  readonly variables: readonly string[];
  /** With `--init` the program is not process 1. */
  readonly hasInit: boolean;
  /** Folders that lie in memory: the engine's archive does not show what is in them. */
  readonly tmpfs: readonly string[];
  /** Names of the programs that run, oldest first; empty: nobody may ask. */
  readonly programs: readonly string[];
  /** One of them is Valgrind's Massif. */
  readonly isUnderMassif: boolean;
};

/** What kind of program a file is: how it finds the C library tells whether Massif can see what it allocates. */
export type Binary =
  | { readonly kind: 'script'; readonly interpreter: string }
  | { readonly kind: 'elf'; readonly loader: string | null; readonly isGo: boolean }
  | { readonly kind: 'other' };

/**
 * Port: into the containers of one host. It is there with `LEAKWATCH_EXEC` only. Every call is bounded in time and bytes, leaves nothing running,
 * and rejects with a world's error in words for a person. Implemented in `sources/docker/`.
 */
export type Inside = {
  /** Null: it is gone. */
  about(containerId: string): Promise<ContainerAbout | null>;
  /** Files whose path a pattern (globs in its last part only) names, newest first. */
  files(containerId: string, pattern: string, signal: AbortSignal): Promise<readonly FileSeen[]>;
  /** Its bytes as they come. Null: there is no such file. */
  read(containerId: string, path: string, signal: AbortSignal): Promise<AsyncIterable<Buffer> | null>;
  run(containerId: string, command: InsideCommand, signal: AbortSignal): Promise<InsideResult>;
};

/** Port: heaps of runtimes that do not serve them, by a command in the container. Implemented in `sources/{jvm,node}/`. */
export type RuntimeProfiler = {
  /**
   * `sinceMs`: what it holds was allocated since then; `sampledEvery`: one sample in so many bytes. Rejects with a world's error that says what is
   * in the way.
   */
  take(
    containerId: string,
    runtime: Extract<Runtime, 'jvm' | 'node'>,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Buffer; readonly sinceMs?: number; readonly sampledEvery?: number }>;
};
