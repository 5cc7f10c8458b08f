import { heapEvidence } from '../../src/analysis/heap-evidence.js';
import { samplingError } from '../../src/analysis/heap-rate.js';
import type { HeapRuntime, MemoryGrowth } from '../../src/analysis/reconcile.js';
import { reconcile } from '../../src/analysis/reconcile.js';
import { sourceLinks } from '../../src/incidents/source-link.js';
import type { GoMemory, HeapCourse, HeapEvidence } from '../../src/model/heap-evidence.js';
import { about } from '../support/heap-evidence.js';
import { HOUR, MIB, MINUTE, NOW } from './scenes.js';

/** Heaps of one replica as evidence is made of them: by the analysis itself. */

const REVISION = '8c1f0de8c1f0de8c1f0de8c1f0de8c1f0de8c1f0';
const FACTS = { id: 'sha256:2', image: 'shop/api:v1.42.1', source: 'https://github.com/shop/api', revision: REVISION };
const PUT = 'github.com/shop/api/orders.(*Cache).Put';
const URL = 'https://github.com/shop/api/compare/1111111...2222222';
type Row = HeapCourse['rows'][number];

export const row = (name: string, mib: readonly number[], over: Partial<Row> = {}): Row => ({
  ...{ function: name, held: mib.map((one) => one * MIB), via: null, file: null, line: null },
  ...over,
});
const put = row(PUT, [20, 54, 118], { file: '/src/orders/cache.go', line: 88 });
const decode = row('encoding/json.(*Decoder).Decode', [2, 4, 9], { file: '/usr/local/go/src/encoding/json/stream.go', line: 63 });
const reader = row('bufio.NewReaderSize', [1, 2, 4], {
  via: { function: 'github.com/shop/api/feed.(*Client).open', file: '/src/feed/client.go', line: 31 },
});

export function courseOf(rows: readonly Row[], over: Partial<HeapCourse> = {}): HeapCourse {
  const totals = (rows[0]?.held ?? []).map((_, i) => rows.reduce((sum, { held }) => sum + (held[i] ?? 0), 30 * MIB));
  return { ...{ measure: { name: 'inuse_space', unit: 'bytes' }, sampledEvery: 524_288, totals, rows, others: 212 }, ...over };
}

type Scene = {
  readonly course: HeapCourse;
  readonly about?: Partial<HeapEvidence>;
  readonly memory?: MemoryGrowth;
  readonly runtime?: HeapRuntime;
};

export function sceneOf({ course, about: over = {}, memory, runtime = GO }: Scene): HeapEvidence {
  const places = course.rows.map((one) => one.via ?? { function: one.function, file: one.file, line: one.line });
  const grown = (course.totals.at(-1) ?? 0) - (course.totals[0] ?? 0);
  const change = { grownBytes: grown, errorBytes: samplingError(course.totals, course.sampledEvery) };
  const reconciliation = memory ? reconcile(memory, change, runtime) : null;
  return heapEvidence(
    course,
    about({ takenAtMs: NIGHT.slice(-course.totals.length), reconciliation, ...over }),
    sourceLinks(FACTS, places),
  );
}

const NIGHT = [NOW - 5.45 * HOUR, NOW - 3.5 * HOUR, NOW];
const GO: HeapRuntime = { is: 'go', first: null, last: null };
const told: GoMemory = { sysBytes: 500 * MIB, releasedBytes: 0, liveBytes: 160 * MIB, nextGcBytes: 320 * MIB };
const grew = (mib: number): MemoryGrowth => ({ grownBytes: mib * MIB, nowBytes: 400 * MIB });
const files = { base: 'api-svc-7-20261124-0833.pb.gz', now: 'api-svc-7-20261124-1400.pb.gz' };

