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
if [ "$(id -u)" != 0 ]; then exec sudo --preserve-env=PATH,BERTH_BINARY "$0" "$@"; fi

fail() { printf 'noop: failed: %s\n' "$*" >&2; exit 1; }
say() { printf '%s\n' "$*" >&2; }

# ---------------------------------------------------------------- what is needed
Tests/install.sh
if ! command -v docker-compose > /dev/null; then
    apt-get install -y -qq --no-install-recommends docker-compose > /dev/null
fi
berth=${BERTH_BINARY:-}
if [ -z "$berth" ]; then
    say "Building berth"
    swift build --configuration release --product berth 2>&1 | tail -n 1 >&2
    berth=$(swift build --configuration release --show-bin-path)/berth
fi

# ---------------------------------------------------------------- a host of its own
work=$(mktemp -d /tmp/berth-noop.XXXXXX)
id=${work##*.}
host=berth-$id-noop
socket=$work/docker.sock
pids=()
controller=
inside() { nsenter --net="/run/netns/$host" "$@"; }
docker_() { DOCKER_HOST="unix://$socket" docker "$@"; }

end() { # PID: asks, waits, insists
    kill "$1" 2> /dev/null || return 0
    timeout 30 tail --pid="$1" -f /dev/null || kill -9 "$1" 2> /dev/null || true
}
remove_containers() {
    docker_ ps -aq 2> /dev/null \
        | DOCKER_HOST="unix://$socket" xargs -r docker rm -f > /dev/null 2>&1 || true
}
clean_up() {
    status=$?
    trap - EXIT INT TERM
    if [ "$status" != 0 ] && [ -f "$work/berth.log" ]; then tail -n 20 "$work/berth.log" >&2; fi
    [ -n "$controller" ] && end "$controller"
    [ -S "$socket" ] && remove_containers
    for pid in "${pids[@]}"; do end "$pid"; done
    ip netns del "$host" 2> /dev/null || true
    grep -o " $work/[^ ]*" /proc/self/mounts 2> /dev/null | sort -r | xargs -r umount -l \
        2> /dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

ip netns add "$host"
ip -n "$host" link set lo up
cat > "$work/registry.yml" << END
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $work/registry } }
http: { addr: "127.0.0.1:5000" }
END
nsenter --net="/run/netns/$host" docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1 &
pids+=($!)
nsenter --net="/run/netns/$host" dockerd --host "unix://$socket" --data-root "$work/docker" --exec-root "$work/exec" \
    --pidfile "$work/docker.pid" --bridge none > "$work/docker.log" 2>&1 &
pids+=($!)
for _ in $(seq 150); do
    docker_ version > /dev/null 2>&1 && inside curl -sf http://127.0.0.1:5000/v2/ > /dev/null && break
    sleep 0.1
done
docker_ version > /dev/null 2>&1 || fail "dockerd does not answer: $(tail -n 3 "$work/docker.log")"

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
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
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

nsenter --net="/run/netns/$host" "$berth" run --repo "$fleet" --environment bench --engine "unix://$socket" \
    --state-dir "$work/state" --interval 1s --log-level debug 2> "$work/berth.log" &
controller=$!
# The first passes fill caches; SIGHUP asks for further ones without waiting for the clock.
passes() { grep -c 'looked in [0-9]* ms' "$work/berth.log" || true; }
for _ in $(seq 600); do
    [ "$(passes)" -ge $((runs + 3)) ] && break
    # Before the first pass nobody may be listening for the signal yet.
    if [ "$(passes)" -ge 1 ]; then kill -HUP "$controller" 2> /dev/null || true; fi
    kill -0 "$controller" 2> /dev/null || fail "the controller has ended"
    sleep 0.2
done
[ "$(passes)" -ge $((runs + 3)) ] || fail "the controller did not look often enough"
pass_ms=$(grep -o 'looked in [0-9]* ms' "$work/berth.log" | awk 'NR > 3 { print $3 }' | median)
end "$controller"
controller=

say "Starting the same $count services with docker-compose"
remove_containers
# Compose calls its own network the same.
docker_ network rm bench_default > /dev/null
compose > "$work/output" 2>&1 || { tail -n 5 "$work/output" >&2; fail "docker-compose up"; }
[ "$(docker_ ps -q | wc -l)" = "$count" ] || fail "not $count containers"
say "Measuring docker-compose ($runs runs)"
compose_ms=$(measure compose)

ratio() { awk -v one="$1" -v other="$2" 'BEGIN { printf "%.1f", one / other }'; }
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
