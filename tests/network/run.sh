#!/usr/bin/env bash
# A head and three workers, each in a network namespace of its own, over mutual TLS, on networks
# that lose, delay, reorder, throttle and cut. The weights must be those of one process each
# time, and nobody may be given up but where a line was cut. Needs root. One line a check; the last
# line says how it ended; exit code 0, 1, or 77 where namespaces or traffic control are missing.
#
#   tests/network/run.sh [CHECK…]       clean loss delay rate cut-one cut-all give-up failures
#
# DISTTRAIN: the program (default: published to a temporary folder). KEEP=1 keeps all logs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly prefix=dt$$ limit_seconds=120 port=7300
readonly nodes=(head w1 w2 w3) workers=(w1 w2 w3)
# Four steps an epoch: the log has a line for each epoch, so it tells the time of every fourth step.
readonly options=(quickstart --data-limit "512,100" --checkpoint-every 1000000)
scratch=$(mktemp -d)
line=
epoch_ms=25
failed=()
declare -A process=()

say() { printf '%s\n' "$*"; }

skip() {
  say "SKIPPED ($*)"
  exit 77
}

in_node() { ip netns exec "$prefix$1" "${@:2}"; }

address() { case $1 in head) echo 10.77.0.1 ;; *) echo "10.77.0.1${1#w}" ;; esac; }

# --- the network: a bridge in a namespace of its own, a line from it to each node

begin_network() {
  local node
  ip netns add "${prefix}net"
  ip -n "${prefix}net" link add bridge type bridge
  ip -n "${prefix}net" link set bridge up
  for node in "${nodes[@]}"; do
    ip netns add "$prefix$node"
    ip -n "$prefix$node" link set lo up
  done
  add_line head
  if [ "${1:-}" = slow ]; then
    add_slow_lines
  else
    for node in "${workers[@]}"; do add_line "$node"; done
  fi
  for node in "${nodes[@]}"; do
    ip -n "$prefix$node" address add "$(address "$node")/24" dev line
    # Whole packets, not the bundles of them that the kernel passes on inside a machine.
    ip -n "$prefix$node" link set line gso_max_segs 1
    ip -n "$prefix$node" link set line up
    ip -n "${prefix}net" link set "to-$node" master bridge
    ip -n "${prefix}net" link set "to-$node" up
  done
}

add_line() {
  ip -n "${prefix}net" link add "to-$1" type veth peer name line netns "$prefix$1"
}

# Taps whose frames wait in a process, where the kernel has no netem.
add_slow_lines() {
  local node ready
  mkfifo "$scratch/line-in" "$scratch/line-out"
  ip netns exec "${prefix}net" python3 tests/network/delay_line.py "$delay_ms" "$jitter_ms" \
    n-w1:to-w1 n-w2:to-w2 n-w3:to-w3 <"$scratch/line-in" >"$scratch/line-out" &
  line=$!
  exec 8>"$scratch/line-in" 9<"$scratch/line-out"
  rm "$scratch/line-in" "$scratch/line-out"
  read -r -t 10 ready <&9 && [ "$ready" = ready ]
  for node in "${workers[@]}"; do
    ip -n "${prefix}net" link set "n-$node" netns "$prefix$node" name line
  done
}

end_network() {
  local name
  if [ -n "$line" ]; then
    exec 8>&- 9<&-
    wait "$line" || true
    line=
  fi
  for name in net "${nodes[@]}"; do
    ip netns delete "$prefix$name" 2>/dev/null || true
  done
}

# A line that ends nowhere: nobody is told.
cut_off() { local n; for n; do ip -n "${prefix}net" link set "to-$n" nomaster; done; }
heal() { local n; for n; do ip -n "${prefix}net" link set "to-$n" master bridge; done; }

# Of what comes in, at both ends, so that either way loses as much.
lose() {
  local node
  for node in "${nodes[@]}"; do
    if [ -n "$has_netem" ]; then
      tc -n "$prefix$node" qdisc add dev line root netem loss "$1%"
    else
      drop "$node" "$1"
    fi
  done
}

