#!/usr/bin/env bash
# `npm run demo [-- --once]`: sets up what is missing and tells the story on real containers.
source "$(dirname "$0")/../scripts/setup.sh"
setup 'the demo' dockerd:docker.io containerd:containerd iptables:iptables redis-server:redis-server go:golang-go
exec node --import tsx demo/main.ts "$@"
