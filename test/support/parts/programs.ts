/**
 * Programs for containers: what they do comes from the environment, so that one image serves many tests. Go 1.19, standard
 * library only.
 */
const MEMORY = `package main

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"
)

// HOLD_MIB is touched at once and kept; GROW_MIB_PER_SECOND is added until something ends it. EXIT_AFTER_MS and EXIT_CODE end
// it from inside. CHILD_MIB has a child process hold so much, once, CHILD_AFTER_MS after the start. CACHE_FILE is written with CACHE_MIB.
var kept [][]byte

func number(name string) int {
	value, _ := strconv.Atoi(os.Getenv(name))
	return value
}

func hold(mib int) {
	for i := 0; i < mib; i++ {
		block := make([]byte, 1<<20)
		for at := 0; at < len(block); at += 4096 {
			block[at] = byte(at) | 1
		}
		kept = append(kept, block)
	}
}

func main() {
	debug.SetGCPercent(-1)
	if len(os.Args) > 1 && os.Args[1] == "child" {
		hold(number("CHILD_MIB"))
		return
	}
	hold(number("HOLD_MIB"))
	if file := os.Getenv("CACHE_FILE"); file != "" {
		_ = os.WriteFile(file, bytes.Repeat([]byte{7}, number("CACHE_MIB")<<20), 0o600)
	}
	time.Sleep(time.Duration(number("CHILD_AFTER_MS")) * time.Millisecond)
	if number("CHILD_MIB") > 0 {
		_ = exec.Command("/proc/self/exe", "child").Run()
	}
	if after := number("EXIT_AFTER_MS"); after > 0 {
		time.AfterFunc(time.Duration(after)*time.Millisecond, func() { os.Exit(number("EXIT_CODE")) })
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	for {
		select {
		case <-asked:
			os.Exit(0)
		case <-time.After(100 * time.Millisecond):
			grow := number("GROW_MIB_PER_SECOND")
			hold((grow + 9) / 10)
		}
	}
}
`;

/** Holds, grows, fills the page cache, or exits, as the environment says. */
export const MEMORY_IMAGE = { tag: 'leakwatch-test/memory:1', files: { 'main.go': MEMORY } } as const;
