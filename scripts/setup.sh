# Sourced by test/run.sh, demo/run.sh and bench/run.sh: brings a fresh Debian (root, Node 20) to where they can start, says
# what it does, and does nothing on the second run. Usage: setup <what it is for> <command:package>…; with WITH_LINT=1, npm run lint
# is part of it.
#
# Parts are looked for by their command, not by their package: any Docker Engine, any Go of 1.19 or newer will do. Packages
# that would start a service of their own are kept from it: every Redis and engine here is started, and stopped, by its user.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
PATH="$PWD/node_modules/.bin:$PATH:/usr/local/go/bin:/usr/local/sbin:/usr/sbin:/sbin"
STAMPS=node_modules/.cache/leakwatch-setup

say() { printf '• %s\n' "$*" >&2; }
fail() { printf '✗ %s\n' "$*" >&2; exit 1; }

# Runs a long step quietly and says every 8 s that it goes on; its output is shown when it fails.
quietly() {
  local what=$1; shift
  say "$what"
  local log; log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null &
  local pid=$! begun=$SECONDS told=$SECONDS
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if (( SECONDS - told >= 8 )); then told=$SECONDS; say "$what: still at it, $((SECONDS - begun)) s"; fi
  done
  if ! wait "$pid"; then tail -40 "$log" >&2; rm -f "$log"; fail "$what: failed (see above)"; fi
  rm -f "$log"
}

require_node() {
  command -v node >/dev/null || fail 'Node is missing: install Node 20.19 to 24 (nodejs.org), then run this again'
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a >= 20 && a < 25 && (a > 20 || b >= 19) ? 0 : 1)' ||
    fail "Node $(node --version) is here, 20.19 to 24 is needed"
}

install_packages() {
  local purpose=$1; shift
  local missing=() part
  for part in "$@"; do
    command -v "${part%%:*}" >/dev/null || missing+=("${part#*:}")
  done
  (( ${#missing[@]} )) || return 0
  [[ $(id -u) == 0 ]] || fail "missing for $purpose: ${missing[*]}. Run this as root, or install them"
  command -v apt-get >/dev/null || fail "missing for $purpose: ${missing[*]}, and this is no Debian: install them"
  if [[ -t 0 && -t 1 && -z ${CI:-} ]]; then
    read -rp "Missing for $purpose: ${missing[*]}. Install them with apt-get? [Y/n] " answer
    [[ ${answer:-y} =~ ^[Yy] ]] || fail 'not installed'
  fi
  # 101: "do not start it" (invoke-rc.d's policy); an own policy is left as it is.
  local policy=/usr/sbin/policy-rc.d own_policy=0
  if [[ ! -e $policy ]]; then printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy && own_policy=1; fi
  export DEBIAN_FRONTEND=noninteractive
  quietly 'apt-get update' apt-get update
  quietly "apt-get install ${missing[*]}" apt-get install -y --no-install-recommends "${missing[@]}"
  if (( own_policy )); then rm -f $policy; fi
}

# Does something again only when the files it is made from have changed.
when_changed() {
  local name=$1 hash=$2; shift 2
  [[ -f $STAMPS/$name && $(<"$STAMPS/$name") == "$hash" ]] && return 0
  "$@"
  mkdir -p $STAMPS
  printf '%s' "$hash" >"$STAMPS/$name"
}

hash_of() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

# What was linted has its types checked.
build_all() {
  local script; [[ -n ${WITH_LINT:-} ]] && script=emit || script=build
  rm -rf dist
  quietly "npm run $script" npm run $script
}

setup() {
  local purpose=$1; shift
  # Two runs at a time would tread on each other's node_modules.
  exec 9>"${TMPDIR:-/tmp}/leakwatch-setup.lock"
  flock -n 9 || { say 'another run is setting up; waiting for it'; flock 9; }
  require_node
  install_packages "$purpose" "$@"
  when_changed npm-ci "$(node --version)-$(hash_of package-lock.json)" quietly 'npm ci (libraries)' npm ci --no-audit --no-fund
  if [[ -n ${WITH_LINT:-} ]]; then
    when_changed lint "$(hash_of src jobs test demo bench scripts ./*.json ./*.mjs)" quietly 'npm run lint (types, style, unused code)' npm run --silent lint
  fi
  [[ -d dist ]] || rm -f "$STAMPS/build"
  when_changed build "$(hash_of src jobs package.json tsconfig.json tsconfig.build.json)" build_all
  exec 9>&-
}
