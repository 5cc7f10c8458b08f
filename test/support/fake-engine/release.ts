/** What differs between engines of two times, as far as Leakwatch can see it. */
export type Release = {
  readonly version: string;
  readonly api: string;
  readonly minApi: string;
  /** Before Docker 25 a one-shot waits for the collector's next tick of a second. */
  readonly ticks: boolean;
  /** API 1.52 dropped `status`, `id` and `from` from events. */
  readonly oldEventFields: boolean;
};

export const RELEASES = {
  '20.10': { version: '20.10.24', api: '1.41', minApi: '1.12', ticks: true, oldEventFields: true },
  '29': { version: '29.0.0', api: '1.52', minApi: '1.44', ticks: false, oldEventFields: false },
} as const satisfies Record<string, Release>;

/** `1.9` is below `1.10`. */
export function isBelow(a: string, b: string): boolean {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA === majorB ? minorA < minorB : majorA < majorB;
}
