/**
 * Calls that ask for memory on behalf of somebody else. Massif leaves out `malloc` and `operator new` by itself, but not the
 * standard library of C++ above them, nor, with `--pages-as-heap=yes`, what glibc's `malloc` is made of.
 */
const GLIBC =
  /^(?:__)?(?:mmap|mmap64|mremap|brk|sbrk|default_morecore|glibc_morecore|sysmalloc|sysmalloc_mmap|int_malloc|_int_malloc|_int_realloc|_int_memalign|_int_new_arena|new_heap|alloc_new_heap|arena_get2|arena_get_retry|malloc_hook_ini|ptmalloc_init|tcache_init|malloc|calloc|realloc|libc_malloc|libc_calloc|libc_realloc|libc_memalign|memalign|posix_memalign|aligned_alloc|valloc)(?:\.(?:part|constprop|isra|cold)(?:\.\d+)?)*$/;
const NEW = /^operator new(?:\[\])?(?:\(|$)/;
const CONTAINERS =
  /^(?:[\w:]+[*&]* )?(?:__gnu_cxx::|std::(?:__1::|__cxx11::|__detail::)?(?:__?new_allocator|allocator|_Vector_base|vector|basic_string|string|_Rb_tree|map|multimap|set|multiset|_Deque_base|deque|_List_base|_?list|forward_list|_Fwd_list_base|_Hashtable|unordered_(?:multi)?(?:map|set)|make_(?:unique|shared)|allocate_shared|__allocate_guarded|__shared_|_Sp_|__uninitialized|uninitialized)(?![a-z]))/;

export function isAllocator(name: string): boolean {
  return GLIBC.test(name) || NEW.test(name) || CONTAINERS.test(name);
}
