#!/usr/bin/env bash
# npm run bench [-- NAME …]: measures, each figure beside a peer's in the same run. Without a name: ack card
#
#   ack           /leak check at 50 a second: how soon Slack has its answer
#   agent         1,000 containers for 90 s
#   card          from a typed /leak check to the card
#   compose       docker compose up by Compose 1.29 and v2 (compose v1, compose v2: by one), and whether all of it is as promised. Needs Go 1.24 and the Go proxy
#   deploys       what the audit says of generated versions
#   detect        verdicts on a labelled corpus or on generated cases, beside published rules: detect --help
#   generate      a labelled corpus, by chance from a seed: generate --help
#   heap          leakwatch heap beside go tool pprof. Needs Go and GNU time
#   heap-hostile  the agent beside a service that means harm
#   kills         delivery under kill -9
#   live          a quarter of an hour of real containers, by Docker, Prometheus and VictoriaMetrics. Needs Go 1.24 and the Go proxy
#   massif        leakwatch massif beside ms_print, on a file of 39 MB
#   parity        the whole bot on weeks beside leakwatch replay: parity --help
#   prometheus    500 containers, 24 h, one sweep
#   storm         100 leaks and 200 kills of bots, workers and agents (with its 1,000 ticks half an hour)
#   week          900 containers for a week, and what would have been said of them: week --help
source "$(dirname "$0")/../scripts/setup.sh"
usage() { sed -n '2,/^source/s/^# \{0,1\}//p' bench/run.sh; }

name=${1:-ack}
case $name in
  detect | generate | parity | week) ;; # They have a --help of their own.
  *)
    for word in "$@"; do
      case $word in -h | --help) usage && exit ;; esac
    done
    [[ $name == compose ]] && asked=compose || asked=$*
    for one in $asked; do
      [[ $(usage) == *$'\n'"  $one "* ]] || { usage >&2 && fail "there is no bench $one"; }
    done
    ;;
esac
case $name in
  detect)
    shift
    setup 'the measurements'
    # As it ships: tsx gives every closure its name while it runs, which costs a verdict a third of its time.
    npx tsc -p bench
    exec node dist/bench/detect.js "$@"
    ;;
  generate)
    shift
    setup 'the measurements'
    exec node --import tsx bench/generate/main.ts "$@"
    ;;
  massif)
    setup 'the measurements' ms_print:valgrind /usr/bin/time:time
    exec node --import tsx bench/massif.ts
    ;;
  prometheus)
    setup 'the measurements' prometheus:prometheus
    exec node --import tsx bench/prometheus.ts
    ;;
  live)
    setup 'the measurements' prometheus:prometheus dockerd:docker.io containerd:containerd iptables:iptables
    exec node --import tsx bench/live.ts
    ;;
  compose)
    shift
    setup 'the measurements' prometheus:prometheus prometheus-alertmanager:prometheus-alertmanager dockerd:docker.io \
      containerd:containerd iptables:iptables redis-server:redis-server docker-compose:docker-compose wget:wget git:git
    exec node --import tsx bench/compose.ts "$@"
    ;;
esac
setup 'the measurements' redis-server:redis-server dockerd:docker.io
if [[ $name == week || $name == parity ]]; then
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
