#!/usr/bin/env bash
# `npm run bench [-- ack|agent|card|deploys|kills]`: measures, each figure beside a peer's in the same run. `kills` is delivery under
# kill -9, `agent` 1,000 containers for 90 s, `deploys` what the audit says of generated versions (no peer).
# `npm run bench -- detect [PATH]`: verdicts on a labelled corpus or generated cases, beside published rules (`detect --help`).
source "$(dirname "$0")/../scripts/setup.sh"
if [[ ${1:-} == detect ]]; then
  shift
  setup 'the measurements'
  # As it ships: tsx gives every closure its name while it runs, which costs a verdict a third of its time.
  npx tsc -p bench
  exec node dist/bench/detect.js "$@"
fi
setup 'the measurements' redis-server:redis-server
for name in "${@:-ack card}"; do
  for one in $name; do
    say "bench/$one.ts"
    node --import tsx "bench/$one.ts"
  done
done
