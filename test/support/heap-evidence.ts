import type { HeapEvidence } from '../../src/model/heap-evidence.js';

const HOUR = 3_600_000;
/** 14:00 UTC, as in the scenes of test/render. */
export const TAKEN = Date.UTC(2026, 10, 24, 14);
type About = Omit<HeapEvidence, 'measure' | 'totals' | 'totalPerHour' | 'leastTold' | 'rows' | 'others'>;

/** Two heaps of one process, four hours apart, and all that can be had beside them. */
export function about(over: Partial<About> = {}): About {
  return {
    ...{ service: { id: 'shop/api-svc', name: 'api-svc' }, replica: { number: 7, host: 'hv-03' }, runtime: 'go', kind: 'heap' },
    ...{ takenAtMs: [TAKEN - 4 * HOUR, TAKEN], collected: true, baseline: { is: 'same-process' } },
    ...{ reconciliation: null, goroutines: null, files: null, deploy: null, seenBeforeMs: null, nextAtMs: null, missing: [] },
    ...over,
  };
}
