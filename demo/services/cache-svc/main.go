// cache-svc fills a cache of fixed size in a quarter of a minute and then replaces what is in it: memory is flat, but for what the
// garbage collector has not yet given back.
package main

import (
	"runtime/debug"
	"time"
)

const (
	slots     = 40
	entrySize = 1 << 20
	// The collector's teeth: this many replaced entries are garbage before it is given back to the system.
	tooth = 4
)

var cache [slots][]byte

func main() {
	debug.SetGCPercent(400)
	for n := 0; ; n++ {
		cache[n%slots] = entry(n)
		if n > slots && n%tooth == 0 {
			debug.FreeOSMemory()
		}
		time.Sleep(400 * time.Millisecond)
	}
}

func entry(n int) []byte {
	bytes := make([]byte, entrySize)
	for i := 0; i < len(bytes); i += 512 {
		bytes[i] = byte(n)
	}
	return bytes
}
