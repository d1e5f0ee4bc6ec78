# A Docker host of a benchmark's own; to be sourced by one, with its name in `name`.
#
#   client 198.18.79.2 ── 198.18.79.1 host: dockerd, registry on 127.0.0.1:5000, berth
#
# Both are network namespaces. What runs there ends, and what was made goes, when the script ends.

fail() { printf '%s: failed: %s\n' "$name" "$*" >&2; exit 1; }
say() { printf '%s\n' "$*" >&2; }

if [ "$(id -u)" != 0 ]; then exec sudo --preserve-env=PATH,BERTH_BINARY "$0" "$@"; fi

# ---------------------------------------------------------------- what is needed
need() { # PROGRAM PACKAGE: installs it if it is missing, without starting its service
    command -v "$1" > /dev/null && return
    say "Installing $2"
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' > $policy
        chmod +x $policy
        made=$policy
    fi
    local status=0
    apt-get update -qq || status=$?
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" \
        > /dev/null || status=$?
    [ -z "$made" ] || rm -f "$made"
    [ $status = 0 ] || fail "$2 cannot be installed"
}

# Sets `berth` and `load` to release builds; BERTH_BINARY names one, with berth-load beside it.
find_programs() {
    local folder
    if [ -n "${BERTH_BINARY:-}" ]; then
        folder=$(dirname "$BERTH_BINARY")
    else
        say "Building berth and berth-load"
        local options=(--configuration release --scratch-path .build-release)
        swift build "${options[@]}" --product berth 2>&1 | tail -n 1 >&2
        swift build "${options[@]}" --product berth-load 2>&1 | tail -n 1 >&2
        folder=$(swift build "${options[@]}" --show-bin-path)
    fi
    berth=$folder/berth
    load=$folder/berth-load
    [ -x "$berth" ] && [ -x "$load" ] || fail "berth and berth-load are not both in $folder"
}

# Sets `compose` to Docker Compose of the newest engine of the tests; it takes DOCKER_HOST.
find_compose() {
    Tests/engines.sh 28 >&2 || fail "Docker Compose cannot be fetched"
    compose=${XDG_CACHE_HOME:-$HOME/.cache}/berth-engines/28/bin/docker-compose
}

# ---------------------------------------------------------------- life
work=$(mktemp -d "/tmp/berth-$name.XXXXXX")
host=berth-${work##*.}-host
client=berth-${work##*.}-client
address=198.18.79.1
socket=$work/docker.sock
pids=()

inside() { nsenter --net="/run/netns/$host" "$@"; }
from_client() { nsenter --net="/run/netns/$client" "$@"; }
docker_() { DOCKER_HOST="unix://$socket" docker "$@"; }
engine() { # METHOD PATH [BODY]: a call of the Engine API
    curl -sS --fail --unix-socket "$socket" -X "$1" "http://docker$2" \
        ${3:+-H 'Content-Type: application/json' -d "$3"}
}
begin() { # COMMAND…: runs on the host in the background until the script ends
    nsenter --net="/run/netns/$host" "$@" &
    pids+=($!)
}
end() { # PID: asks, waits, insists
    kill "$1" 2> /dev/null || return 0
    timeout 30 tail --pid="$1" -f /dev/null || kill -9 "$1" 2> /dev/null || true
}
remove_containers() {
    docker_ ps -aq 2> /dev/null \
        | DOCKER_HOST="unix://$socket" xargs -r docker rm -f > /dev/null 2>&1 || true
}
clean_up() {
    local status=$?
    set +e # whatever is gone already, the rest goes, too
    trap - EXIT INT TERM
    if [ "$status" != 0 ]; then tail -n 20 "$work"/*.log 2> /dev/null >&2 || true; fi
    # Newest first: dockerd was started before what uses it.
    local index
    for ((index = ${#pids[@]} - 1; index > 1; index--)); do end "${pids[index]}"; done
    [ -S "$socket" ] && docker_ swarm leave --force > /dev/null 2>&1
    [ -S "$socket" ] && remove_containers
    for ((index = ${#pids[@]} > 1 ? 1 : ${#pids[@]} - 1; index >= 0; index--)); do
        end "${pids[index]}"
    done
    ip netns del "$client" 2> /dev/null || true
    ip netns del "$host" 2> /dev/null || true
    grep -o " $work/[^ ]*" /proc/self/mounts 2> /dev/null | sort -r | xargs -r umount -l \
        2> /dev/null || true
    rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

start_host() {
    ip netns add "$host"
    ip netns add "$client"
    ip -n "$host" link set lo up
    ip -n "$client" link set lo up
    ip -n "$host" link add uplink type veth peer name eth0 netns "$client"
    ip -n "$host" address add $address/30 dev uplink
    ip -n "$client" address add 198.18.79.2/30 dev eth0
    ip -n "$host" link set uplink up
    ip -n "$client" link set eth0 up
    ip -n "$client" route add default via $address
    cat > "$work/registry.yml" << END
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: $work/registry } }
http: { addr: "127.0.0.1:5000" }
END
    begin docker-registry serve "$work/registry.yml" > "$work/registry.log" 2>&1
    begin dockerd --host "unix://$socket" --data-root "$work/docker" \
        --exec-root "$work/exec" --pidfile "$work/docker.pid" \
        --cgroup-parent "/$host" --exec-opt native.cgroupdriver=cgroupfs > "$work/docker.log" 2>&1
    await dockerd docker_ version
    await "the registry" inside curl -sf http://127.0.0.1:5000/v2/
}
await() { # WHAT COMMAND…: tries it for thirty seconds
    local what=$1
    shift
    local end=$((SECONDS + 30))
    until "$@" > /dev/null 2>&1; do
        [ $SECONDS -lt $end ] || fail "$what did not come"
        sleep 0.05
    done
}

# ---------------------------------------------------------------- figures
now() { date +%s%3N; }
median() { # of the numbers on standard input
    sort -n | awk '{ all[NR] = $1 }
        END { printf "%g\n", NR % 2 ? all[(NR + 1) / 2] : (all[NR / 2] + all[NR / 2 + 1]) / 2 }'
}
ratio() { awk -v one="$1" -v other="$2" 'BEGIN { printf "%.2f", one / other }'; }
at_least() { # VALUE LIMIT: whether a number is no smaller
    awk -v one="$1" -v other="$2" 'BEGIN { exit !(one >= other) }'
}

# ---------------------------------------------------------------- images
build_image() { # VERSION: pushes localhost:5000/web:VERSION, a server that answers with its version
    if [ ! -x "$work/image/answer" ]; then
        mkdir -p "$work/image"
        gcc -O2 -static -o "$work/image/answer" Tests/Benchmarks/answer.c
    fi
    tar -C "$work/image" -c . | docker_ import --change "CMD [\"/answer\", \"8080\", \"$1\"]" \
        - "localhost:5000/web:$1" > /dev/null
    docker_ push -q "localhost:5000/web:$1" > /dev/null
}