drop() {
  in_node "$1" iptables -A INPUT -i line -m statistic --mode random \
    --probability "$(awk "BEGIN { print $2 / 100 }")" -j DROP
}

delay() {
  [ -n "$has_netem" ] || return 0
  local node
  for node in "${workers[@]}"; do
    tc -n "$prefix$node" qdisc add dev line root netem delay "${delay_ms}ms" "${jitter_ms}ms"
    tc -n "${prefix}net" qdisc add dev "to-$node" root netem \
      delay "${delay_ms}ms" "${jitter_ms}ms"
  done
}

throttle() {
  local node
  for node in "${workers[@]}"; do
    tc -n "$prefix$node" qdisc add dev line root tbf rate "$1" burst 32k latency 300ms
    tc -n "${prefix}net" qdisc add dev "to-$node" root tbf rate "$1" burst 32k latency 300ms
  done
}

# --- the run

# start NODE ARGUMENT…
start() {
  # By exec, so that the id is the program's own: it is killed and stopped by it.
  exec ip netns exec "$prefix$1" "${program[@]}" "${@:2}" \
    >"$folder/$1.out" 2>"$folder/$1.log" &
  process[$1]=$!
}

start_worker() {
  start "$1" worker --head "10.77.0.1:$port" --certs "$scratch/certs/$1" --name "$1" \
    --threads 1 --verbose "${@:2}"
}

# begin_run NAME EPOCHS [ARGUMENT of workers…]: once it has trained three epochs.
begin_run() {
  name=$1 epochs=$2 folder=$scratch/$1
  mkdir -p "$folder"
  start head head "${options[@]}" --epochs "$epochs" --listen "10.77.0.1:$port" \
    --certs "$scratch/certs/head" --threads 1 --min-workers 1 --workers 3 --json \
    --out "$folder/run"
  local node
  for node in "${workers[@]}"; do start_worker "$node" "${@:3}"; done
  await "the first epochs" has_epochs 3
}

log() { cat "$folder/run/log.jsonl" 2>/dev/null; }
epochs_done() { log | grep -c '"event":"epoch"' || true; }
has_epochs() { [ "$(epochs_done)" -ge "$1" ]; }
is_over() { ! kill -0 "${process[$1]}" 2>/dev/null; }
has_logged() { grep -q -- "$2" "$folder/$1.log"; }
head_says() { [ "$(log | grep '"event":"node"' | grep -c -- "$1")" -ge "$2" ]; }

# await WHAT COMMAND…: until the command succeeds.
await() {
  local what=$1 end=$((SECONDS + limit_seconds))
  until "${@:2}"; do
    if [ $SECONDS -ge $end ]; then fail "$what: not within $limit_seconds s"; return 1; fi
    if is_over head && ! "${@:2}"; then fail "$what: the run ended before"; return 1; fi
    read -r -t 0.05 <>"$scratch/never" || true
  done
}

