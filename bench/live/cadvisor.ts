import { endProcess, freePort, launch, until } from '../../test/support/parts/process.js';
import { buildModule } from './go-module.js';

/** What ghcr.io/google/cadvisor runs, without its pages: its own command is a module of its own, which no proxy has. */
const MAIN = `package main

import (
	"flag"
	"log"
	"net/http"
	"time"

	"github.com/google/cadvisor/cache/memory"
	"github.com/google/cadvisor/container"
	_ "github.com/google/cadvisor/container/docker/install"
	v2 "github.com/google/cadvisor/info/v2"
	"github.com/google/cadvisor/manager"
	"github.com/google/cadvisor/metrics"
	"github.com/google/cadvisor/utils/sysfs"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/utils/clock"
)

func main() {
	listen := flag.String("listen", ":8080", "where /metrics is")
	disabled := container.MetricSet{}
	flag.Var(&disabled, "disable_metrics", "as that of cAdvisor, which refuses names that it does not know")
	flag.Parse()
	included := container.AllMetrics.Difference(disabled)
	every, dynamic := *manager.HousekeepingInterval, false
	housekeeping := manager.HousekeepingConfig{Interval: &every, AllowDynamic: &dynamic}
	all := []string{""}
	m, err := manager.New(memory.New(2*time.Minute, nil), sysfs.NewRealSysFs(), housekeeping, included, http.DefaultClient, all, all, "", 0)
	if err != nil {
		log.Fatal(err)
	}
	if err := m.Start(); err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	options := v2.RequestOptions{IdType: v2.TypeName, Count: 1, Recursive: true}
	registry.MustRegister(
		metrics.NewPrometheusCollector(m, metrics.DefaultContainerLabels, included, clock.RealClock{}, options),
		metrics.NewPrometheusMachineCollector(m, included),
	)
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	log.Fatal(http.ListenAndServe(*listen, nil))
}
`;

/** As in docker-compose.yml: memory and CPU are left. */
const DISABLED =
  'advtcp,cpu_topology,cpuset,disk,diskIO,hugetlb,memory_numa,network,oom_event,percpu,perf_event,process,referenced_memory,resctrl,sched,tcp,udp';

/** Builds it and gives the path of the program, which is static. */
export function buildCadvisor(): Promise<string> {
  return buildModule({ name: 'cadvisor', module: 'github.com/google/cadvisor@v0.53.0', package: '.', main: MAIN });
}

/** A real cAdvisor beside an engine, looking each `seconds`; resolves when it tells of `containers` of one Compose project. */
export async function startCadvisor(socket: string, seconds: number, project: string, containers: number) {
  const program = await buildCadvisor();
  const address = `127.0.0.1:${await freePort()}`;
  const { child, output } = launch(program, [
    ...['-listen', address, '-docker', `unix://${socket}`, '-docker_only=true', `-disable_metrics=${DISABLED}`],
    ...['-housekeeping_interval', `${seconds}s`, '-global_housekeeping_interval', '10s'],
  ]);
  const stop = () => endProcess(child);
  const named = new RegExp(`^container_memory_rss\\{.*container_label_com_docker_compose_project="${project}"`, 'gm');
  try {
    await until('cAdvisor', 60_000, async () => {
      if (child.exitCode !== null) throw new Error(output());
      const text = await (await fetch(`http://${address}/metrics`)).text();
      return [...text.matchAll(named)].length >= containers;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, stop };
}
