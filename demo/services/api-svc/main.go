// api-svc takes an order forty times a second and forgets none of them: the leak of the demo.
package main

import (
	"log"
	"net/http"
	_ "net/http/pprof"
	"time"

	"api-svc/orders"
)

func main() {
	go func() { log.Fatal(http.ListenAndServe(":8081", nil)) }()
	cache := orders.NewCache()
	for id := 0; ; id++ {
		orders.Accept(cache, id)
		time.Sleep(25 * time.Millisecond)
	}
}
