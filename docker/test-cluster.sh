#!/usr/bin/env bash
# Workers in containers, three on TCP, two on Akka.NET; during the run one is killed and one cut off
# the network, and both come back. The weights must be those of one process of the same image. The
# last line says how it ended; exit code 0, 1, or 77 where there is no engine or no image to build
# on.
#
#   docker/test-cluster.sh [tcp | akka]
#
# Needs Docker with compose, or the right to start an engine, which is then ended again. From the
# environment, see docker/README.md:
#   DISTTRAIN_IMAGE           the image to test; without it one is built from this source, by
#   BASE_IMAGE                a Linux with libstdc++6, libssl3 and a shell, and this machine's SDK,
#   SDK_IMAGE, RUNTIME_IMAGE  or images that bring .NET. Without any: the official ones, unless
#                             they are not here and an image disttrain-base:local is
#   PULL=never                no image is fetched: without one that is here, the test is skipped
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cluster=${1:-tcp}
image=${DISTTRAIN_IMAGE:-}
sdk=${SDK_IMAGE:-$(sed -n 's/^ARG SDK_IMAGE=//p' docker/Dockerfile)}
runtime=${RUNTIME_IMAGE:-$(sed -n 's/^ARG RUNTIME_IMAGE=//p' docker/Dockerfile)}
own_base=disttrain-base:local
project=disttrain-test-$$
scratch=$(mktemp -d)
engine='' built='' head=''
# 60 batches an epoch: short epochs, of which enough are left for every fault.
options=(--data-limit 12000,1000 --batch-size 200 --epochs 100 --json)
limit_seconds=60
pull_seconds=120

say() { printf '%s\n' "$*"; }

fail() {
  if [ -n "$head" ]; then
    say "--- the head's last lines"
    head_log | tail -n 30
  fi
  say "FAILED: $*"
  exit 1
}

skip() {
  say "SKIPPED ($*)"
  exit 77
}

# --- engine and image -----------------------------------------------------------------------------

compose=(docker-compose)
if docker compose version >/dev/null 2>&1; then
  compose=(docker compose)
fi

# Of docker/compose.yml: what a cluster consists of.
case $cluster in
  tcp) profile=() head_service=head worker_services=(worker) up=(--scale worker=3) ;;
  akka)
    profile=(--profile akka) head_service=akka-head
    worker_services=(akka-worker-1 akka-worker-2)
    up=(akka-head akka-worker-1 akka-worker-2)
    ;;
  *) say "no cluster '$cluster': tcp or akka"; exit 2 ;;
esac

compose() { "${compose[@]}" -p "$project" -f docker/compose.yml "${profile[@]}" "$@"; }

