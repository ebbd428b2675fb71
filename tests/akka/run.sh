#!/usr/bin/env bash
# Clusters of processes on Akka.NET on this machine, which lose what they can lose. The weights
# must be those of one process each time. One line a check; the last line says how it ended; exit
# code 0, 1, or 77 where the program was built without the engine.
#
#   tests/akka/run.sh [CHECK…]      term kill sixteen watch      (default: term kill sixteen)
#
# term      three heads, two workers: a worker is killed, the leading head gets SIGTERM
# kill      the same, but the leading head is killed and its run folder deleted
# sixteen   one head and fifteen workers: how long until all are in the cluster, and ready to work
# watch     a head and two workers at full load for WATCH_SECONDS (600): nobody is doubted
#
# DISTTRAIN: the program, as one word (default: built here with the engine in).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly limit_seconds=150 ports=(7411 7412 7413)
readonly options=(--data digits --data-limit "12000,1000" --batch-size 208
  --layers 784-256:relu-64:tanh-10:softmax --checkpoint-every 50)
scratch=$(mktemp -d)
started=()
failed=()

say() { printf '%s\n' "$*"; }

end_all() {
  local pid
  for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  started=()
}

finish() {
  end_all
  [ "${KEEP:-}" = 1 ] && say "logs: $scratch" || rm -rf "$scratch"
}
trap finish EXIT

disttrain() { ${DISTTRAIN:-dotnet src/DistTrain.Cli/bin/Release/net10.0/disttrain.dll} "$@"; }

# start NAME ARGUMENTS…: in the background; its output in NAME.out, what it says in NAME.err.
start() {
  local name=$1
  shift
  ${DISTTRAIN:-dotnet src/DistTrain.Cli/bin/Release/net10.0/disttrain.dll} "$@" \
    >"$scratch/$name.out" 2>"$scratch/$name.err" &
  started+=($!)
  printf '%s' $! >"$scratch/$name.pid"
}

pid_of() { cat "$scratch/$1.pid"; }

# until_true SECONDS COMMAND…: false too when a head ends that says what is wrong.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    ! grep -h '^error' "$scratch"/head?.err 2>/dev/null || return 1
    sleep 0.1
  done
}

hash_of() { grep -o '"weightsSha256": *"[0-9a-f]*"' "$1" | head -n 1 | tr -d ' ' | cut -d'"' -f4; }

expected_hash() {
  [ -s "$scratch/expected" ] || {
    disttrain train "${options[@]}" --epochs 8 --out "$scratch/expected.run" --json \
      >"$scratch/expected.json" 2>"$scratch/expected.err"
    hash_of "$scratch/expected.json" >"$scratch/expected"
  }
  cat "$scratch/expected"
}

seeds() { printf '127.0.0.1:%s,' "${ports[@]}" | sed 's/,$//'; }

start_head() {
  start "head$1" head "${options[@]}" --epochs 8 --engine akka --heads 3 \
    --listen "127.0.0.1:${ports[$1]}" --seed-nodes "$(seeds)" --workers 2 --min-workers 1 \
    --out "$scratch/run-head$1" --json
}

has_checkpoint() { compgen -G "$scratch/run-head*/checkpoints/step-$1"; }

leading() {
  grep -l "this head leads" "$scratch"/head?.err | head -n 1 | sed 's/.*head\(.\)\.err/\1/'
}

# five_nodes SIGNAL: see term and kill above.
five_nodes() {
  local expected lead head ended=0
  rm -rf "$scratch"/run-head* "$scratch"/head* "$scratch"/w?.*
  expected=$(expected_hash)
  for head in 0 1 2; do start_head "$head"; done
  for worker in 1 2; do
    start "w$worker" worker --engine akka --head "$(seeds)" --name "w$worker"
  done
  until_true 60 has_checkpoint '??.dtm' || { say "no checkpoint appeared"; return 1; }
  kill -KILL "$(pid_of w1)"
  until_true 60 has_checkpoint '1??.dtm' || { say "no step after a worker was killed"; return 1; }
  lead=$(leading)
  kill "-$1" "$(pid_of "head$lead")"
  if [ "$1" = KILL ]; then rm -rf "$scratch/run-head$lead"; fi
  start w3 worker --engine akka --head "$(seeds)" --name w3
  for head in 0 1 2; do
    [ "$head" = "$lead" ] && continue
    until_true "$limit_seconds" grep -q weightsSha256 "$scratch/head$head.out" \
      || { say "head $head did not end"; tail -n 5 "$scratch/head$head.err"; return 1; }
    [ "$(hash_of "$scratch/head$head.out")" = "$expected" ] \
      || { say "head $head: $(hash_of "$scratch/head$head.out") instead of $expected"; return 1; }
    ended=$((ended + 1))
  done
  say "$ended heads ended with $expected after head $lead got SIG$1"
}

