import type { MassifFinding, MassifPlan, MassifSnapshot } from '../../src/model/massif.js';

const MIB = 2 ** 20;
export const NOW = Date.UTC(2026, 10, 28, 9, 0);

/** Grows for two hours, was let go of a part at its peak, and grows again. */
const snapshots = Array.from({ length: 60 }, (_, index): MassifSnapshot => {
  const grown = index < 40 ? 10 * index : 400 - 30 + (index - 40);
  const detail = index === 39 ? 'peak' : index % 10 === 0 || index === 59 ? 'detailed' : 'empty';
  return { index, time: index * 130_000, heapBytes: (4 + grown) * MIB, extraBytes: MIB / 2, stackBytes: 0, detail };
});

export const FINDING: MassifFinding = {
  massif: { description: '--tool=massif', command: '/app/worker --queue orders', timeUnit: 'ms', snapshots, peak: 39 },
  from: 0,
  to: 59,
  course: {
    measure: { name: 'inuse_space', unit: 'bytes' },
    sampledEvery: null,
    totals: [4 * MIB, 412 * MIB],
    rows: [
      { function: 'cache_put', via: null, held: [MIB, 380 * MIB], file: 'src/cache.c', line: 88 },
      {
        function: 'std::string::_M_create',
        via: { function: 'orders::Parser::token()', file: 'parser.cc', line: 12 },
        held: [0, 21 * MIB],
        file: null,
        line: null,
      },
      { function: 'index_grow', via: null, held: [MIB, 8 * MIB], file: 'index.c', line: 7 },
      { function: 'log_line', via: null, held: [2 * MIB, MIB], file: 'log.c', line: 3 },
    ],
    others: 12,
  },
  file: {
    path: '/var/massif/massif.out.17',
    writtenAtMs: NOW - 600_000,
    command: '/app/worker --queue orders',
    highestBytes: 412 * MIB,
  },
  others: [
    { path: '/var/massif/massif.out.9', writtenAtMs: NOW - 9_000_000, command: '/app/migrate', highestBytes: 3 * MIB },
    { path: '/var/massif/massif.out.4', problem: 'the file, line 17, is cut off: the file ends in the middle of a line.' },
  ],
  unread: 2,
  live: false,
  liveProblem: null,
  kept: 'worker-c-1-massif-h-12.9f.out.gz',
};

export const PLAN: MassifPlan = {
  image: 'registry.example/shop/worker-c:1.4.2',
  container: 'worker-c',
  program: '/app/worker',
  compose: null,
  running: true,
  binary: { kind: 'elf', loader: '/lib64/ld-linux-x86-64.so.2', isGo: false },
  why: 'no-file',
  rule: null,
};