# Takes away what this script has made, and nothing else.
clean_up() {
  if docker info >/dev/null 2>&1; then
    compose down --volumes --timeout 5 >/dev/null 2>&1 || true
    [ -z "$built" ] || docker rmi "$built" >/dev/null 2>&1 || true
  fi
  if [ -n "$engine" ]; then
    kill "$engine" 2>/dev/null && wait "$engine" || true
  fi
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

start_engine() {
  command -v docker >/dev/null || skip "no Docker"
  docker info >/dev/null 2>&1 && return
  [ "$(id -u)" -eq 0 ] && command -v dockerd >/dev/null || skip "no Docker engine"
  # Ctrl-C here is not for the engine: what runs on it is taken away first.
  setsid dockerd >"$scratch/dockerd.log" 2>&1 &
  engine=$!
  for _ in $(seq 150); do
    docker info >/dev/null 2>&1 && return
    kill -0 "$engine" 2>/dev/null || break
    sleep 0.2
  done
  skip "the Docker engine does not start: $(tail -n 1 "$scratch/dockerd.log")"
}

is_here() { docker image inspect "$1" >/dev/null 2>&1; }

# Here, or to be had in time.
has_image() {
  is_here "$1" && return
  [ "${PULL:-}" != never ] && timeout "$pull_seconds" docker pull -q "$1" >/dev/null 2>&1
}

build_image() {
  local base=${BASE_IMAGE:-} akka=false
  [ "$cluster" = tcp ] || akka=true
  if [ -z "$base${SDK_IMAGE:-}" ] && ! is_here "$sdk" && is_here "$own_base"; then
    base=$own_base
  fi
  built=disttrain-test:$$
  if [ -n "$base" ]; then
    has_image "$base" || skip "no image $base"
    command -v dotnet >/dev/null || skip "no .NET SDK to build for $base"
    say "building on $base"
    dotnet publish src/DistTrain.Cli -c Release -r linux-x64 --self-contained \
      -p:AkkaEngine=$akka --artifacts-path "$scratch/artifacts" -o "$scratch/publish" \
      >"$scratch/build.log" 2>&1 \
      && docker build -f docker/Dockerfile --target prebuilt -t "$built" \
        --build-arg RUNTIME_IMAGE="$base" --build-arg PUBLISH=. "$scratch/publish" \
        >>"$scratch/build.log" 2>&1 && return
  else
    has_image "$sdk" || skip "no image $sdk"
    has_image "$runtime" || skip "no image $runtime"
    say "building with $sdk"
    docker build -f docker/Dockerfile -t "$built" --build-arg SDK_IMAGE="$sdk" \
      --build-arg RUNTIME_IMAGE="$runtime" --build-arg AKKA_ENGINE=$akka . \
      >"$scratch/build.log" 2>&1 && return
  fi
  tail -n 30 "$scratch/build.log"
  fail "the image cannot be built"
}

# --- what the head says ---------------------------------------------------------------------------

# Notes are on stderr; stdout is the result.
head_log() { docker logs "$head" 2>&1 >/dev/null; }

# count PATTERN: lines of the head's log.
count() { head_log | grep -c "$1" || true; }

has_epochs() { [ "$(count '^epoch')" -ge "$1" ]; }

# A worker is called by its host name, the short id of its container.
is_ready() { [ "$(count "(${1:0:12}) is ready")" -ge "$2" ]; }

is_gone() { [ "$(count "(${1:0:12}) is gone")" -ge 1 ]; }

is_running() { [ "$(docker inspect -f '{{.State.Running}}' "$1")" = true ]; }

# await WHAT COMMAND…: until the command succeeds, as long as the head runs.
await() {
  local what=$1 end=$((SECONDS + limit_seconds))
  shift
  until "$@"; do
    [ $SECONDS -lt $end ] || fail "$what: not within $limit_seconds s"
    is_running "$head" || fail "$what: the run was over before"
    sleep 0.1
  done
}

# The run goes on: an epoch that began after now is done.
await_progress() { await "$1" has_epochs $(($(count '^epoch') + 2)); }

json_value() {
  tr -d '\n' <"$1" | grep -o "\"$2\" *: *\"\{0,1\}[^,\"}]*" | head -n 1 \
    | sed 's/^[^:]*: *"\{0,1\}//'
}

# --- the run --------------------------------------------------------------------------------------

start_cluster() {
  local count=3
  [ "$cluster" = tcp ] || count=2
  export DISTTRAIN_IMAGE=$image DISTTRAIN_AKKA_IMAGE=$image
  export DISTTRAIN_RECIPE=quickstart DISTTRAIN_RUN=cluster
  export DISTTRAIN_OPTIONS="--min-workers $count ${options[*]}"
  unset DISTTRAIN_RESUME
  compose up -d --no-build "${up[@]}" >"$scratch/up.log" 2>&1 \
    || { cat "$scratch/up.log"; fail "compose up"; }
  head=$(compose ps -q "$head_service")
  [ -n "$head" ] || fail "there is no head"
  mapfile -t workers < <(compose ps -q "${worker_services[@]}")
  [ "${#workers[@]}" -eq "$count" ] || fail "${#workers[@]} workers instead of $count"
  for worker in "${workers[@]}"; do
    await "$count workers" is_ready "$worker" 1
  done
  await_progress "an epoch with $count workers"
}

kill_one() {
  say "killed one"
  docker kill -s KILL "$1" >/dev/null
  await "the killed one is missed" is_gone "$1"
  await_progress "an epoch without it"
}

cut_one() {
  say "cut another off the network"
  docker network disconnect "${project}_cluster" "$1"
  await "the one cut off is missed" is_gone "$1"
  await_progress "an epoch without it"
  is_running "$1" || fail "the worker that was cut off has ended"
}

# On Akka.NET others dial a worker too, by the name of its service.
join_network() {
  local service
  service=$(docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}}' "$1")
  docker network connect --alias "$service" "${project}_cluster" "$1"
}

# Where a third goes on both are away at once; each is missed, and each comes back.
faults() {
  local killed=${workers[0]} cut=${workers[1]}
  kill_one "$killed"
  if [ "${#workers[@]}" -lt 3 ]; then
    say "it comes back"
    docker start "$killed" >/dev/null
    await "the killed one is back" is_ready "$killed" 2
  fi
  cut_one "$cut"
  say "all come back"
  docker start "$killed" >/dev/null
  join_network "$cut"
  await "the killed one is back" is_ready "$killed" 2
  await "the one cut off is back" is_ready "$cut" 2
  await_progress "an epoch with all again"
}

began=$SECONDS
start_engine
if [ -z "$image" ]; then
  build_image
  image=$built
else
  has_image "$image" || skip "no image $image"
fi

say "one process"
timeout "$limit_seconds" \
  docker run --rm --network none "$image" train quickstart "${options[@]}" \
  >"$scratch/one.json" 2>"$scratch/one.log" \
  || { tail -n 30 "$scratch/one.log"; fail "the run in one process"; }
expected=$(json_value "$scratch/one.json" weightsSha256)

say "a head and workers ($cluster)"
start_cluster
faults

code=$(timeout $((2 * limit_seconds)) docker wait "$head") || fail "the run does not end"
[ "$code" -eq 0 ] || fail "the head ended with exit code $code"
docker logs "$head" >"$scratch/cluster.json" 2>/dev/null
actual=$(json_value "$scratch/cluster.json" weightsSha256)
lost=$(json_value "$scratch/cluster.json" workersLost)
say "one process   $expected"
say "the cluster   $actual, workers lost: $lost"
[ -n "$expected" ] && [ "$expected" = "$actual" ] || fail "the weights differ"
[ "${lost:-0}" -ge 2 ] || fail "the head counts ${lost:-no} workers lost instead of 2"
say "passed: $((${#workers[@]} + 1)) containers ($cluster), same weights with a worker killed" \
  "and one cut off ($((SECONDS - began)) s)"
