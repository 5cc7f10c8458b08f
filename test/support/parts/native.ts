import { buildC, type ProgramImage } from './program-image.js';

/**
 * A C service that leaks a little with every request: `cache_put` keeps 20 KB of what `xmalloc` gave it, in line 10. `worker 1000` waits between two for so
 * many ms; without an argument 20. It says `warm` when it holds its first 50. `PAUSE` has it wait in one system call for ever.
 */
const SOURCE = `#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static void *kept[1000000];
static int count;
__attribute__((noinline)) static void *xmalloc(size_t size) { void *p = malloc(size); memset(p, 1, size); return p; }
__attribute__((noinline)) static void cache_put(size_t size)
{
  kept[count++] =
      xmalloc(size);
  usleep(0);
}
__attribute__((noinline)) static void handle(void) { char *t = xmalloc(512); cache_put(20000); free(t); }
int main(int argc, char **argv)
{
  useconds_t wait = argc > 1 ? 1000 * atoi(argv[1]) : 20000;
  for (int i = 0; i < 50; i++) handle();
  if (write(1, "warm\\n", 5) < 0) return 1;
  if (getenv("PAUSE")) for (;;) pause();
  for (int i = 0; i < 100000; i++) { handle(); usleep(wait); }
  return 0;
}
`;
const VALGRIND = '/usr/libexec/valgrind';
const SHELL = ['/bin/dash', '/bin/cat', '/bin/ls', '/bin/rm', '/bin/sleep', '/usr/bin/yes'];

/** The service, Valgrind, and a shell with what a small image has. `folder`: where Massif writes; that of the rule unless told. */
export async function massifImage(tag: string, more: Partial<ProgramImage> = {}): Promise<ProgramImage> {
  return {
    tag,
    programs: ['/usr/bin/valgrind.bin', '/usr/bin/vgdb', ...SHELL],
    copied: ['massif-amd64-linux', 'vgpreload_core-amd64-linux.so', 'vgpreload_massif-amd64-linux.so', 'default.supp'].map(
      (name) => `${VALGRIND}/${name}`,
    ),
    files: { '/app/worker': await buildC(SOURCE, 'worker'), '/var/massif/.keep': '', ...more.files },
    links: { '/bin/sh': 'dash' },
    dockerfile: ['ENV PATH=/usr/bin:/bin', `ENTRYPOINT [${UNDER_MASSIF.map((word) => JSON.stringify(word)).join(', ')}]`],
    ...(more.dockerfile ? { dockerfile: more.dockerfile } : {}),
  };
}

const FLAGS = ['--tool=massif', '--time-unit=ms', '--detailed-freq=2', '--massif-out-file=/var/massif/massif.out.%p'];
export const UNDER_MASSIF = ['/usr/bin/valgrind.bin', ...FLAGS, '/app/worker'];
export const MASSIF_RULE = '/var/massif/massif.out.*';

const JEMALLOC = '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2';
export const DUMPS_RULE = '/var/heaps/*.heap';

/** The same service on jemalloc, which dumps its heap with each MiB that was allocated. */
export async function jemallocImage(tag: string): Promise<ProgramImage> {
  const conf = 'prof:true,lg_prof_sample:0,lg_prof_interval:20,prof_prefix:/var/heaps/jeprof';
  return {
    tag,
    programs: [JEMALLOC, '/bin/dash'],
    files: { '/app/worker': await buildC(SOURCE, 'worker'), '/var/heaps/.keep': '' },
    dockerfile: [`ENV LD_PRELOAD=${JEMALLOC} MALLOC_CONF=${conf}`, 'ENTRYPOINT ["/app/worker"]'],
  };
}

/** The same service without Valgrind, linked as the flags say. */
export async function plainImage(tag: string, flags: readonly string[] = []): Promise<ProgramImage> {
  const isStatic = flags.includes('-static');
  return {
    tag,
    programs: isStatic ? [] : ['/bin/dash'],
    files: { '/app/worker': await buildC(SOURCE, 'worker', flags) },
    dockerfile: ['WORKDIR /app', 'ENTRYPOINT ["./worker", "--password=hunter2"]'],
  };
}
