// log-svc writes a log of 1 MiB a second: its page cache grows, and the kernel takes that back when it needs it.
package main

import (
	"log"
	"os"
	"time"
)

const (
	perTick = 256 << 10
	// The file begins anew here, so that the demo does not fill the disk.
	maxSize = 512 << 20
)

func main() {
	line := make([]byte, perTick)
	for i := range line {
		line[i] = 'a' + byte(i%26)
	}
	for {
		file, err := os.Create("/service.log")
		if err != nil {
			log.Fatal(err)
		}
		for size := 0; size < maxSize; size += len(line) {
			if _, err := file.Write(line); err != nil {
				log.Fatal(err)
			}
			time.Sleep(250 * time.Millisecond)
		}
		file.Close()
	}
}