sixteen() {
  local began formed ready
  began=$(date +%s%N)
  start head0 head "${options[@]}" --engine akka --listen "127.0.0.1:${ports[0]}" --workers 15 \
    --min-workers 15 --epochs 1 --out "$scratch/run-sixteen" --json
  for worker in $(seq 15); do
    start "m$worker" worker --engine akka --head "127.0.0.1:${ports[0]}" --name "m$worker"
  done
  # The head describes the run once as many workers as it wants are members that are up.
  until_true "$limit_seconds" grep -q 'workers, 1 parameter server' "$scratch/head0.err" \
    || { say "the cluster did not form"; return 1; }
  formed=$((($(date +%s%N) - began) / 1000000))
  all_ready() { [ "$(grep -c 'worker .* is ready' "$scratch/head0.err")" -ge 15 ]; }
  until_true "$limit_seconds" all_ready || { say "not all were ready"; return 1; }
  ready=$((($(date +%s%N) - began) / 1000000))
  until_true "$limit_seconds" grep -q weightsSha256 "$scratch/head0.out" \
    || { say "the run did not end"; return 1; }
  say "since the first process began: 16 nodes formed a cluster after $formed ms," \
    "15 workers were ready after $ready ms"
}

watch() {
  local seconds=${WATCH_SECONDS:-600} doubted
  start head0 head --data digits --data-limit "12000,1000" --batch-size 512 --epochs 100000 \
    --layers 784-1024:relu-128:tanh-64:relu-10:softmax --engine akka --verbose \
    --listen "127.0.0.1:${ports[0]}" --workers 2 --min-workers 2 --out "$scratch/run-watch" --json
  for worker in 1 2; do
    start "w$worker" worker --engine akka --head "127.0.0.1:${ports[0]}" --name "w$worker"
  done
  sleep "$seconds"
  doubted=$(grep -hci 'unreachable\|cannot be reached' "$scratch"/head0.err "$scratch"/w?.err \
    "$scratch/run-watch/log.jsonl" | paste -sd+ | bc)
  kill -TERM "$(pid_of head0)" # a shell without job control lets its jobs ignore INT
  until_true 60 grep -q weightsSha256 "$scratch/head0.out" || { say "no end"; return 1; }
  say "$seconds s, $(grep -o '"steps": *[0-9]*' "$scratch/head0.out" | head -n 1): $doubted doubts"
  [ "$doubted" -eq 0 ]
}

check() {
  local name=$1 log=$scratch/check.log
  shift
  if "$@" >"$log" 2>&1; then
    say "passed $name: $(tail -n 1 "$log")"
  else
    say "FAILED $name: $(tail -n 5 "$log")"
    failed+=("$name")
  fi
  end_all
}

if [ -z "${DISTTRAIN:-}" ]; then
  dotnet build src/DistTrain.Cli -c Release -p:AkkaEngine=true >"$scratch/build.log" \
    || { tail -n 20 "$scratch/build.log"; exit 1; }
fi
disttrain doctor 2>&1 | grep -i 'akka' | grep -qi 'not compiled' && {
  say "SKIPPED (the program was built without the engine)"
  exit 77
}

checks=("$@")
[ ${#checks[@]} -gt 0 ] || checks=(term kill sixteen)
for name in "${checks[@]}"; do
  case $name in
    term) check term five_nodes TERM ;;
    kill) check kill five_nodes KILL ;;
    sixteen) check sixteen sixteen ;;
    watch) check watch watch ;;
    *) say "no check '$name'"; exit 2 ;;
  esac
done
if [ ${#failed[@]} -gt 0 ]; then
  say "failed: ${failed[*]}"
  exit 1
fi
say "passed: ${checks[*]}"
