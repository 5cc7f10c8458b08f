import type { GoMemory } from './heap-evidence.js';

/** What a Go process tells of itself, by the name of its handler below `/debug/pprof`. */
export const PROFILES = ['heap', 'allocs', 'goroutine', 'goroutineleak'] as const;
export type Profile = (typeof PROFILES)[number];

/** What a container's program runs on, as far as that can be seen from outside. */
export type Runtime = 'go' | 'jvm' | 'node' | 'python' | 'native';

/** Where a process serves its profiles: a port of its container, and the folder there (`/debug/pprof`). */
export type PprofPlace = { readonly port: number; readonly path: string };
/** Where `net/http/pprof` puts itself. */
export const USUAL_PATH = '/debug/pprof';

/** What a rule says: `8081`, `:8081` or `:8081/some/path`; null when that is none. */
export function pprofPlace(rule: string): PprofPlace | null {
  const [, digits, path] = /^:?(\d{1,5})((?:\/[\w.~-]{1,60}){1,6})?\/?$/.exec(rule.trim()) ?? [];
  const port = Number(digits);
  if (!(port > 0 && port < 65_536) || path?.split('/').some((part) => /^\.+$/.test(part))) return null;
  return { port, path: path ?? USUAL_PATH };
}

/**
 * Where a container can be reached, as its engine says now. `ips`: its own, of all its networks. `published`: its ports on other
 * addresses, a wildcard already as the address that its host has in the container's network. `exposed`: TCP ports that it says it has.
 */
export type ContainerAddresses = {
  readonly ips: readonly string[];
  readonly published: readonly { readonly port: number; readonly ip: string; readonly hostPort: number }[];
  readonly exposed: readonly number[];
  /** It has no addresses of its own, but its host's. */
  readonly hostNetwork: boolean;
};

/** What Go says of itself beside a heap, just after a collection; what it did not say is absent. */
export type GoFacts = {
  readonly goroutines?: number;
  readonly memory?: GoMemory;
};

/**
 * Port: profiles over HTTP, from the addresses of one container and from nowhere else. They reject with a world's error in words for
 * a person. Implemented in `sources/pprof/`.
 */
export type Profiler = {
  /** The first of the ports that it says it has where pprof answers; null: none does. Each is asked once. */
  find(addresses: ContainerAddresses, signal: AbortSignal): Promise<PprofPlace | null>;
  /** A profile as it is sent: packed, not looked into; of a heap, with garbage collected just before. Null: nobody is there. */
  fetch(addresses: ContainerAddresses, place: PprofPlace, profile: Profile, signal: AbortSignal): Promise<Buffer | null>;
  /** Figures beside a heap, where they can be had: what is not, is absent, and no reason to have no heap. */
  facts(addresses: ContainerAddresses, place: PprofPlace, signal: AbortSignal): Promise<GoFacts>;
};
