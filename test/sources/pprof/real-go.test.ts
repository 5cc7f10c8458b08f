import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { heapCourse } from '../../../src/analysis/heap-course.js';
import { heapEvidence, whoGrew } from '../../../src/analysis/heap-evidence.js';
import { heldByFunction } from '../../../src/analysis/heap-held.js';
import { reconcile } from '../../../src/analysis/reconcile.js';
import type { Heap } from '../../../src/model/heap.js';
import type { GoMemory } from '../../../src/model/heap-evidence.js';
import { heapMessage } from '../../../src/render/heap-evidence.js';
import { decodeGoMemory } from '../../../src/sources/pprof/decode-go-memory.js';
import { readHeaps } from '../../../src/sources/pprof/read-heap.js';
import { about } from '../../support/heap-evidence.js';
import { buildGo } from '../../support/parts/go.js';
import { until } from '../../support/parts/process.js';

/** A real Go process that leaks as it is told: blocks of 4 KiB in a map, made among garbage; pages from mmap that no heap knows of; stacks of 16 KiB. */
const MAIN = `package main

import (
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"strconv"
	"syscall"
)

var held = map[int][]byte{}
var garbage []byte

func keep(mib int) {
	for i := 0; i < mib*256; i++ {
		block := make([]byte, 4096)
		block[0] = 1
		held[len(held)] = block
		for j := 0; j < 4; j++ {
			garbage = make([]byte, 4096)
		}
	}
}

func mmap(mib int) {
	pages, err := syscall.Mmap(-1, 0, mib<<20, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		panic(err)
	}
	for i := 0; i < len(pages); i += 4096 {
		pages[i] = 1
	}
}

func wait(calls int) byte {
	var frame [1024]byte
	if calls == 0 {
		select {}
	}
	frame[calls] = wait(calls - 1)
	return frame[0]
}

func stacks(mib int) {
	for i := 0; i < mib*64; i++ {
		go wait(10)
	}
}

func main() {
	// One in 16 KiB where Go has one in 512: what is told apart here is not chance.
	runtime.MemProfileRate = 16 << 10
	http.HandleFunc("/leak", func(w http.ResponseWriter, r *http.Request) {
		mib, _ := strconv.Atoi(r.FormValue("mib"))
		if r.FormValue("where") == "mmap" {
			mmap(mib)
		} else if r.FormValue("where") == "stacks" {
			stacks(mib)
		} else {
			keep(mib)
		}
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	panic(http.Serve(listener, nil))
}
`;
const MIB = 2 ** 20;
const HOUR = 3_600_000;
const folders: string[] = [];
const started: ChildProcess[] = [];
let program: Buffer;

beforeAll(async () => {
  program = await buildGo({ 'main.go': MAIN });
}, 120_000);
afterEach(async () => {
  for (const child of started.splice(0)) {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function start(env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'leakwatch-real-go-'));
  folders.push(folder);
  await writeFile(join(folder, 'app'), program, { mode: 0o755 });
  const child = spawn(join(folder, 'app'), { stdio: ['ignore', 'pipe', 'inherit'], env });
  started.push(child);
  const [address] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    pid: child.pid ?? 0,
    get: async (path: string) => Buffer.from(await (await fetch(`http://${address}${path}`)).arrayBuffer()),
  };
}

type Look = { readonly heap: Heap; readonly memory: GoMemory | null; readonly anonBytes: number };

async function look({ pid, get }: Awaited<ReturnType<typeof start>>): Promise<Look> {
  const anonKb = /^RssAnon:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  const [heap] = await readHeaps(await get('/debug/pprof/heap?gc=1'), null);
  const memory = decodeGoMemory((await get('/debug/pprof/heap?gc=1&debug=1')).toString());
  return { heap, memory, anonBytes: Number(anonKb) * 1_024 };
}

function told(before: Look, after: Look, first = before.memory, last = after.memory) {
  const course = heapCourse(
    [before, after].map(({ heap }) => heldByFunction(heap, 'innermost')),
    5,
  );
  const grownBytes = (course.totals[1] ?? 0) - (course.totals[0] ?? 0);
  const memory = { grownBytes: after.anonBytes - before.anonBytes, nowBytes: after.anonBytes };
  const reconciliation = reconcile(memory, { grownBytes, errorBytes: 10 * MIB }, { is: 'go', first, last });
  const evidence = heapEvidence(course, about({ reconciliation, takenAtMs: [0, HOUR] }));
  return { reconciliation, evidence, text: heapMessage(evidence, HOUR).text };
}

test.each([
  ['as it is', {}, 100],
  ['GOGC=50', { GOGC: '50' }, 50],
])('a leak in the heap, %s: its function within 10 %, GOGC, and what it costs', async (_, env, percent) => {
  const app = await start(env);
  await app.get('/leak?mib=16');
  const before = await look(app);
  await app.get('/leak?mib=96');
  const after = await look(app);
  const { evidence, reconciliation, text } = told(before, after, null);
  expect(evidence.rows[0]?.function).toBe('main.keep');
  const grown = (evidence.rows[0]?.grown ?? 0) / MIB;
  expect(Math.abs(grown - 96)).toBeLessThan(9.6);
  expect(text).toContain('in main.keep, +');
  expect(reconciliation.by).toEqual({ how: 'gogc', percent });
  expect(reconciliation.says).toBe('heap');
  const both = told(before, after).reconciliation;
  expect(both.by).toMatchObject({ how: 'runtime' });
  expect(both.explained.high / both.containerBytes).toBeGreaterThan(0.8);
  // Not all that Go has from the system was touched already.
  expect(both.explained.high / both.containerBytes).toBeLessThan(1.6);
});

test('a leak outside of the heap: it says so, whatever is known of GOGC', async () => {
  const app = await start();
  await app.get('/leak?mib=16');
  const before = await look(app);
  await app.get('/leak?mib=96&where=mmap');
  const after = await look(app);
  for (const [first, last] of [
    [before.memory, after.memory],
    [null, after.memory],
    [null, null],
  ] as const) {
    const { reconciliation, text } = told(before, after, first, last);
    expect(reconciliation.containerBytes / MIB).toBeGreaterThan(90);
    expect(reconciliation.says).toBe('elsewhere');
    expect(text).toContain('not in the Go heap');
  }
});

test('goroutines that wait for ever: Go has more, its live heap does not', async () => {
  const app = await start();
  await app.get('/leak?mib=16');
  const before = await look(app);
  await app.get('/leak?mib=96&where=stacks');
  // They begin when it is their turn.
  await until('all stacks to be there', 20_000, async () => (await look(app)).anonBytes - before.anonBytes > 90 * MIB);
  const { reconciliation, evidence, text } = told(before, await look(app));
  expect(reconciliation).toMatchObject({ says: 'around', by: { how: 'runtime' } });
  expect(text).toMatch(/in stacks of goroutines: those have \d+ of \d+ MiB of growth/);
  expect(whoGrew(evidence)).toBeUndefined();
});
