import { expect, test } from '@jest/globals';
import { BELOW_THRESHOLD } from '../../../src/model/massif.js';
import { isAllocator } from '../../../src/sources/massif/allocators.js';
import { decodeLabel } from '../../../src/sources/massif/decode-label.js';

test.each([
  ['0x109193: cache_put (leak.c:5)', 'cache_put', 'leak.c', 5],
  ['0x10: main::{lambda(int)#1}::operator()(int) const (a.cpp:7)', 'main::{lambda(int)#1}::operator()(int) const', 'a.cpp', 7],
  ['0x10: (anonymous namespace)::f(char (*)(int)) (my file.cc:12)', '(anonymous namespace)::f(char (*)(int))', 'my file.cc', 12],
  ['0x10: (below main) (libc-start.c:226)', '(below main)', 'libc-start.c', 226],
  ['0x10: std::f<int>(int) (in /opt/a (copy)/libx.so)', 'std::f<int>(int)', '/opt/a (copy)/libx.so', 0],
  ['0x401AB77: ??? (in /usr/lib/ld-linux-x86-64.so.2)', '??? (0x401AB77)', '/usr/lib/ld-linux-x86-64.so.2', 0],
  ['0x0: ???', '??? (0x0)', null, 0],
  ["in 1 place, below massif's threshold (01.00%)", BELOW_THRESHOLD, null, 0],
  ["in 366 places, all below massif's threshold (0,10%)", BELOW_THRESHOLD, null, 0],
  ['something new', 'something new', null, 0],
  ['', '', null, 0],
])('%s', (label, name, file, line) => expect(decodeLabel(label)).toEqual({ function: name, file, line }));

test('who asks for memory on behalf of somebody else, and who only sounds like it', () => {
  const allocators = [
    ...[
      '__mmap64',
      'mmap',
      'sysmalloc_mmap.constprop.0',
      '_int_malloc',
      'malloc',
      'arena_get2.part.0',
      'operator new[](unsigned long)',
    ],
    'std::vector<int, std::allocator<int> >::_M_realloc_insert(int const&)',
    'void std::vector<Row>::_M_realloc_insert<Row>(Row&&)',
    'char* std::__cxx11::basic_string<char>::_M_construct<char const*>(char const*)',
    '__gnu_cxx::new_allocator<char>::allocate(unsigned long, void const*)',
    'std::make_unique<Session>()',
  ];
  const others = [
    'mmapper',
    'arena',
    'xmalloc',
    'malloc_stats_of(mine)',
    'std::thread::_State_impl<main::{lambda()#1}>::_M_run()',
    'my::std::vector()',
    'std::listen(int)',
  ];
  expect(allocators.filter((name) => !isAllocator(name))).toEqual([]);
  expect(others.filter(isAllocator)).toEqual([]);
});
