#!/usr/bin/env bash
# A soak: a head, three workers and a parameter server, each a process; every 20 s one of the
# workers, or the parameter server, is killed with -9, at random, and begun anew. At the end the
# weights must be those of one process, which trains meanwhile at the lowest priority, the head must
# have grown neither in memory nor in handles, and no process may be left. The last line says how it
# ended; exit code 0 or 1.
#
#   tests/soak/run.sh [SECONDS]      (default: 1800)
#
# SEED: of who is killed (default: of the clock; told). DISTTRAIN: the program, as one word
# (default: built here).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly seconds=${1:-1800} pause=20 patience=60
# A node begun anew just when the run ends finds no head any more; it must give up within patience.
readonly node_wait=30
# A small network, so that a step of the cluster is waiting for messages; long epochs, since the
# history of all of them stands in every checkpoint and in the head's memory.
readonly options=(--data digits --data-limit "60000,1000" --batch-size 96
  --layers 784-32:relu-10:softmax --checkpoint-every 500)
readonly nodes=(w0 w1 w2 ps0)
scratch=$(mktemp -d)
declare -A pids=()
head='' port='' out='' reference=''
RANDOM=${SEED:=$(($(date +%s) % 32768))}

say() { printf '%s\n' "$*"; }

fail() {
  say "--- the head's last lines"
  tail -n 20 "$scratch/head.err" 2>/dev/null || true
  say "FAILED: $* (seed $SEED)"
  exit 1
}

finish() {
  local name
  for name in "${!pids[@]}"; do kill -KILL "${pids[$name]}" 2>/dev/null || true; done
  [ -z "$head" ] || kill -KILL "$head" 2>/dev/null || true
  [ -z "$reference" ] || kill -KILL "$reference" 2>/dev/null || true
  wait 2>/dev/null || true
  [ "${KEEP:-}" = 1 ] && say "logs: $scratch" || rm -rf "$scratch"
}
trap finish EXIT

program=${DISTTRAIN:-dotnet src/DistTrain.Cli/bin/Release/net10.0/disttrain.dll}

# json_value FILE KEY: the first one, by one process: no pipe whose reader ends before its writer.
json_value() {
  awk -v key="\"$2\": *" 'match($0, key) {
    text = substr($0, RSTART + RLENGTH); sub(/^"/, "", text); sub(/[",].*/, "", text)
    print text; exit }' "$1"
}

start_node() {
  local kind=worker
  [ "$1" = ps0 ] && kind=ps
  $program $kind --head "127.0.0.1:$port" --token-file "$out/token" --name "$1" \
    --wait "$node_wait" \
    >>"$scratch/$1.out" 2>>"$scratch/$1.err" &
  pids[$1]=$!
}

# start_cluster EPOCHS OUT
start_cluster() {
  out=$2
  rm -f "$scratch/head.err"
  $program head "${options[@]}" --epochs "$1" --workers 3 --min-workers 1 \
    --parameter-server-nodes 1 --listen 127.0.0.1:0 --out "$out" --json \
    >"$scratch/head.out" 2>"$scratch/head.err" &
  head=$!
  local end=$((SECONDS + patience))
  until port=$(grep -om 1 'listening on 127.0.0.1:[0-9]*' "$scratch/head.err" \
    | grep -o '[0-9]*$'); do
    kill -0 "$head" 2>/dev/null && [ $SECONDS -lt $end ] || fail "the head does not listen"
    sleep 0.1
  done
  for name in "${nodes[@]}"; do start_node "$name"; done
}

# The run is over; all nodes must end by themselves.
await_end() {
  wait "$head" || fail "the head ended with exit code $?"
  head=''
  local name
  for name in "${nodes[@]}"; do
    timeout "$patience" tail --pid="${pids[$name]}" -f /dev/null || fail "$name is left behind"
    unset "pids[$name]"
  done
}

memory_kb() { awk '/^VmRSS/ {print $2}' "/proc/$head/status"; }
handles() { find "/proc/$head/fd" -mindepth 1 2>/dev/null | wc -l; }

if [ -z "${DISTTRAIN:-}" ]; then
  dotnet build src/DistTrain.Cli -c Release >"$scratch/build.log" \
    || { tail -n 20 "$scratch/build.log"; fail "the build"; }
fi

say "how fast is it, without kills?"
start_cluster 20 "$scratch/calibration"
await_end
# The median of the last ten: the first ones compile.
epoch=$(grep -o '"seconds":[^,}]*' "$scratch/head.out" | tail -n 10 | cut -d: -f2 | sort -g \
  | sed -n 5p)
# Kills, and the process beside, take at least a quarter of the time; what is left of the run
# goes on without them.
epochs=$(awk -v s="$seconds" -v t="$epoch" 'BEGIN { print int(0.95 * s / t) + 1 }')
say "$epoch s an epoch: $epochs epochs; seed $SEED"

nice -n 19 $program train "${options[@]}" --epochs "$epochs" --threads 1 --out "$scratch/one" \
  --json --quiet >"$scratch/one.out" 2>"$scratch/one.err" &
reference=$!
began=$SECONDS
start_cluster "$epochs" "$scratch/run"
kills=0 first='' last=''
while sleep "$pause" && kill -0 "$head" 2>/dev/null && [ $((SECONDS - began)) -lt "$seconds" ]; do
  # What it was when all had been through a few kills, and what it is.
  if [ "$kills" -ge 5 ]; then
    last="$(memory_kb) $(handles)"
    first=${first:-$last}
  fi
  name=${nodes[RANDOM % ${#nodes[@]}]}
  kill -KILL "${pids[$name]}" 2>/dev/null || fail "$name had ended by itself"
  wait "${pids[$name]}" 2>/dev/null || true
  start_node "$name"
  kills=$((kills + 1))
  [ $((kills % 15)) -ne 0 ] || say "$((SECONDS - began)) s, $kills kills: ${last/ / KB, } handles"
done
say "$kills kills in $((SECONDS - began)) s; waiting for the end"
kill -0 "$head" 2>/dev/null || fail "the run was over before $seconds s"
[ "$kills" -gt 0 ] || fail "nothing was killed"
await_end
say "the run took $(json_value "$scratch/head.out" seconds) s"

wait "$reference" || fail "the run in one process"
reference=''
expected=$(json_value "$scratch/one.out" weightsSha256)
actual=$(json_value "$scratch/head.out" weightsSha256)
say "one process  $expected"
say "the cluster  $actual, $(json_value "$scratch/head.out" steps) steps," \
  "workers lost: $(json_value "$scratch/head.out" workersLost)"
[ -n "$expected" ] && [ "$expected" = "$actual" ] || fail "the weights differ"
growth="memory and handles NOT compared: that takes seven kills"
if [ "$kills" -ge 7 ]; then
  read -r memory_then handles_then <<<"$first"
  read -r memory_now handles_now <<<"$last"
  say "the head after 5 kills: $memory_then KB, $handles_then handles;" \
    "after $kills: $memory_now KB, $handles_now"
  [ "$memory_now" -le $((memory_then * 3 / 2)) ] || fail "the head has grown"
  [ "$handles_now" -le $((handles_then + 16)) ] || fail "the head has kept handles"
  growth="head not grown"
fi
say "passed: $kills kills, same weights, $growth (seed $SEED)"
