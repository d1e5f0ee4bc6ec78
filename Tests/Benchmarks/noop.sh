#!/usr/bin/env bash
# What a pass costs when there is nothing to do, over N running services, beside
# `docker-compose up -d` over the same services.
#
#   Tests/Benchmarks/noop.sh [N] [RUNS]   50 services and 9 runs by default
#
# BERTH_BINARY names a release build to measure; without it one is built.
# Everything happens in a network namespace of its own with a private dockerd and registry, and is
# removed afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."

count=${1:-50}
runs=${2:-9}
case "$count$runs" in *[!0-9]*) echo "usage: Tests/Benchmarks/noop.sh [N] [RUNS]" >&2; exit 64 ;; esac
[ "$runs" -ge 7 ] || { echo "noop: a median of fewer than 7 runs says little" >&2; exit 64; }
name=noop
. Tests/Benchmarks/host.sh

Tests/install.sh
need docker-compose docker-compose
find_programs
start_host

mkdir -p "$work/image/bin"
cp "$(command -v busybox)" "$work/image/bin/busybox"
ln -s busybox "$work/image/bin/sh"
tar -C "$work/image" -c . \
    | docker_ import --change 'CMD ["/bin/busybox", "sleep", "1000000"]' - localhost:5000/idle:1 \
        > /dev/null
docker_ push -q localhost:5000/idle:1 > /dev/null

# ---------------------------------------------------------------- the same services, twice
fleet=$work/fleet
mkdir -p "$fleet/manifests" "$fleet/environments" "$work/compose"
{
    echo "services:"
    for number in $(seq "$count"); do
        printf '  service-%s:\n    image: idle\n    stop_signal: SIGKILL\n' "$number"
        printf '    environment: { NUMBER: "%s" }\n' "$number"
        printf '    deploy: { update_config: { monitor: 1s } }\n'
    done
} > "$fleet/manifests/services.yaml"
{
    printf 'registry: localhost:5000\nservices:\n'
    for number in $(seq "$count"); do printf '  service-%s: { version: "1" }\n' "$number"; done
} > "$fleet/environments/bench.yaml"
{
    printf 'version: "3.8"\nservices:\n'
    for number in $(seq "$count"); do
        printf '  service-%s:\n    image: localhost:5000/idle:1\n' "$number"
        printf '    stop_signal: SIGKILL\n    environment: { NUMBER: "%s" }\n' "$number"
    done
} > "$work/compose/docker-compose.yml"
git init -q -b main "$fleet"
git -C "$fleet" add .
git -C "$fleet" -c user.name=Bench -c user.email=bench@example.org commit -qm "Describe the fleet"

# ---------------------------------------------------------------- measuring
# Runs a command RUNS times after once in vain, and prints the median of its milliseconds.
measure() {
    for run in $(seq 0 "$runs"); do
        local began
        began=$(date +%s%N)
        "$@" > "$work/output" 2>&1 || { cat "$work/output" >&2; fail "$*"; }
        [ "$run" = 0 ] || echo $((($(date +%s%N) - began) / 10000))
    done | median | awk '{ printf "%.1f\n", $1 / 100 }'
}
list() { curl -sf --unix-socket "$socket" "http://docker/containers/json$1" -o /dev/null; }
mine='?all=1&filters=%7B%22label%22%3A%5B%22berth.environment%3Dbench%22%5D%7D'
berth_() {
    inside "$berth" "$@" --repo "$fleet" --environment bench --engine "unix://$socket" \
        --state-dir "$work/state"
}
compose() {
    (cd "$work/compose" && DOCKER_HOST="unix://$socket" docker-compose --no-ansi -p bench up -d)
}

say "Starting $count services with berth"
berth_ apply --timeout 10m > "$work/output" 2>&1 || { tail -n 20 "$work/output" >&2; fail "berth apply"; }
[ "$(docker_ ps -q | wc -l)" = "$count" ] || fail "not $count containers"

say "Measuring berth ($runs runs each)"
list_ms=$(measure list "$mine")
plan_ms=$(measure berth_ plan)
grep -q "nothing to do" "$work/output" || fail "the plan is not empty"
apply_ms=$(measure berth_ apply)

begin "$berth" run --repo "$fleet" --environment bench --engine "unix://$socket" \
    --state-dir "$work/state" --interval 1s --log-level debug 2> "$work/berth.log"
controller=${pids[-1]}
# The first passes fill caches; SIGHUP asks for further ones without waiting for the clock.
passes() { grep -c '\(looked\|reconciled\) in [0-9]* ms' "$work/berth.log" || true; }
for _ in $(seq 600); do
    [ "$(passes)" -ge $((runs + 3)) ] && break
    # Before the first pass nobody may be listening for the signal yet.
    if [ "$(passes)" -ge 1 ]; then kill -HUP "$controller" 2> /dev/null || true; fi
    kill -0 "$controller" 2> /dev/null || fail "the controller has ended"
    sleep 0.2
done
[ "$(passes)" -ge $((runs + 3)) ] || fail "the controller did not look often enough"
pass_ms=$(grep -o '\(looked\|reconciled\) in [0-9]* ms' "$work/berth.log" | awk 'NR > 3 { print $3 }' | median)
end "$controller"

say "Starting the same $count services with docker-compose"
remove_containers
# Compose calls its own network the same.
docker_ network rm bench_default > /dev/null
compose > "$work/output" 2>&1 || { tail -n 5 "$work/output" >&2; fail "docker-compose up"; }
[ "$(docker_ ps -q | wc -l)" = "$count" ] || fail "not $count containers"
say "Measuring docker-compose ($runs runs)"
compose_ms=$(measure compose)

cat << END

Nothing to do, $count services, median of $runs runs, $(nproc) processors
  list of containers (curl)         $list_ms ms   the floor: one GET /containers/json
  pass in the running controller    $pass_ms ms   $(ratio "$pass_ms" "$list_ms") times the list
  berth plan, a whole process       $plan_ms ms   $(ratio "$plan_ms" "$list_ms") times the list
  berth apply, a whole process      $apply_ms ms   $(ratio "$apply_ms" "$list_ms") times the list
  docker-compose up -d              $compose_ms ms   $(ratio "$compose_ms" "$list_ms") times the list
docker-compose $(docker-compose version --short) takes $(ratio "$compose_ms" "$pass_ms") times as long as a pass, $(ratio "$compose_ms" "$apply_ms") times as long as berth apply.
The limit of a pass is the engine: it makes the list out of $count containers' records; of berth
plan and apply, what comes before it, too: opening the mirror, asking the remote and nft.
noop: ok services=$count list_ms=$list_ms pass_ms=$pass_ms plan_ms=$plan_ms apply_ms=$apply_ms compose_ms=$compose_ms
END
