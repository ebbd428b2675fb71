#!/usr/bin/env bash
# Three workers in containers; during the run one is killed and one cut off the network, then both
# come back. The weights must be those of one process. Needs a Docker engine, or the right to start
# one. The last line says how it ended; exit code 0, 1, or 77 where there is no engine.
#
# DISTTRAIN_IMAGE: the image (default disttrain; built if missing, see docker/README.md).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

image=${DISTTRAIN_IMAGE:-disttrain}
project=disttrain-test-$$
scratch=$(mktemp -d)
engine=
# 300 batches an epoch: long enough that every fault strikes a run in progress.
options=(--batch-size 200 --epochs 20 --json)
limit_seconds=300

say() { printf '%s\n' "$*"; }

fail() {
  if [ -n "${head:-}" ]; then
    say "--- the head's last lines"
    docker logs --tail 30 "$head" 2>&1 || true
  fi
  say "FAILED: $*"
  exit 1
}

compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose -p "$project" -f docker/compose.yml "$@"
  else
    docker-compose -p "$project" -f docker/compose.yml "$@"
  fi
}

clean_up() {
  if docker info >/dev/null 2>&1; then
    compose down --volumes --timeout 5 >/dev/null 2>&1 || true
  fi
  if [ -n "$engine" ]; then
    kill "$engine" 2>/dev/null && wait "$engine" || true
  fi
  rm -rf "$scratch"
}
trap clean_up EXIT

# await WHAT COMMAND…: until the command succeeds.
await() {
  local what=$1 end=$((SECONDS + limit_seconds))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || fail "$what: not within $limit_seconds s"
    is_running_or_unborn || fail "$what: the head ended first"
    sleep 0.1
  done
}

is_running_or_unborn() { [ -z "${head:-}" ] || is_running "$head"; }

is_running() { [ "$(docker inspect -f '{{.State.Running}}' "$1")" = true ]; }

# One line an epoch goes to stderr where no terminal is.
epochs_done() { docker logs "$head" 2>&1 >/dev/null | grep -c '^epoch' || true; }

has_epochs() { [ "$(epochs_done)" -ge "$1" ]; }

json_value() {
  tr -d '\n' <"$1" | grep -o "\"$2\" *: *\"\{0,1\}[^,\"}]*" | head -n 1 | sed 's/^[^:]*: *"\{0,1\}//'
}

start_engine() {
  docker info >/dev/null 2>&1 && return
  if [ "$(id -u)" -eq 0 ] && command -v dockerd >/dev/null; then
    dockerd >"$scratch/dockerd.log" 2>&1 &
    engine=$!
    for _ in $(seq 100); do
      docker info >/dev/null 2>&1 && return
      kill -0 "$engine" 2>/dev/null || break
      sleep 0.2
    done
  fi
  say "SKIPPED (no Docker engine)"
  exit 77
}

start_engine
docker image inspect "$image" >/dev/null 2>&1 || compose build certs

say "one process"
docker run --rm "$image" train quickstart "${options[@]}" >"$scratch/one.json" 2>"$scratch/one.log" \
  || { cat "$scratch/one.log"; fail "the run in one process"; }
expected=$(json_value "$scratch/one.json" weightsSha256)

say "a head and three workers"
export DISTTRAIN_IMAGE=$image DISTTRAIN_RECIPE=quickstart
export DISTTRAIN_OPTIONS="--min-workers 1 ${options[*]}"
compose up -d --no-build --scale worker=3 >"$scratch/up.log" 2>&1 \
  || { cat "$scratch/up.log"; fail "compose up"; }
head=$(compose ps -q head)
[ -n "$head" ] || fail "there is no head"
mapfile -t workers < <(compose ps -q worker)
[ "${#workers[@]}" -eq 3 ] || fail "${#workers[@]} workers instead of 3"

await "the first epochs" has_epochs 2
say "killed one"
docker kill "${workers[0]}" >/dev/null
await "an epoch without it" has_epochs $(($(epochs_done) + 2))
say "cut off another"
docker network disconnect "${project}_cluster" "${workers[1]}"
await "an epoch without both" has_epochs $(($(epochs_done) + 2))
say "both come back"
docker start "${workers[0]}" >/dev/null
docker network connect "${project}_cluster" "${workers[1]}"
await "an epoch with them" has_epochs $(($(epochs_done) + 2))
is_running "$head" || fail "the run was over before both were back"

code=$(timeout "$limit_seconds" docker wait "$head") || fail "no end within $limit_seconds s"
[ "$code" -eq 0 ] || fail "the head ended with exit code $code"
docker logs "$head" >"$scratch/cluster.json" 2>/dev/null
actual=$(json_value "$scratch/cluster.json" weightsSha256)
lost=$(json_value "$scratch/cluster.json" workersLost)
say "one process   $expected"
say "the cluster   $actual, workers lost: $lost"
[ -n "$expected" ] && [ "$expected" = "$actual" ] || fail "the weights differ"
[ "${lost:-0}" -ge 2 ] || fail "the head lost $lost workers instead of 2: no fault struck"
say "passed: same weights with a worker killed and one cut off"
