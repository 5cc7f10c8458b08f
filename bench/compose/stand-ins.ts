/**
 * The two that are not to be had without an image registry, as small programs. The filter takes the flags that docker-compose.yml gives it, and does with
 * them what its manual says: a method without a pattern is 405, a path that its method's pattern does not match whole is 403, and so is
 * everybody whose address is not that of a name in `-allowfrom`.
 */
export const FILTER = `package main

import (
	"context"
	"flag"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
)

func main() {
	ip := flag.String("listenip", "127.0.0.1", "")
	port := flag.String("proxyport", "2375", "")
	socket := flag.String("socketpath", "/var/run/docker.sock", "")
	from := flag.String("allowfrom", "", "")
	_ = flag.Int("watchdoginterval", 0, "")
	_ = flag.Bool("stoponwatchdog", false, "")
	patterns := map[string]*string{}
	for _, method := range []string{"GET", "HEAD", "POST"} {
		patterns[method] = flag.String("allow"+method, "", "")
	}
	flag.Parse()
	allowed := map[string]*regexp.Regexp{}
	for method, pattern := range patterns {
		if *pattern != "" {
			allowed[method] = regexp.MustCompile("^(?:" + *pattern + ")$")
		}
	}
	there, _ := url.Parse("http://docker")
	proxy := httputil.NewSingleHostReverseProxy(there)
	proxy.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return net.Dial("unix", *socket) }}
	if _, err := net.Dial("unix", *socket); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*ip+":"+*port, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client, _, _ := net.SplitHostPort(r.RemoteAddr)
		known, _ := net.LookupHost(*from)
		pattern := allowed[r.Method]
		switch {
		case !slices.Contains(known, client):
			w.WriteHeader(http.StatusForbidden)
		case pattern == nil:
			w.WriteHeader(http.StatusMethodNotAllowed)
		case !pattern.MatchString(r.URL.Path):
			w.WriteHeader(http.StatusForbidden)
		default:
			proxy.ServeHTTP(w, r)
		}
	})))
}
`;

/** Says that it is well. What Grafana would make of its files is checked by test/deploy/dashboards.test.ts. */
export const GRAFANA = `package main

import (
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("/api/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) })
	log.Fatal(http.ListenAndServe(":3000", nil))
}
`;