export const HEAPS: Readonly<Record<string, () => HeapEvidence>> = {
  'the leak of messages.md': () =>
    sceneOf({
      course: courseOf([put, decode, reader]),
      about: {
        ...{ files, goroutines: { from: 412, to: 418 }, seenBeforeMs: Date.UTC(2026, 9, 12, 3) },
        deploy: { image: 'shop/api:v1.42.1', previousImage: 'shop/api:v1.42.0', compareUrl: URL },
      },
      memory: grew(225),
      runtime: { is: 'go', first: null, last: told },
    }),
  'two heaps, GOGC not known': () =>
    sceneOf({ course: courseOf([row(PUT, [20, 118]), row('encoding/json.(*Decoder).Decode', [2, 9])]), memory: grew(225) }),
  'the leak is outside of the heap': () =>
    sceneOf({
      course: courseOf([row(PUT, [20, 26, 30])]),
      memory: grew(412),
      about: { files, goroutines: { from: 40, to: 41 } },
    }),
  'around the heap: stacks of goroutines': () =>
    sceneOf({
      course: courseOf([row(PUT, [20, 26, 30])]),
      memory: grew(412),
      runtime: {
        ...{ is: 'go', first: { ...told, stackBytes: 2 * MIB } },
        last: { ...told, sysBytes: 900 * MIB, stackBytes: 390 * MIB, nextGcBytes: 710 * MIB },
      },
      about: { goroutines: { from: 412, to: 50_412 } },
    }),
  'around the heap: garbage of a peak': () =>
    sceneOf({
      course: courseOf([row(PUT, [20, 26, 30])]),
      memory: grew(412),
      runtime: { is: 'go', first: { ...told, stackBytes: MIB }, last: { ...told, sysBytes: 900 * MIB, stackBytes: 3 * MIB } },
    }),
  'around the heap: nobody knows what': () =>
    sceneOf({
      course: courseOf([row(PUT, [20, 26, 30])]),
      memory: grew(412),
      runtime: { is: 'go', first: told, last: { ...told, sysBytes: 900 * MIB } },
    }),
  'outside of it, and the heap grew into what Go had': () =>
    sceneOf({
      course: courseOf([row(PUT, [20, 100, 320])]),
      memory: grew(400),
      runtime: { is: 'go', first: told, last: { ...told, sysBytes: 550 * MIB } },
    }),
  'half of it': () =>
    sceneOf({
      course: courseOf([put]),
      memory: grew(412),
      runtime: { is: 'go', first: told, last: { ...told, sysBytes: 700 * MIB } },
    }),
  'the first heap': () =>
    sceneOf({
      course: courseOf([row(PUT, [118]), row('encoding/json.(*Decoder).Decode', [9])]),
      about: { baseline: { is: 'none' }, nextAtMs: NOW + HOUR, files: { ...files, base: null } },
    }),
  'it shrank': () => sceneOf({ course: courseOf([row(PUT, [118, 20]), row('main.once', [20, 19])]), memory: grew(1) }),
  'below what can be told': () => sceneOf({ course: courseOf([row(PUT, [20, 20.5, 21])]), memory: grew(9) }),
  'nothing grew, nor did memory': () => sceneOf({ course: courseOf([row(PUT, [20, 20.5, 21])]), memory: grew(1) }),
  'another process': () =>
    sceneOf({
      course: courseOf([put, decode]),
      about: {
        baseline: { is: 'other-process', why: 'deploy', atMs: NOW - 4 * HOUR },
        missing: ['memory of the container: no samples before 12:00 UTC'],
      },
    }),
  'nine hours, one function in a service of gigabytes': () => {
    const at = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const noisy = at.map((hour) => 300 + 41 * hour + ([0, 6, -4, 3, -7, 5, 2, -3, 4, 0][hour] ?? 0));
    const rows = [
      row(PUT, noisy),
      row(
        'github.com/shop/api/search.(*Index).add',
        at.map((hour) => 120 + 9 * hour),
      ),
      row(
        'encoding/json.(*Decoder).Decode',
        at.map((hour) => 60 + (hour % 3) * 12 + 3 * hour),
        { via: { function: 'github.com/shop/api/feed.read', file: null, line: null } },
      ),
    ];
    return sceneOf({
      course: { ...courseOf(rows), totals: at.map((hour) => (3_900 + 55 * hour) * MIB) },
      about: { takenAtMs: at.map((hour) => NOW - (9.2 - hour) * HOUR) },
    });
  },
  goroutines: () =>
    sceneOf({
      course: courseOf(
        [
          { function: 'main.leakSelect', held: [201, 901], via: null, file: '/src/main.go', line: 52 },
          {
            function: 'net/http.(*persistConn).readLoop',
            held: [8, 11],
            via: null,
            file: '/usr/lib/go/src/net/http/transport.go',
            line: 2_213,
          },
        ],
        { measure: { name: 'goroutine', unit: 'count' }, sampledEvery: null, totals: [212, 915] },
      ),
      about: { kind: 'goroutine', collected: null },
    }),
  allocs: () =>
    sceneOf({
      course: courseOf([row('encoding/json.(*Decoder).Decode', [900, 5_100]), row('bytes.growSlice', [300, 2_900])], {
        measure: { name: 'alloc_space', unit: 'bytes' },
      }),
      about: { kind: 'allocs', files },
    }),
  'a JVM': () =>
    sceneOf({
      course: courseOf([row('com.acme.shop.Session', [12, 40, 96]), row('[B', [30, 31, 35])], {
        measure: { name: 'space', unit: 'bytes' },
        sampledEvery: null,
      }),
      about: { runtime: 'jvm', takenAtMs: [NOW - 30 * MINUTE, NOW - 15 * MINUTE, NOW] },
    }),
  'a native one': () =>
    sceneOf({
      course: courseOf(
        [
          row('std::vector<Order, std::allocator<Order>>::_M_realloc_insert<Order const&>(Order const&)', [12, 96], {
            via: { function: 'shop::Cache::put(Order const&)', file: 'cache.cc', line: 40 },
          }),
        ],
        { sampledEvery: null },
      ),
      memory: grew(120),
      runtime: { is: 'allocator' },
      about: { runtime: 'native' },
    }),
};
