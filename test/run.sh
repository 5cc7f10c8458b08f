#!/usr/bin/env bash
# `npm test [-- what]`: sets up what is missing and runs the tests against a real Docker Engine, Redis, Prometheus and Alertmanager. Last line: N passed, N failed.
# All of them are what CI runs, and begin with `npm run lint`.
(( $# )) && WITH_LINT= || WITH_LINT=1
source "$(dirname "$0")/../scripts/setup.sh"
setup 'the tests' dockerd:docker.io containerd:containerd iptables:iptables redis-server:redis-server go:golang-go chromium:chromium valgrind:valgrind gcc:gcc javac:default-jdk-headless promtool:prometheus prometheus-alertmanager:prometheus-alertmanager
exec node --import tsx test/run.ts "$@"
