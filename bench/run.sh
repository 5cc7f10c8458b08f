#!/usr/bin/env bash
# `npm run bench [-- ack|card|kills]`: measures, each figure beside a peer's in the same run. `kills` is delivery under kill -9.
source "$(dirname "$0")/../scripts/setup.sh"
setup 'the measurements' redis-server:redis-server
for name in "${@:-ack card}"; do
  for one in $name; do
    say "bench/$one.ts"
    node --import tsx "bench/$one.ts"
  done
done
