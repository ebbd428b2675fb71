#!/usr/bin/env bash
# Starts a cluster on this machine: processes, or containers with --docker. Only calls the program
# or compose; run-cluster.ps1 does the same.
set -euo pipefail

usage() {
  cat <<'TEXT'
./run-cluster.sh [--workers N] [--engine NAME] [--recipe RECIPE] [--docker] [OPTION…]

  --workers N       how many workers (default 3)
  --engine NAME     the engine of the processes: tcp or akka (default tcp)
  --recipe RECIPE   a shipped recipe's name or a file (default quickstart)
  --docker          containers instead of processes: needs Docker with compose
  OPTION…           goes on to the program: --epochs 5 --data mnist

Example: ./run-cluster.sh --workers 4 --recipe ann-128-32 --epochs 5
TEXT
}

workers=3 engine=tcp recipe=quickstart docker=false
options=()
while [ $# -gt 0 ]; do
  case $1 in
    --workers | --engine | --recipe)
      [ $# -ge 2 ] || { echo "error: $1 needs a value" >&2; usage >&2; exit 2; }
      declare "${1#--}=$2"
      shift 2
      ;;
    --docker) docker=true; shift ;;
    --help | -h) usage; exit 0 ;;
    *) options+=("$1"); shift ;;
  esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if ! $docker; then
  arguments=(train "$recipe" --engine "$engine" --workers "$workers"
    ${options[@]+"${options[@]}"})
  if command -v disttrain >/dev/null; then
    exec disttrain "${arguments[@]}"
  fi
  build=()
  [ "$engine" != akka ] || build=(-p:AkkaEngine=true)
  exec dotnet run -c Release --project "$root/src/DistTrain.Cli" ${build[@]+"${build[@]}"} \
    -- "${arguments[@]}"
fi

if [ "$engine" != tcp ]; then
  echo "error: --engine $engine: this starts containers of the engine tcp" >&2
  echo "  hint: for akka see 'A cluster on Akka.NET' in docker/README.md" >&2
  exit 2
fi
if [ -f "$recipe" ]; then
  echo "error: --recipe $recipe: a container sees no file of this machine" >&2
  echo "  hint: name a shipped recipe and give the rest as options" >&2
  exit 2
fi
compose=(docker compose)
"${compose[@]}" version >/dev/null 2>&1 || compose=(docker-compose)
compose+=(-f "$root/docker/compose.yml")
export DISTTRAIN_RECIPE=$recipe DISTTRAIN_OPTIONS="--min-workers $workers ${options[*]-}"
export DISTTRAIN_RUN=${DISTTRAIN_RUN:-$(date +%Y%m%d-%H%M%S)-$recipe}

# The containers go, the volumes stay. Ctrl-C: the head finishes its step and saves before.
trap '"${compose[@]}" down' EXIT
stopped_at=
trap 'stopped_at=$(date +%s)' INT TERM
"${compose[@]}" up -d --scale worker="$workers"
head=$("${compose[@]}" ps -q head)
docker logs --follow "$head" || true
if [ -n "$stopped_at" ]; then
  "${compose[@]}" stop
  docker logs --since "$stopped_at" "$head"
fi
exit "$(docker wait "$head")"