fail() {
  say "FAILED $name: $*"
  failed+=("$name")
  tail -n 5 "$folder"/*.log | sed 's/^/    /'
}

exit_code() {
  local code=0
  wait "${process[$1]}" || code=$?
  unset "process[$1]"
  echo "$code" >"$folder/$1.code"
}

# end_run: all end in order, with the weights of one process.
end_run() {
  local node end=$((SECONDS + limit_seconds)) actual code
  while ! is_over head && [ $SECONDS -lt $end ]; do
    read -r -t 0.05 <>"$scratch/never" || true
  done
  for node in "${!process[@]}"; do
    [ $SECONDS -lt $end ] || kill -9 "${process[$node]}" 2>/dev/null || true
    exit_code "$node"
  done
  actual=$(json_value "$folder/head.out" weightsSha256)
  code=$(cat "$folder/head.code")
  if [ "$code" -ne 0 ]; then fail "the head ended with exit code $code"; return 1; fi
  if [ "$actual" != "$(weights_of "$epochs")" ]; then fail "other weights: $actual"; return 1; fi
}

stop_run() {
  local node
  for node in "${!process[@]}"; do kill -9 "${process[$node]}" 2>/dev/null || true; done
  for node in "${!process[@]}"; do wait "${process[$node]}" 2>/dev/null || true; done
  process=()
}

lost() { json_value "$folder/head.out" workersLost; }

json_value() { grep -o "\"$2\":\"\{0,1\}[^,\"}]*" "$1" | head -n 1 | sed 's/^[^:]*:"\{0,1\}//'; }

# weights_of EPOCHS: by one process.
weights_of() {
  local file=$scratch/one-process-$1.json
  [ -s "$file" ] || "${program[@]}" train "${options[@]}" --engine local --epochs "$1" --json \
    --out "$scratch/one-process-$1" >"$file" 2>/dev/null
  json_value "$file" weightsSha256
}

# --- times

now() { date -u +%Y-%m-%dT%H:%M:%S.%N; }

# first_after TIME PATTERN: seconds from a time to the first line of the run's log behind it.
first_after() {
  local line
  line=$(log | awk -v from="$1" -v what="$2" -F'"' '$0 ~ what && $4 > from { print $4; exit }')
  seconds_between "$1" "$line"
}

seconds_between() {
  awk "BEGIN { printf \"%.2f\", $(date -d "${2%Z}Z" +%s.%N) - $(date -d "${1%Z}Z" +%s.%N) }"
}

# --- the checks

check_clean() {
  begin_network
  begin_run clean 20
  end_run && passed "$(pace), lost $(lost)"
  epoch_ms=$(json_value "$folder/head.out" seconds | awk "{ printf \"%.0f\", \$1 * 1000 / 20 }")
  expect_none_lost
}

# epochs_of SECONDS: about as many as take so long here; the clean run tells how long one takes.
epochs_of() { echo $(($1 * 1000 / (epoch_ms > 0 ? epoch_ms : 1) + 10)); }

check_loss() {
  begin_network
  lose 5
  begin_run loss 20
  end_run && passed "$(pace), lost $(lost)"
}

check_delay() {
  begin_network "$([ -n "$has_netem" ] || echo slow)"
  delay
  begin_run delay 10
  end_run && passed "$(pace), lost $(lost)"
  expect_none_lost
}

check_rate() {
  begin_network
  throttle 20mbit
  begin_run rate 8
  end_run && passed "$(pace), lost $(lost)"
  expect_none_lost
}

check_cut_one() {
  begin_network
  begin_run cut-one "$(epochs_of 20)"
  local from at
  from=$(now)
  cut_off w2
  await "the loss of w2" head_says 'w2.* is gone' 1 || return
  at=$(epochs_done)
  read -r -t 5 <>"$scratch/never" || true
  has_epochs $((at + 10)) || { fail "nothing went on without w2"; return; }
  at=$(now)
  heal w2
  await "w2 again" head_says 'w2.* is ready' 2 || return
  local back
  back=$(first_after "$at" 'w2.* is ready')
  end_run && passed "$(pace), lost $(lost), noticed after $(first_after "$from" 'w2.* is gone') s, \
next epoch after $(first_after "$(gone_at w2)" '"epoch"') s more, back $back s after it healed"
}

gone_at() { log | grep "\"event\":\"node\".*$1.* is gone" | head -n 1 | cut -d'"' -f4; }

check_cut_all() {
  begin_network
  begin_run cut-all "$(epochs_of 15)"
  local at
  cut_off w1 w2 w3
  await "the loss of all" head_says 'is gone' 3 || return
  read -r -t 5 <>"$scratch/never" || true
  at=$(now)
  heal w1 w2 w3
  await "the first again" head_says 'is ready' 4 || return
  end_run && passed "$(pace), lost $(lost), went on $(first_after "$at" '"epoch"') s \
after it healed"
}

check_give_up() {
  begin_network
  begin_run give-up "$(epochs_of 15)" --wait 3
  cut_off w3
  local end=$((SECONDS + limit_seconds))
  while ! is_over w3 && [ $SECONDS -lt $end ]; do
    read -r -t 0.05 <>"$scratch/never" || true
  done
  exit_code w3
  [ "$(cat "$folder/w3.code")" -eq 1 ] || { fail "w3 did not end with exit code 1"; return; }
  has_logged w3 'giving up' || { fail "w3 does not say why"; return; }
  end_run && passed "$(pace), lost $(lost); w3: $(grep 'giving up' "$folder/w3.log" | cut -c26-)"
}

# Measured, not judged: how long a step waits for a worker that is no more.
check_failures() {
  begin_network
  begin_run failures "$(epochs_of 25)"
  local at report=
  at=$(now)
  kill -9 "$(pid_of w1)"
  await "the loss of w1" head_says 'w1.* is gone' 1 || return
  exit_code w1
  report+="kill -9 $(after_loss "$at" w1) s"
  at=$(now)
  kill -STOP "$(pid_of w2)"
  await "the loss of w2" head_says 'w2.* is gone' 1 || return
  report+=", SIGSTOP $(after_loss "$at" w2) s"
  kill -CONT "$(pid_of w2)"
  await "w2 again" head_says 'w2.* is ready' 2 || return
  at=$(now)
  cut_off w3
  await "the loss of w3" head_says 'w3.* is gone' 1 || return
  report+=", cut off $(after_loss "$at" w3) s"
  heal w3
  end_run && passed "until the next epoch of four steps: $report; lost $(lost)"
}

# after_loss TIME NODE: seconds until the first epoch that ended after its loss was noticed.
after_loss() {
  local at=$1
  await "an epoch without $2" has_epoch_after "$(gone_at "$2")"
  seconds_between "$at" "$(log | awk -v from="$(gone_at "$2")" -F'"' \
    '/"event":"epoch"/ && $4 > from { print $4; exit }')"
}

has_epoch_after() {
  [ -n "$(log | awk -v from="$1" -F'"' '/"event":"epoch"/ && $4 > from { print $4; exit }')" ]
}

pid_of() { echo "${process[$1]}"; }

pace() {
  json_value "$folder/head.out" seconds \
    | awk -v e="$epochs" '{ printf "%.1f s, %.1f ms a step", $1, $1 * 1000 / e / 4 }'
}

expect_none_lost() {
  [ "$(lost)" = 0 ] || fail "workers were given up though no line was cut: $(lost)"
}

passed() { say "passed $name: $*"; }

clean_up() {
  stop_run
  end_network
  [ -n "${KEEP:-}" ] && say "logs: $scratch" || rm -rf "$scratch"
}
trap clean_up EXIT

# --- what is needed

readonly delay_ms=50 jitter_ms=20
mkfifo "$scratch/never"
for tool in ip tc iptables; do command -v "$tool" >/dev/null || skip "no $tool"; done
ip netns add "${prefix}net" 2>/dev/null || skip "no right to make network namespaces"
has_netem=
if tc -n "${prefix}net" qdisc add dev lo root netem delay 1ms 2>/dev/null; then
  has_netem=yes
else
  command -v python3 >/dev/null && [ -c /dev/net/tun ] || skip "no netem, and no taps in its place"
fi
end_network

if [ -n "${DISTTRAIN:-}" ]; then
  read -r -a program <<<"$DISTTRAIN"
else
  dotnet publish -c Release src/DistTrain.Cli -o "$scratch/program" >"$scratch/publish.log"
  program=(dotnet "$scratch/program/disttrain.dll")
fi
"${program[@]}" certs init "$scratch/certs" >/dev/null
for node in "${nodes[@]}"; do
  "${program[@]}" certs node "$node" --hosts "$(address "$node")" --ca "$scratch/certs" \
    --out "$scratch/certs/$node" >/dev/null
done

[ $# -gt 0 ] || set -- clean loss delay rate cut-one cut-all give-up failures
for check; do
  "check_${check//-/_}"
  stop_run
  end_network
done
[ ${#failed[@]} -eq 0 ] || { say "FAILED: ${failed[*]}"; exit 1; }
say "passed: $# checks on $([ -n "$has_netem" ] && echo netem || echo 'lines without netem')"
