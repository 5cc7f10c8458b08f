/**
 * A Go service whose heap is known: `GET /grow?mib=40` has `orders.(*Cache).Put` keep so much more, `/release` lets go of all of it, and a
 * request with a tenant runs under a label that nobody may see. It looks at one byte in 4,096, so that what pprof says is true to
 * one or two in a hundred. PPROF_ADDRESS: where it listens.
 */
const MAIN = `package main

import (
	"context"
	"log"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"

	"leakwatch.test/app/orders"
)

func init() { runtime.MemProfileRate = 4096 }

func main() {
	cache := orders.NewCache()
	http.HandleFunc("/grow", func(w http.ResponseWriter, r *http.Request) {
		mib, _ := strconv.Atoi(r.URL.Query().Get("mib"))
		pprof.Do(context.Background(), pprof.Labels("tenant", "jane@customer.example"), func(context.Context) {
			for i := 0; i < mib*64; i++ {
				cache.Put(16 << 10)
			}
		})
	})
	http.HandleFunc("/wait", func(w http.ResponseWriter, r *http.Request) {
		count, _ := strconv.Atoi(r.URL.Query().Get("count"))
		for i := 0; i < count; i++ {
			pprof.Do(context.Background(), pprof.Labels("tenant", "jane@customer.example"), func(context.Context) { go orders.Wait() })
		}
	})
	address := os.Getenv("PPROF_ADDRESS")
	if address == "" {
		address = ":8081"
	}
	log.Fatal(http.ListenAndServe(address, nil))
}
`;

const ORDERS = `package orders

type Cache struct{ kept [][]byte }

func NewCache() *Cache { return &Cache{} }

//go:noinline
func (c *Cache) Put(bytes int) {
	order := make([]byte, bytes)
	for at := 0; at < len(order); at += 4096 {
		order[at] = 1
	}
	c.kept = append(c.kept, order)
}

// Wait never comes back.
//go:noinline
func Wait() { <-make(chan struct{}) }
`;

export const HEAP_IMAGE = {
  tag: 'leakwatch-test/heap:1',
  files: { 'main.go': MAIN, 'orders/cache.go': ORDERS },
} as const;
