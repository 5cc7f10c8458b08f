import type { GrownStacks, HeapCourse } from './heap-evidence.js';
import type { HostName } from './host.js';
import type { MassifFinding, MassifPlan } from './massif.js';
import { type GoFacts, type PprofPlace, PROFILES, type Runtime } from './profiler.js';

/** What is taken: a profile that Go serves (of a JVM or Node: its heap), or what Massif has written. */
export const TAKINGS = [...PROFILES, 'massif'] as const;
export type TakingKind = (typeof TAKINGS)[number];

/** Why a heap was taken. `second`: a minute after one that had none before it. */
export type TakingReason = 'asked' | 'verdict' | 'regular' | 'deploy' | 'limit' | 'second';

/** One heap that was taken: what its manifest in the archive says. Times in Unix ms. */
export type TakenHeap = {
  /** Of the taking. */
  readonly id: string;
  readonly service: string;
  /** The key of the replica, its number, and what people call it. */
  readonly replica: string;
  readonly number: number;
  readonly name: string;
  readonly host: HostName;
  readonly containerId: string;
  readonly image: string;
  readonly imageId?: string;
  readonly revision?: string;
  readonly profile: TakingKind;
  /** What it came from; absent: Go. */
  readonly runtime?: Runtime;
  /** The file in the container that it is, and when that was written is when it was taken; absent: it was asked for. */
  readonly dump?: string;
  /** It holds what was allocated since then, and nothing from before: a growth by itself. Unix ms. */
  readonly sinceMs?: number;
  /** One sample in so many bytes, where the file does not say it. */
  readonly sampledEvery?: number;
  /** When the process began: the container's start. */
  readonly startedAtMs: number;
  readonly takenAtMs: number;
  readonly why: TakingReason;
  readonly bytes: number;
  /** What Go said beside it. */
  readonly go?: GoFacts;
};

/** The name of its entry in the archive: what a person looks for there first. */
export function heapName({ service, number, profile, id }: Pick<TakenHeap, 'service' | 'number' | 'profile' | 'id'>): string {
  return `${service} ${number} ${profile} ${id}`;
}

/** What an asked-for heap is compared with: the first of this process within a day, the last one, the first since the deploy, or one so old. */
export type Since = { readonly kind: 'usual' | 'last' | 'deploy' } | { readonly kind: 'age'; readonly ms: number };

/**
 * What came of it. `heaps`: those of the course, oldest first, the last is the new one; `files`: what each is called in its archive, null
 * where there is none that people could look into. `sooner`: it was taken for somebody else, less than five minutes ago. A problem is in words that are not escaped; `needsPprof`:
 * nobody serves profiles there.
 */
export type HeapFinding =
  | {
      readonly course: HeapCourse;
      readonly heaps: readonly TakenHeap[];
      readonly files: readonly (string | null)[];
      readonly sooner: boolean;
      /** Why an earlier one is not among them, in words that are not escaped. */
      readonly uncompared?: string;
      /** What a flame graph is drawn of, where two were compared and it is not too much. */
      readonly stacks?: GrownStacks;
    }
  | { readonly problem: string; readonly needsPprof?: true };

/** What came of `massif`: a file and its sites, or how one could be had. */
export type MassifResult = { readonly massif: MassifFinding; readonly of: TakenHeap } | { readonly noMassif: MassifPlan };

/** Who takes heaps of a service now, and which replica: for five minutes there is one taking. */
export type Taking = { readonly id: string; readonly replica: string; readonly atMs: number };

/** Port: what is known of heaps. Implemented in `store/`. */
export type Heaps = {
  /** Remembers a heap that lies in an archive; the same again changes nothing. */
  add(heap: TakenHeap): Promise<void>;
  /** Of one service, oldest first: 14 days, 500 at most. */
  ofService(serviceId: string): Promise<readonly TakenHeap[]>;
  /** The taking that holds now: `mine`, unless somebody else's is less than five minutes old. */
  claim(serviceId: string, profile: TakingKind, mine: Taking): Promise<Taking>;
  /** It came to nothing: the next who asks may try. */
  release(serviceId: string, profile: TakingKind, id: string): Promise<void>;
  /** Where pprof was found on a service's containers; null: nowhere yet. */
  placeOf(serviceId: string): Promise<PprofPlace | null>;
  foundAt(serviceId: string, place: PprofPlace): Promise<void>;
  /** Who asks for a JVM's heap is told first, once a service, what it costs. True: they were told before. */
  toldBefore(serviceId: string): Promise<boolean>;
  /** The address in Slack of the flame graph of a comparison; null: it was not uploaded. */
  flame(comparison: string): Promise<string | null>;
  keepFlame(comparison: string, permalink: string): Promise<void>;
  /** What came of an answer's heap, for a day. */
  keepFinding(key: string, finding: HeapFinding | MassifResult): Promise<void>;
  finding(key: string): Promise<HeapFinding | MassifResult | null>;
};
