import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { decodeGoMemory } from '../../../src/sources/pprof/decode-go-memory.js';

const DEBUG = readFileSync('test/golden/pprof/heap.debug1.txt', 'utf8');
const EXPORTED = `# TYPE go_memstats_sys_bytes gauge
go_memstats_sys_bytes 1.4464264e+07
go_memstats_heap_released_bytes 2.473984e+06
go_memstats_heap_alloc_bytes 690624
go_memstats_next_gc_bytes 4.194304e+06
go_memstats_stack_inuse_bytes 327680
`;
const MEMORY = {
  sysBytes: 14_464_264,
  releasedBytes: 2_473_984,
  liveBytes: 690_624,
  nextGcBytes: 4_194_304,
  stackBytes: 327_680,
};

test.each([
  ['what Go prints', DEBUG],
  ['what client_golang exports', EXPORTED],
])('%s', (_, text) => expect(decodeGoMemory(text)).toEqual(MEMORY));

test.each([
  ['a figure is missing', EXPORTED.replace('go_memstats_next', 'go_other')],
  ['a figure is none', EXPORTED.replace('690624', 'NaN')],
  ['a figure below zero', EXPORTED.replace('690624', '-690624')],
  ['it is cut off', DEBUG.slice(0, DEBUG.indexOf('# HeapReleased'))],
  ['another text', '<html>Sys = 5</html>'],
  ['nothing', ''],
])('%s: nothing is made of it', (_, text) => expect(decodeGoMemory(text)).toBeNull());

test('stacks are not told: the rest is', () => {
  const { stackBytes: _, ...rest } = MEMORY;
  expect(decodeGoMemory(EXPORTED.replace('stack_inuse', 'stack_other'))).toEqual(rest);
});

test('a function called like a figure does not stand for it', () => {
  const stacks = '0: 0 [0: 0] @ 0x1\n# Sys = 1\n#\t0x1\tmain.main+0x1\t/a.go:1\n\n';
  expect(decodeGoMemory(stacks + DEBUG)?.sysBytes).toBe(MEMORY.sysBytes);
});
