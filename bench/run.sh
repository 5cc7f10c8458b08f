#!/usr/bin/env bash
# `npm run bench [-- ack|agent|card|deploys|heap|heap-hostile|kills|prometheus|storm]`: measures, each figure beside a peer's in the same run. `kills` is delivery
# under kill -9, `agent` 1,000 containers for 90 s, `heap` beside `go tool pprof` (needs Go and GNU time), `heap-hostile` the agent beside
# a service that means harm, `deploys` what the audit says of generated versions (no peer), `storm` 100 leaks and 200 kills of bots, workers and agents (with its 1,000 ticks half an hour).
# `npm run bench -- week`: 900 containers for a week, what would have been said of them (`week --help`). `-- parity [PATH]`: the whole bot
# on weeks beside `leakwatch replay`.
# `npm run bench -- compose`: `docker compose up` by Compose 1.29 and v2, and whether all of it is as promised.
# `npm run bench -- live`: real containers by Docker, by Prometheus and by VictoriaMetrics.
# `npm run bench -- detect [PATH]`: verdicts on a labelled corpus or generated cases, beside published rules (`detect --help`).
source "$(dirname "$0")/../scripts/setup.sh"
if [[ ${1:-} == detect ]]; then
  shift
  setup 'the measurements'
  # As it ships: tsx gives every closure its name while it runs, which costs a verdict a third of its time.
  npx tsc -p bench
  exec node dist/bench/detect.js "$@"
fi
if [[ ${1:-} == massif ]]; then
  # `npm run bench -- massif`: `leakwatch massif` beside `ms_print` on a file of 39 MB.
  setup 'the measurements' ms_print:valgrind /usr/bin/time:time
  exec node --import tsx bench/massif.ts
fi
if [[ ${1:-} == prometheus ]]; then
  # `npm run bench -- prometheus`: 500 containers, 24 h, one sweep.
  setup 'the measurements' prometheus:prometheus
  exec node --import tsx bench/prometheus.ts
fi
if [[ ${1:-} == live ]]; then
  # `npm run bench -- live`: a quarter of an hour of real containers, by Docker, Prometheus and VictoriaMetrics. Needs Go 1.24 and the Go proxy.
  setup 'the measurements' prometheus:prometheus dockerd:docker.io containerd:containerd iptables:iptables
  exec node --import tsx bench/live.ts
fi
if [[ ${1:-} == compose ]]; then
  # `npm run bench -- compose [v1|v2]`: `docker compose up` by both, everything in it looked at. Needs Go 1.24 and the Go proxy.
  shift
  setup 'the measurements' prometheus:prometheus prometheus-alertmanager:prometheus-alertmanager dockerd:docker.io \
    containerd:containerd iptables:iptables redis-server:redis-server docker-compose:docker-compose wget:wget git:git
  exec node --import tsx bench/compose.ts "$@"
fi
setup 'the measurements' redis-server:redis-server dockerd:docker.io
if [[ ${1:-} == week || ${1:-} == parity ]]; then
  name=$1
  shift
  npx tsc -p bench
  exec node "dist/bench/$name.js" "$@"
fi
for name in "${@:-ack card}"; do
  for one in $name; do
    say "bench/$one.ts"
    node --import tsx "bench/$one.ts"
  done
done
