#!/usr/bin/env bash
# `npm run demo [-- --once]`: sets up what is missing and tells the story on real containers.
source "$(dirname "$0")/../scripts/setup.sh"
for word in "$@"; do
  case $word in
    --once) ;;
    -h | --help) say 'npm run demo [-- --once]: real leaking containers and a local Slack workspace, until Ctrl-C; --once: ends by itself' && exit ;;
    *) fail "the demo takes --once and nothing else, not $word" ;;
  esac
done
setup 'the demo' dockerd:docker.io containerd:containerd iptables:iptables redis-server:redis-server go:golang-go
exec node --import tsx demo/main.ts "$@"
